import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.discriminators import MultiScaleDiscriminator, PatchDiscriminator

PIX2PIX = dict(num_layers=4, padding=1, spectral=False, max_channels=512)


def count(make):
    with torch.device('meta'):
        return sum(p.numel() for p in make().parameters())


@pytest.mark.parametrize('layout_channels, expected', [
    (36, 5_601_410), (151, 5_836_930), (184, 5_904_514), (13, 5_554_306), (3, 5_533_826)])
def test_parameters_of_gaugans(layout_channels, expected):
    assert count(lambda: MultiScaleDiscriminator(layout_channels + 3)) == expected


@pytest.mark.parametrize('norm, in_channels, expected', [
    ('instance', 3, 2_764_737), ('instance', 6, 2_767_809), ('instance', 9, 2_770_881),
    ('batch', 3, 2_765_633), ('batch', 6, 2_768_705), ('batch', 9, 2_771_777)])
def test_parameters_of_pix2pix(norm, in_channels, expected):
    arguments = dict(PIX2PIX, norm=norm, bias_before_norm=norm == 'instance')
    assert count(lambda: PatchDiscriminator(in_channels, **arguments)) == expected


def test_parameters_of_pix2pixhd():
    """Three scales of NVIDIA's discriminator: 896 biases each in front of instance norm."""
    one = dict(type='PatchDiscriminator', spectral=False, bias_before_norm=True)
    assert count(lambda: MultiScaleDiscriminator(39, 3, one)) == 3 * (5_601_410 // 2 + 128 + 256 + 512)


def test_sizes_of_gaugan_and_pix2pix():
    image = torch.zeros(1, 3, 256, 256)
    [output] = PatchDiscriminator(3, channels=2, max_channels=8)(image)
    assert [tuple(f.shape[1:3]) for f in output.features] == [(2, 129), (4, 65), (8, 33), (8, 34)]
    assert output.logits.shape == (1, 1, 35, 35)
    [output] = PatchDiscriminator(3, channels=2, num_layers=4, padding=1, spectral=False)(image)
    assert output.logits.shape == (1, 1, 30, 30)


def test_bias_norm_and_spectral_norm_follow_the_arguments():
    gaugan, plain = PatchDiscriminator(3, channels=2), PatchDiscriminator(3, channels=2, norm=None)
    assert gaugan.layers[1][0].bias is None
    assert plain.layers[1][0].bias is not None
    for network in (gaugan, plain):
        assert 'weight_orig' in dict(network.layers[3][0].named_parameters())
        assert 'weight' in dict(network.layers[0][0].named_parameters())
        assert 'weight' in dict(network.to_logits.named_parameters())
    tracking = PatchDiscriminator(3, channels=2, track_running_stats=True)
    assert tracking.layers[1][1].running_mean is not None
    assert gaugan.layers[1][1].running_mean is None


def test_condition_comes_first_and_must_fit():
    arguments, inputs = PatchDiscriminator.example()
    network = PatchDiscriminator(**arguments).eval()
    joined = torch.cat([inputs['condition'], inputs['image']], dim=1)
    assert torch.equal(network(**inputs)[0].logits, network(joined)[0].logits)
    with pytest.raises(InputError, match=r'size \(64, 64\) of the image, found \(32, 64\)'):
        network(inputs['image'], inputs['condition'][:, :, :32])


def test_later_scales_see_the_pooled_input():
    arguments, inputs = MultiScaleDiscriminator.example()
    network = MultiScaleDiscriminator(**arguments, num_scales=3).eval()
    x = torch.cat([inputs['condition'], inputs['image']], dim=1)
    outputs = network(**inputs)
    assert len(outputs) == 3
    for scale, output in zip(network.scales, outputs):
        assert torch.equal(output.logits, scale(x)[0].logits)
        x = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
    weights = [scale.to_logits.weight for scale in network.scales]
    assert not torch.equal(weights[0], weights[1])


def test_features_are_listed_on_demand_only():
    arguments, inputs = PatchDiscriminator.example()
    assert PatchDiscriminator(**arguments, return_features=False)(**inputs)[0].features == []


def test_spectral_norm_reaches_the_ends_on_demand():
    for everywhere in (False, True):
        network = PatchDiscriminator(3, channels=2, spectral_ends=everywhere)
        spectral = {name for name, m in network.named_modules() if hasattr(m, 'weight_u')}
        between = {'layers.1.0', 'layers.2.0', 'layers.3.0'}
        assert spectral == (between | {'layers.0.0', 'to_logits'} if everywhere else between)
