import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators.dancegan import DanceGANGenerator
from ggtoolbox.models.layers.graph_attention import SpatialGraphAttention, TemporalGraphAttention


def build(**more):
    torch.manual_seed(0)
    arguments, inputs = DanceGANGenerator.example()
    return DanceGANGenerator(**{**arguments, **more}).eval(), inputs


def draw_scales(network):
    """Attention that has learnt."""
    for name, parameter in network.named_parameters():
        if name.endswith(('alpha', 'beta')):
            torch.nn.init.constant_(parameter, 0.7)
    return network


def test_spatial_attention_is_the_sum_over_nodes():
    torch.manual_seed(0)
    attention, motion = draw_scales(SpatialGraphAttention(4, 6)), torch.randn(1, 4, 6)
    result, weights = attention(motion)
    a, b, d = (layer(motion)[0] for layer in (attention.query, attention.key, attention.value))
    for j in range(6):
        scores = torch.stack([b[:, i] @ a[:, j] for i in range(6)]).softmax(0)
        torch.testing.assert_close(weights[0, j], scores)
        expected = 0.7 * sum(scores[i] * d[:, i] for i in range(6)) + motion[0, :, j]
        torch.testing.assert_close(result[0, :, j], expected)


def test_temporal_attention_is_the_sum_over_frames():
    torch.manual_seed(0)
    attention, motion = draw_scales(TemporalGraphAttention()), torch.randn(1, 4, 6)
    result, weights = attention(motion)
    for j in range(4):
        scores = torch.stack([motion[0, i] @ motion[0, j] for i in range(4)]).softmax(0)
        torch.testing.assert_close(weights[0, j], scores)
        torch.testing.assert_close(result[0, j], 0.7 * scores @ motion[0] + motion[0, j])


def test_coordinates_as_channels_take_any_number_of_frames():
    attention = SpatialGraphAttention(4, 6, convolve='coordinates')
    assert attention(torch.randn(2, 9, 6))[0].shape == (2, 9, 6)
    with pytest.raises(RuntimeError):
        SpatialGraphAttention(4, 6)(torch.randn(2, 9, 6))


def test_untrained_attention_adds_its_input_twice_or_averages_it():
    for fusion, factor in (('sum', 2), ('mean', 1)):
        network, inputs = build(fusion=fusion)
        outputs = network(**inputs)
        torch.testing.assert_close(outputs['motion'], (factor * outputs['initial_motion']).tanh())


@pytest.mark.parametrize('squash, attention', [('after', True), ('before', True), ('after', False)])
def test_where_tanh_is(squash, attention):
    network, inputs = build(squash=squash, spatial_attention=attention, temporal_attention=attention)
    outputs = network(**inputs)
    assert (outputs['initial_motion'].abs() <= 1).all() or squash == 'after'
    assert {'spatial_map', 'temporal_map'} <= outputs.keys() if attention else len(outputs) == 2
    baseline = outputs['initial_motion'].tanh() if squash == 'after' else outputs['initial_motion']
    assert torch.equal(outputs['motion'], baseline) != attention


def test_noise_makes_another_dance_and_can_be_left_out():
    network, inputs = build()
    first, second = (network(inputs['audio'])['motion'] for _ in range(2))
    assert not torch.equal(first, second)
    network, inputs = build(noise_channels=0, trunk='plain')
    assert torch.equal(*(network(inputs['audio'])['motion'] for _ in range(2)))
    assert sum(type(layer).__name__ == 'Linear' for layer in network.trunk) == 3


@pytest.mark.parametrize('length', [3, 6, 9, 12])
def test_other_lengths_are_attended_in_windows(length):
    network, _ = build()
    draw_scales(network)
    torch.manual_seed(1)
    initial = torch.randn(1, length, 36)
    result, _ = network.attend(initial)
    assert result.shape == initial.shape
    if length >= 6:
        torch.testing.assert_close(result[:, :6], network.attend(initial[:, :6])[0])
        last = network.attend(initial[:, -6:])[0]
        torch.testing.assert_close(result[:, 6:], last[:, 12 - length:] if length > 6 else last[:, :0])


def test_unknown_words_are_told():
    for name in ('trunk', 'squash', 'fusion', 'convolve'):
        with pytest.raises(InputError, match=f"{name} must be '.*' or '.*', found 'both'"):
            build(**{name: 'both'})
