"""The fast conditional convolution against the formula, and the formula against its equation."""

import pytest
import torch
from benchmark_run import rows_of
from torch.utils.flop_counter import FlopCounterMode

from ggtoolbox.errors import InputError
from ggtoolbox.ops.conditional_convolution import (
    conditional_convolution,
    conditional_convolution_operator,
    conditional_convolution_reference,
)
from ggtoolbox.ops.flops import FLOP_FORMULAS

#        samples of x, of kernels, channels, height, width, kernel
CASES = [(2, 2, 3, 5, 7, 3), (1, 1, 4, 6, 2, 5), (3, 1, 2, 4, 4, 3), (2, 2, 5, 1, 1, 3), (2, 2, 3, 3, 4, 1)]


def make(case, dtype=torch.float64):
    samples, maps, channels, height, width, k = case
    torch.manual_seed(0)
    x = torch.randn(samples, channels, height, width, dtype=dtype, requires_grad=True)
    kernels = torch.randn(maps, channels * k * k, height, width, dtype=dtype, requires_grad=True)
    return x, kernels, k


def run(function, x, kernels, k):
    """Output and both gradients, for one fixed gradient of the output."""
    y = function(x, kernels, k)
    torch.manual_seed(1)
    return y, *torch.autograd.grad(y, (x, kernels), torch.randn_like(y))


def test_the_reference_is_its_equation():
    x, kernels, k = make((2, 2, 3, 4, 5, 3))
    found = conditional_convolution_reference(x, kernels, k)
    for row in range(4):
        for column in range(5):
            expected = torch.zeros(2, 3, dtype=torch.float64)
            for i in range(k):
                for j in range(k):
                    y, z = row + i - 1, column + j - 1
                    if 0 <= y < 4 and 0 <= z < 5:
                        expected = expected + kernels[:, k * i + j::k * k, row, column] * x[:, :, y, z]
            torch.testing.assert_close(found[:, :, row, column], expected)


@pytest.mark.parametrize('dtype, tolerance', [(torch.float64, 1e-12), (torch.float32, 1e-5)])
@pytest.mark.parametrize('case', CASES, ids=str)
def test_the_fast_form_equals_the_reference(case, dtype, tolerance):
    x, kernels, k = make(case, dtype)
    expected = run(lambda x, kernels, k: conditional_convolution_reference(
        x, kernels.expand(len(x), -1, -1, -1), k), x, kernels, k)
    for found, wanted in zip(run(conditional_convolution, x, kernels, k), expected):
        assert found.dtype == dtype
        torch.testing.assert_close(found, wanted, rtol=tolerance, atol=tolerance)


def test_half_precision_sums_in_single():
    x, kernels, k = make((2, 2, 3, 6, 6, 3), torch.float32)
    halves = x.detach().bfloat16(), kernels.detach().bfloat16()
    found = conditional_convolution(*halves, k)
    assert found.dtype == torch.bfloat16
    expected = conditional_convolution_reference(*(half.float() for half in halves), k).bfloat16()
    torch.testing.assert_close(found, expected, rtol=1e-2, atol=1e-2)
    assert conditional_convolution(x, kernels.bfloat16(), k).dtype == torch.float32


def test_backward_keeps_its_inputs_alone():
    x, kernels, k = make((1, 1, 4, 8, 8, 3), torch.float32)
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.data_ptr()) or t, lambda t: t):
        conditional_convolution(x, kernels, k)
    assert sorted(kept) == sorted([x.data_ptr(), kernels.data_ptr()])


def test_exported_it_is_plain_operators():
    class Network(torch.nn.Module):
        def forward(self, x, kernels):
            return conditional_convolution(x, kernels, 3)

    x, kernels, _ = make((1, 1, 2, 4, 4, 3), torch.float32)
    program = torch.export.export(Network(), (x, kernels))
    assert not any('ggtoolbox' in str(node.target) for node in program.graph.nodes)
    torch.testing.assert_close(program.module()(x, kernels), conditional_convolution_reference(x, kernels))


def test_the_operator_passes_pytorchs_checks():
    x, kernels, k = make((1, 1, 2, 3, 4, 3))
    torch.library.opcheck(conditional_convolution_operator, (x, kernels, k))


@pytest.mark.parametrize('device', ['cpu', 'meta'])
def test_it_costs_a_window_a_value(device):
    x = torch.zeros(2, 3, 4, 5, device=device, requires_grad=True)
    kernels = torch.zeros(2, 27, 4, 5, device=device, requires_grad=True)
    forward = 2 * (2 * 3 * 4 * 5) * 9
    for function, cost in ((lambda: conditional_convolution(x, kernels), forward),
                           (lambda: conditional_convolution(x, kernels).sum().backward(), 3 * forward)):
        with FlopCounterMode(display=False, custom_mapping=FLOP_FORMULAS) as counter:
            function()
        assert counter.get_total_flops() == cost


@pytest.mark.parametrize('shape, k, complaint', [
    ((2, 26, 4, 5), 3, r'kernels must be \(2, 27, 4, 5\) \(or \(1, 27, 4, 5\)\) for x'),
    ((3, 27, 4, 5), 3, r'found \(3, 27, 4, 5\)'), ((2, 12, 4, 5), 2, 'kernel_size must be odd, found 2')])
def test_shapes_that_do_not_fit_are_named(shape, k, complaint):
    with pytest.raises(InputError, match=complaint):
        conditional_convolution(torch.zeros(2, 3, 4, 5), torch.zeros(shape), k)


def test_benchmark_writes_a_row_for_each_pass(tmp_path):
    for row in rows_of('conditional_convolution', tmp_path, '--sizes', '1x64x64x64'):
        assert row['reference_peak_mb'] > row['fast_peak_mb'] > 0
