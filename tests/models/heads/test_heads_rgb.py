import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.heads import RGBHead


@pytest.mark.parametrize('pre_activation, function', [
    ('leaky_relu', lambda x: F.leaky_relu(x, 0.2)), ('relu', F.relu), (None, lambda x: x)])
def test_is_activation_convolution_tanh(pre_activation, function):
    torch.manual_seed(0)
    head, x = RGBHead(4, pre_activation=pre_activation), torch.randn(2, 4, 6, 5)
    weight, bias = head.convolution.weight, head.convolution.bias
    expected = torch.tanh(F.conv2d(function(x), weight, bias, padding=1))
    torch.testing.assert_close(head(x)['image'], expected)


def test_reflects_at_the_border():
    head = RGBHead(2, out_channels=1, kernel_size=7, padding_mode='reflect', pre_activation=None)
    x = torch.randn(1, 2, 8, 8)
    padded = F.pad(x, (3, 3, 3, 3), mode='reflect')
    expected = torch.tanh(F.conv2d(padded, head.convolution.weight, head.convolution.bias))
    torch.testing.assert_close(head(x)['image'], expected)


def test_refuses_an_unknown_activation():
    with pytest.raises(InputError, match="found 'gelu'"):
        RGBHead(4, pre_activation='gelu')
