import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.residual import ResidualBlock


@pytest.mark.parametrize('mode', ['reflect', 'replicate', 'zeros'])
def test_equals_the_formula(mode):
    torch.manual_seed(0)
    block = ResidualBlock(4, kernel_size=5, padding_mode=mode, activation='leaky_relu')
    x = torch.randn(2, 4, 6, 7)

    def pad(y):
        return F.pad(y, [2] * 4, mode='constant' if mode == 'zeros' else mode)

    y = F.instance_norm(F.conv2d(pad(x), block.first[0].weight, block.first[0].bias))
    y = F.conv2d(pad(F.leaky_relu(y, 0.2)), block.second[0].weight, block.second[0].bias)
    torch.testing.assert_close(block(x), x + F.instance_norm(y))


def test_dropout_lies_in_front_of_the_second_convolution():
    block = ResidualBlock(4, norm=None, dropout=1.0, bias=False)
    x = torch.randn(1, 4, 5, 5)
    assert torch.equal(block.train()(x), x)
    assert not torch.equal(block.eval()(x), x)


@pytest.mark.parametrize('norm, bias, expected', [
    ('batch', None, False), ('instance', None, True), (None, None, True), ('batch', True, True),
    ('instance', False, False)])
def test_bias_follows_the_norm_unless_told(norm, bias, expected):
    block = ResidualBlock(4, norm=norm, bias=bias)
    assert (block.first[0].bias is not None) is (block.second[0].bias is not None) is expected


def test_spectral_norm_and_running_statistics_reach_both_convolutions():
    block = ResidualBlock(4, track_running_stats=True, spectral=True)
    assert {'first.0.weight_orig', 'second.0.weight_orig', 'first.1.running_mean',
            'second.1.running_mean'} <= set(block.state_dict())


def test_an_unknown_activation_is_refused():
    with pytest.raises(InputError, match="activation .* found 'gelu'"):
        ResidualBlock(4, activation='gelu')
