"""Times 3 x 3 convolutions with fewer multiplications against the library's.

    python benchmarks/winograd_convolution.py --threads 1

The layers are those of pose transfer's and ResNet generators and of VGG, and smaller ones beyond the rule
(:func:`ggtoolbox.ops.winograd_convolution.winograd_pays`). Before a size is timed, output and gradients are
compared; a difference ends the run.
"""
from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from _common import check_close, compare_sizes
from torch import Tensor

from ggtoolbox.ops.winograd_convolution import winograd_convolution

# batch, channels of input and output, height, width
SIZES = ((2, 256, 256, 32, 16), (2, 512, 512, 32, 16), (1, 256, 256, 32, 32), (1, 512, 512, 16, 32),
         (1, 256, 256, 32, 64), (1, 128, 256, 32, 32), (1, 128, 128, 64, 64), (2, 256, 256, 8, 8))
FORMS = dict(reference=lambda x, weight: F.conv2d(x, weight, padding=1),
             fast=lambda x, weight: winograd_convolution(x, weight, None, 1))


def make_inputs(size: tuple[int, ...], device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Map and weight that want gradients, and the gradient of the output."""
    torch.manual_seed(0)
    batch, before, after, height, width = size
    x, weight, grad = (torch.randn(shape, device=device) for shape in (
        (batch, before, height, width), (after, before, 3, 3), (batch, after, height, width)))
    return x.requires_grad_(), (weight / before ** 0.5).requires_grad_(), grad


def make_run(form: str, backward: bool, size: tuple[int, ...], device: str) -> Callable[[], object]:
    """A forward pass, or a forward and a backward pass."""
    x, weight, grad = make_inputs(size, device)

    def run() -> None:
        with torch.set_grad_enabled(backward):
            y = FORMS[form](x, weight)
            if backward:
                torch.autograd.grad(y, (x, weight), grad)
    return run


def check(size: tuple[int, ...], device: str) -> None:
    """End the run unless output and gradients equal the plain convolution's."""
    x, weight, grad = make_inputs(size, device)
    results = []
    for function in FORMS.values():
        y = function(x, weight)
        results.append((y, *torch.autograd.grad(y, (x, weight), grad)))
    check_close(size, ('y', 'gradient of x', 'of weight'), *results, tolerance=1e-5)


def main() -> None:
    compare_sizes('3 x 3 convolution', __doc__.splitlines()[0], SIZES, 'BxCxOxHxW', make_run, check)


if __name__ == '__main__':
    main()
