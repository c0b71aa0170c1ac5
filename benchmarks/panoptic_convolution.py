"""Times the panoptic aware convolution (3x3) against its plain formula.

    python benchmarks/panoptic_convolution.py --threads 1

The map is a ToyWorld street scene's; what depends on it alone is computed once a resolution, outside of what
is timed. Before a size is timed, output and gradients are compared with the formula's; a difference ends the
run.
"""
from __future__ import annotations

from collections.abc import Callable

import torch
from _common import check_close, compare_sizes
from torch import Tensor

from ggtoolbox.datasets.toyworld_street import ToyWorldStreet
from ggtoolbox.models.layers.panoptic import PanopticMap
from ggtoolbox.ops.panoptic_convolution import panoptic_convolution, panoptic_convolution_reference

SIZES = ((1024, 16, 16), (512, 32, 32), (128, 128, 128), (64, 256, 256))


def make_inputs(size: tuple[int, int, int], device: str) -> tuple[Tensor, Tensor, PanopticMap]:
    """Features and weight that want gradients, and a panoptic map."""
    torch.manual_seed(0)
    channels, height, width = size
    scene = ToyWorldStreet(size=(256, 256), length=1, seed=0, pipeline=[]).draw(0)
    identities = torch.from_numpy(scene['label'].astype('int64') * 2 ** 32 + scene['instance'])
    x = torch.randn(1, channels, height, width, device=device, requires_grad=True)
    weight = torch.randn(channels, channels, 3, 3, device=device) / channels
    return x, weight.requires_grad_(), PanopticMap(identities.unsqueeze(0).to(device))


def make_run(form: str, backward: bool, size: tuple[int, int, int], device: str) -> Callable[[], object]:
    """A forward pass, or a forward and a backward pass."""
    x, weight, panoptic = make_inputs(size, device)
    neighbours, identities = panoptic.neighbours(size[1:], 3), panoptic.at(size[1:])

    def run() -> tuple[Tensor, ...]:
        with torch.set_grad_enabled(backward):
            y = (panoptic_convolution(x, weight, None, neighbours) if form == 'fast'
                 else panoptic_convolution_reference(x, identities, weight))
            return (y, *torch.autograd.grad(y.square().sum(), (x, weight))) if backward else (y,)
    return run


def check(size: tuple[int, int, int], device: str) -> None:
    expected, found = (make_run(form, True, size, device)() for form in ('reference', 'fast'))
    check_close(size, ('output', 'x', 'weight'), expected, found, 1e-4)


def main() -> None:
    compare_sizes('panoptic convolution', __doc__.splitlines()[0], SIZES, 'CxHxW', make_run, check)


if __name__ == '__main__':
    main()
