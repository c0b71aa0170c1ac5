"""Times SEAN's convolution of the style map as look-ups against its plain formula.

    python benchmarks/region_convolution.py --threads 1

The regions are a ToyWorld street scene's classes; the map of styles that the plain formula convolves is laid
out inside of what is timed, for it is another one in each layer. Before a size is timed, output and gradients
are compared with the formula's; a difference ends the run.
"""
from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from _common import check_close, compare_sizes
from torch import Tensor

from ggtoolbox.datasets.toyworld_street import ToyWorldStreet
from ggtoolbox.ops.region_convolution import region_convolution, region_convolution_reference

FORMS = dict(reference=region_convolution_reference, fast=region_convolution)
SIZES = ((1024, 16, 16), (512, 64, 64), (256, 128, 128))  # both of a layer's maps, gamma and beta, together
STYLE_CHANNELS = 512


def make_inputs(size: tuple[int, int, int], device: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Styles, regions, weight and bias; all but the regions want gradients."""
    torch.manual_seed(0)
    channels, height, width = size
    dataset = ToyWorldStreet(size=(256, 256), length=1, seed=0, pipeline=[])
    label = torch.from_numpy(dataset.draw(0)['label'].astype('float32')).view(1, 1, 256, 256)
    region = F.interpolate(label, (height, width), mode='nearest').long().squeeze(1)
    styles = torch.randn(1, dataset.metainfo['num_classes'], STYLE_CHANNELS, device=device)
    weight = torch.randn(channels, STYLE_CHANNELS, 3, 3, device=device) / STYLE_CHANNELS
    bias = torch.randn(channels, device=device)
    return styles.requires_grad_(), region.to(device), weight.requires_grad_(), bias.requires_grad_()


def make_run(form: str, backward: bool, size: tuple[int, int, int], device: str) -> Callable[[], object]:
    """A forward pass, or a forward and a backward pass."""
    styles, region, weight, bias = make_inputs(size, device)

    def run() -> tuple[Tensor, ...]:
        with torch.set_grad_enabled(backward):
            y = FORMS[form](styles, region, weight, bias)
            wanted = (styles, weight, bias)
            return (y, *torch.autograd.grad(y.square().sum(), wanted)) if backward else (y,)
    return run


def check(size: tuple[int, int, int], device: str) -> None:
    expected, found = (make_run(form, True, size, device)() for form in FORMS)
    check_close(size, ('output', 'styles', 'weight', 'bias'), expected, found, 3e-4)


def main() -> None:
    compare_sizes('region convolution', __doc__.splitlines()[0], SIZES, 'CxHxW', make_run, check)


if __name__ == '__main__':
    main()
