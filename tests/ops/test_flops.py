"""FLOPs of the operators against numbers worked out by hand."""
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from ggtoolbox.ops.class_convolution import class_convolution
from ggtoolbox.ops.crossing_attention import attention
from ggtoolbox.ops.flops import FLOP_FORMULAS
from ggtoolbox.ops.one_hot_convolution import one_hot_convolution
from ggtoolbox.ops.sau import semantic_aware_upsample
from ggtoolbox.ops.selected_convolution import selected_convolution

DEVICES = pytest.mark.parametrize('device', ['cpu', 'meta'])


def flops(function):
    with FlopCounterMode(display=False, custom_mapping=FLOP_FORMULAS) as counter:
        function()
    return counter.get_total_flops()


def tensor(*shape, device='cpu', gradient=False):
    return torch.zeros(shape, device=device, requires_grad=gradient)


@DEVICES
@pytest.mark.parametrize('window, side', [('source', 5), ('expanded', 3)])
def test_upsampling_costs_a_window_a_value(device, window, side):
    x, logits = tensor(2, 3, 4, 6, device=device), tensor(2, 25 * 4, 4, 6, device=device)
    forward = 2 * (2 * 3 * 8 * 12) * side * side
    assert flops(lambda: semantic_aware_upsample(x, logits, window=window)) == forward
    x.requires_grad_()
    logits.requires_grad_()
    assert flops(lambda: semantic_aware_upsample(x, logits, window=window).sum().backward()) == 3 * forward


@DEVICES
@pytest.mark.parametrize('classes', [2, 17])
def test_a_convolution_a_class_costs_one_whatever_the_classes(device, classes):
    features, label = tensor(1, 4, 6, 5, device=device, gradient=True), torch.zeros(1, 6, 5).long().to(device)
    weight, bias = (tensor(*shape, device=device, gradient=True)
                    for shape in ((classes, 3, 4, 3, 3), (classes, 3)))
    forward = 2 * 6 * 5 * 4 * 3 * 9
    assert flops(lambda: class_convolution(features, label, weight, bias)) == forward
    assert flops(lambda: class_convolution(features, label, weight, bias).sum().backward()) == 3 * forward


def test_looking_up_costs_an_addition_a_tap():
    label, weight = torch.zeros(1, 6, 5).long(), tensor(8, 100, 3, 3)
    assert flops(lambda: one_hot_convolution(label, weight)) == 6 * 5 * 9 * 8
    assert flops(lambda: torch.nn.functional.conv2d(tensor(1, 100, 6, 5), weight, padding=1)) == \
        2 * 6 * 5 * 9 * 8 * 100


@DEVICES
@pytest.mark.parametrize('channels', [8, 2])
def test_attention_costs_two_products(device, channels):
    query, key = tensor(1, 2, 4, 4, device=device), tensor(1, 2, 3, 3, device=device)
    value = tensor(1, channels, 3, 3, device=device)
    forward = 2 * 16 * 9 * (2 + channels)
    assert flops(lambda: attention(query, key, value)) == forward
    value.requires_grad_()
    assert flops(lambda: attention(query, key, value).sum().backward()) > forward


def test_a_selected_convolution_costs_its_gram_matrix_its_folding_and_itself():
    x, weight = tensor(1, 4, 6, 6, device='meta'), tensor(3, 4, 3, 3, device='meta')
    counted = flops(lambda: selected_convolution(x, weight, gamma=tensor(1, device='meta')))
    assert counted == 2 * (4 * 4 * 36 + 3 * 9 * 4 * 4 + 3 * 9 * 4 * 36)
