"""Times the convolution over a one-hot map by look-ups against the convolution itself.

    python benchmarks/one_hot_convolution.py --threads 2

The layer is SPADE's first one (kernel 3, 128 outputs). The reference is given the one-hot map
ready-made, as a network that holds one anyway would.
"""
from __future__ import annotations

import functools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from _common import compare, parser, print_row, write_rows
from torch import Tensor

from ggtoolbox.ops.one_hot_convolution import one_hot_convolution, one_hot_convolution_reference

CLASSES = (19, 36, 64, 151, 184)
SIDES = (64, 128, 256)


def make_inputs(classes: int, side: int, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Class ids in blocks of 8 pixels, and weights and bias that want gradients."""
    torch.manual_seed(0)
    blocks = torch.randint(0, classes, (1, side // 8, side // 8))
    label = blocks.repeat_interleave(8, 1).repeat_interleave(8, 2)
    weight = torch.randn(128, classes, 3, 3, device=device, requires_grad=True)
    return label.to(device), weight, torch.randn(128, device=device, requires_grad=True)


def make_run(look_up: bool, backward: bool, classes: int, side: int,
             device: str) -> Callable[[], object]:
    """A forward pass, or a forward and a backward pass."""
    label, weight, bias = make_inputs(classes, side, device)
    one_hot = F.one_hot(label, classes).permute(0, 3, 1, 2).float().contiguous()
    grad = torch.randn(1, 128, side, side, device=device)

    def run() -> None:
        with torch.set_grad_enabled(backward):
            y = (one_hot_convolution(label, weight, bias) if look_up
                 else F.conv2d(one_hot, weight, bias, padding=1))
            if backward:
                torch.autograd.grad(y, (weight, bias), grad)
    return run


def main() -> None:
    arguments = parser(__doc__.splitlines()[0]).parse_args()
    torch.set_num_threads(arguments.threads)
    rows = []
    for classes in CLASSES:
        for side in SIDES:
            inputs = make_inputs(classes, side, arguments.device)
            pair = [f(*inputs) for f in (one_hot_convolution, one_hot_convolution_reference)]
            torch.testing.assert_close(*pair, rtol=1e-4, atol=1e-4)
            for backward in (False, True):
                makers = (functools.partial(make_run, look_up, backward, classes, side, arguments.device)
                          for look_up in (False, True))
                rows.append(compare('forward and backward' if backward else 'forward',
                                    f'{classes} classes, {side} px', *makers, arguments.device,
                                    arguments.threads, arguments.seconds))
                print_row(rows[-1])
    write_rows(rows, arguments.json)


if __name__ == '__main__':
    main()
