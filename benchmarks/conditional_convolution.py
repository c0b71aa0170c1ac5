"""Times CC-FPSE's conditional depthwise convolution (3x3) against its plain formula.

    python benchmarks/conditional_convolution.py --threads 2

Before a size is timed, output and both gradients are compared with the formula's; a difference ends the run.
"""
from __future__ import annotations

from collections.abc import Callable

import torch
from _common import compare_sizes
from torch import Tensor

from ggtoolbox.ops.conditional_convolution import (
    conditional_convolution,
    conditional_convolution_reference,
)

SIZES = ((1, 32, 96, 96), (1, 1024, 16, 16), (1, 256, 64, 64), (1, 64, 256, 512))
FORMS = dict(reference=conditional_convolution_reference, fast=conditional_convolution)


def make_inputs(size: tuple[int, ...], device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Features and kernels that want gradients, and the gradient of the output."""
    torch.manual_seed(0)
    batch, channels, height, width = size
    x, kernels = (torch.randn(batch, n, height, width, device=device, requires_grad=True)
                  for n in (channels, 9 * channels))
    return x, kernels, torch.randn(size, device=device)


def make_run(form: str, backward: bool, size: tuple[int, ...], device: str) -> Callable[[], object]:
    """A forward pass, or a forward and a backward pass."""
    x, kernels, grad = make_inputs(size, device)

    def run() -> None:
        with torch.set_grad_enabled(backward):
            y = FORMS[form](x, kernels)
            if backward:
                torch.autograd.grad(y, (x, kernels), grad)
    return run


def check(size: tuple[int, ...], device: str) -> None:
    """Raise unless output and gradients equal the formula's."""
    x, kernels, grad = make_inputs(size, device)
    results = []
    for function in FORMS.values():
        y = function(x, kernels)
        results.append((y, *torch.autograd.grad(y, (x, kernels), grad)))
    for expected, found in zip(*results):
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def main() -> None:
    compare_sizes('conditional convolution', __doc__.splitlines()[0], SIZES, 'BxCxHxW', make_run, check)


if __name__ == '__main__':
    main()
