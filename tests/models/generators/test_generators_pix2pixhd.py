import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import LocalEnhancer, Pix2pixHDGenerator
from ggtoolbox.registry import UPSAMPLERS


def small(cls, **changes):
    torch.manual_seed(0)
    arguments, inputs = cls.example()
    return cls(**{**arguments, **changes}).eval(), inputs


def convolutions(network):
    return [m for m in network.modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]


@pytest.mark.parametrize('arguments, expected', [
    (dict(num_classes=35, edge=True), 182_525_379), (dict(num_classes=151), 182_886_019),
    (dict(guide_channels=3), 182_421_891),
    # as NVIDIA's own code prints it, with biases in front of instance norm
    (dict(num_classes=35, edge=True, bias_before_norm=True), 182_546_755)])
def test_parameters_of_the_released_networks(arguments, expected):
    with torch.device('meta'):
        network = Pix2pixHDGenerator(**arguments)
    assert sum(p.numel() for p in network.parameters()) == expected


@pytest.mark.parametrize('norm, bias_before_norm, biased', [
    ('instance', False, 1), ('instance', True, 7), ('batch', False, 1), (None, False, 7)])
def test_where_convolutions_have_a_bias(norm, bias_before_norm, biased):
    network, _ = small(Pix2pixHDGenerator, norm=norm, bias_before_norm=bias_before_norm, num_downsamplings=1,
                       num_blocks=2)
    layers = convolutions(network)
    assert len(layers) == 8 and sum(layer.bias is not None for layer in layers) == (
        8 if biased == 7 else biased)


def test_spectral_norm_lies_on_all_but_the_head():
    network, inputs = small(Pix2pixHDGenerator, spectral=True)
    plain = [layer for layer in convolutions(network) if not hasattr(layer, 'weight_orig')]
    assert plain == [network.head.convolution]
    assert network(**inputs)['image'].shape == (2, 3, 16, 24)


def test_instance_features_steer_the_image_and_stay_out_of_the_condition():
    network, inputs = small(Pix2pixHDGenerator, feature_channels=2)
    features = torch.randn(2, 2, 16, 24)
    one = network(**inputs, instance_features=features)['image']
    other = network(**inputs, instance_features=features.flip(-1))['image']
    assert (one - other).abs().max() > 1e-3
    assert network.guided_input.channels == 5 and network.in_channels == 7
    with pytest.raises(InputError, match='instance_features must have 2 channels, found 0'):
        network(**inputs)
    with pytest.raises(InputError, match=r'must have the size \(16, 24\).*found \(8, 24\)'):
        network(**inputs, instance_features=features[:, :, :8])


def test_a_source_image_may_be_read():
    network = Pix2pixHDGenerator(source_channels=3, guide_channels=2, channels=2, num_blocks=1,
                                 num_downsamplings=1)
    source, guide = torch.randn(1, 3, 8, 8), torch.randn(1, 2, 8, 8)
    assert network(source_image=source, target_guide=guide)['image'].shape == (1, 3, 8, 8)


def test_sizes_that_cannot_be_halved_are_named():
    network, _ = small(Pix2pixHDGenerator, edge=False)
    with pytest.raises(InputError, match=r'Pix2pixHDGenerator: .* multiples of 4 .*found \(18, 24\)'):
        network(torch.zeros(1, 18, 24, dtype=torch.int64))
    network, _ = small(LocalEnhancer)
    with pytest.raises(InputError, match=r'LocalEnhancer: .* multiples of 4 .*at least 8, found \(18, 32\)'):
        network(torch.zeros(1, 18, 32, dtype=torch.int64))


def test_upsamplers_see_the_input_at_each_doubling():
    seen = []

    @UPSAMPLERS.register_module(name='Witness')
    class Witness(nn.Module):
        def __init__(self, in_channels, out_channels, scale):
            super().__init__()
            self.out_channels = out_channels

        def forward(self, x, guide):
            seen.append((x.shape[1], self.out_channels, tuple(guide.shape)))
            return F.interpolate(x[:, :self.out_channels], scale_factor=2)

    try:
        network, inputs = small(Pix2pixHDGenerator, upsampler=dict(type='Witness'))
        network(**inputs)
    finally:
        UPSAMPLERS.module_dict.pop('Witness')
    assert seen == [(8, 4, (2, 5, 16, 24)), (4, 2, (2, 5, 16, 24))]


def test_the_enhancer_is_the_papers_sum_written_out():
    """Figure 3: residual blocks read the sum of G2's front end and of G1's last features."""
    network, inputs = small(LocalEnhancer)
    one_hot = F.one_hot(inputs['label'], 4).permute(0, 3, 1, 2).float()
    halved = F.avg_pool2d(one_hot, 3, 2, 1, count_include_pad=False)
    enhancer = network.enhancers[0]
    x = F.relu(enhancer.downs[0](F.relu(enhancer.stem(one_hot)))) + network.global_generator.features(halved)
    x = enhancer.blocks[0](x)
    expected = network.head(F.relu(enhancer.norms[0](enhancer.upsamplers[0](x))))['image']
    torch.testing.assert_close(network(**inputs)['image'], expected)


def test_enhancers_follow_each_other_with_half_the_width():
    network, inputs = small(LocalEnhancer, num_enhancers=2)
    assert [enhancer.channels for enhancer in network.enhancers] == [2, 1]
    assert network(**inputs)['image'].shape == (2, 3, 16, 32)
    with pytest.raises(InputError, match=r'\(4\) a multiple of 2\*\*num_enhancers, found 3'):
        small(LocalEnhancer, num_enhancers=3)


def test_the_enhancer_takes_features_and_normalises_as_its_global_generator():
    arguments = dict(num_classes=3, feature_channels=2, channels=4, num_blocks=1, num_downsamplings=1,
                     norm='batch', spectral=True)
    network = LocalEnhancer(arguments)
    assert all(hasattr(layer, 'weight_orig') for layer in convolutions(network.enhancers))
    assert all(isinstance(norm, nn.BatchNorm2d) for norm in network.enhancers[0].norms)
    image = network(torch.zeros(2, 8, 16, dtype=torch.int64), instance_features=torch.randn(2, 2, 8, 16))
    assert image['image'].shape == (2, 3, 8, 16)
