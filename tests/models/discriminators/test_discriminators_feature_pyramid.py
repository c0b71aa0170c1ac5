import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.discriminators import FeaturePyramidDiscriminator
from ggtoolbox.models.losses.feature_matching import FeatureMatchingLoss


def build(**changes):
    torch.manual_seed(0)
    arguments, inputs = FeaturePyramidDiscriminator.example()
    return FeaturePyramidDiscriminator(**{**arguments, **changes}).eval(), inputs


@pytest.mark.parametrize('in_channels, released', [(36 + 3, 5_175_873), (151 + 3, 5_190_593),
                                                   (184 + 3, 5_194_817)])
def test_parameters_are_the_released_ones(in_channels, released):
    with torch.device('meta'):
        network = FeaturePyramidDiscriminator(in_channels)
    assert sum(p.numel() for p in network.parameters()) == released


def test_a_score_is_realness_and_fit_to_the_embedded_layout():
    network, inputs = build()
    seen = []
    network.to_logits.register_forward_hook(lambda _m, given, score: seen.append((given[0], score)))
    outputs = network(**inputs)
    embedded = network.embedding(inputs['condition'])  # at full size, as the paper has it
    for output, (f, realness), factor in zip(outputs, seen, (4, 8, 16)):
        fit = (F.avg_pool2d(embedded, factor) * network.to_semantics(f)).sum(1, keepdim=True)
        torch.testing.assert_close(output.logits, realness + fit, rtol=1e-4, atol=1e-5)
        assert output.logits.shape[-1] == 64 // factor


def test_features_of_four_sizes_are_averaged():
    network, inputs = build()
    real, fake = (network(image, inputs['condition']) for image in (inputs['image'], -inputs['image']))
    features = [[f for output in outputs for f in output.features] for outputs in (fake, real)]
    assert [f.shape[-1] for f in features[0]] == [16, 8, 4, 2]
    expected = sum((a - b).abs().mean() for a, b in zip(*features)) / 4
    torch.testing.assert_close(FeatureMatchingLoss(20.0, average='features')(fake, real), 20 * expected)
    torch.testing.assert_close(FeatureMatchingLoss(20.0)(fake, real), 20 * expected * 4 / 3)
    bare, _ = build(return_features=False)
    assert [output.features for output in bare(**inputs)] == [[], [], []]


def test_what_does_not_fit_is_named():
    network, inputs = build()
    with pytest.raises(InputError, match=r'condition must have the size \(64, 64\) of the image, found none'):
        network(inputs['image'])
    with pytest.raises(InputError, match=r'must be multiples of 32, found \(48, 64\)'):
        network(inputs['image'][..., :48, :], inputs['condition'][..., :48, :])
    with pytest.raises(InputError, match='in_channels must exceed image_channels=3'):
        build(in_channels=3)
    with pytest.raises(InputError, match="average must be 'scales' or 'features', found 'all'"):
        FeatureMatchingLoss(average='all')
