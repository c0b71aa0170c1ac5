"""Times SPADE by distinct neighbourhood against convolutions of the whole layout, forward and backward.

    python benchmarks/spade_neighbourhoods.py --threads 2

A residual block of GauGAN (spectral normalisation and all) on one ToyWorld street with edges, at the full
size and its halves; its output channels are what GauGAN has there for ``--channels`` at the end. A row says
how many distinct 3x3 and 5x5 neighbourhoods there are for 100 pixels.
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from unittest import mock

import torch
from _common import check_close, compare, parser, print_row, write_rows
from torch import Tensor

from ggtoolbox.datasets.toyworld_street import ToyWorldStreet
from ggtoolbox.datasets.transforms.instance_edge import instance_edges
from ggtoolbox.models.layers.guided_input import GuidedInput
from ggtoolbox.models.layers.layout import Layout
from ggtoolbox.models.layers.spade import SPADEResidualBlock

CLASSES = 35  # Cityscapes' inputs
RESULTS = ('output', 'gradient of x', *(f'gradient of {layer}.{kind}' for layer in ('shared', 'gamma', 'beta')
                                        for kind in ('weight', 'bias')))  # of the first SPADE


def street(height: int, width: int) -> dict[str, Tensor]:
    """``label`` (1, H, W) and ``edge`` (1, 1, H, W) of a scene."""
    scene = ToyWorldStreet(size=(height, width), length=1, seed=7, pipeline=[]).draw(0)
    return dict(label=torch.from_numpy(scene['label'].astype(int))[None],
                edge=torch.from_numpy(instance_edges(scene['instance'])).view(1, 1, height, width).float())


def make_block(distinct: bool, size: tuple[int, int], halvings: int, channels: int,
               device: str) -> Callable[[], list[Tensor]]:
    """Output and gradients of a block at ``size``, halved so often."""
    torch.manual_seed(0)
    given = {name: value.to(device) for name, value in street(*size).items()}
    semantics = GuidedInput(0, CLASSES, edge=True)(**given)
    channels, size = channels << halvings, tuple(length >> halvings for length in size)
    block = SPADEResidualBlock(2 * channels, channels, CLASSES + 1).to(device)
    x = torch.randn(1, 2 * channels, *size, device=device, requires_grad=True)
    grad = torch.randn(1, channels, *size, device=device)

    def run() -> list[Tensor]:
        layout = Layout(semantics, given['label'] if distinct else None, CLASSES)
        y = block(x, layout)
        return [y, *torch.autograd.grad(y, [x, *block.parameters()], grad)]
    return run


def shares(size: tuple[int, int], halvings: int) -> str:
    """Distinct 3x3 and 5x5 neighbourhoods in per cent of the pixels."""
    given = street(*size)
    layout = Layout(GuidedInput(0, CLASSES, edge=True)(**given), given['label'], CLASSES)
    with mock.patch('ggtoolbox.models.layers.distinct_layout.neighbourhoods_pay', return_value=True):
        found = layout.distinct(tuple(length >> halvings for length in size), 3, 128)
    return ' and '.join(f'{100 * level.count / level.ids.numel():.0f} %'
                        for level in (found.first, found.second))


def main() -> None:
    options = parser(__doc__.splitlines()[0])
    options.add_argument('--size', type=int, nargs=2, default=(256, 512), metavar=('HEIGHT', 'WIDTH'))
    options.add_argument('--channels', type=int, default=32, help='of the block at the full size')
    options.add_argument('--halvings', type=int, nargs='+', default=range(5), help='of the size')
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    rows, size = [], tuple(args.size)
    for halvings in args.halvings:
        plain, fast = (functools.partial(make_block, distinct, size, halvings, args.channels, args.device)
                       for distinct in (False, True))
        check_close(size, RESULTS, plain()(), fast()(), 1e-3)
        height, width = (length >> halvings for length in size)
        config = f'{width}x{height}, {args.channels << halvings} ch: {shares(size, halvings)}'
        rows.append(compare('spade_neighbourhoods', config, plain, fast, args.device, args.threads,
                            args.seconds))
        print_row(rows[-1])
    write_rows(rows, args.json)


if __name__ == '__main__':
    main()
