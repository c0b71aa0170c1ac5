"""Times CoCosNet's warp by correspondence (features of 256 channels, patches of 3 x 3) against its plain
formula, which lays out all similarities of places, forward and backward.

    python benchmarks/correspondence.py --threads 2

Before a size is timed, output and gradients are compared with the formula's; a difference ends the run.
"""
from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from _common import check_close, compare, parser, print_row, write_rows
from torch import Tensor

from ggtoolbox.ops.correspondence import warp, warp_reference

# Features are a quarter of the picture; values are an image's, or an image's and 151 classes'.
SIZES = {'128 pixels 32x32, 3 values': (32, 32, 3), '256 pixels 64x64, 3 values': (64, 64, 3),
         '256 pixels 64x64, 154 values': (64, 64, 154)}
FORMS = {'reference': warp_reference, 'fast': warp}
CHANNELS, TEMPERATURE, TOLERANCE = 256, 0.01, 1e-3  # of the largest magnitude; 0.01 magnifies rounding


def make_inputs(size: tuple[int, int, int], batch: int, device: str) -> tuple[list[Tensor], Tensor]:
    """Query, key and value that want gradients, and the gradient of the output."""
    torch.manual_seed(0)
    height, width, values = size
    drawn = [torch.randn(batch, channels, height, width).to(device)
             for channels in (CHANNELS, CHANNELS, values, values)]
    return [t.requires_grad_() for t in drawn[:3]], drawn[3]


def make_run(form: str, size: tuple[int, int, int], batch: int, device: str) -> Callable[[],
                                                                                         tuple[Tensor, ...]]:
    """A forward and a backward pass; returns the output and the gradients."""
    inputs, grad = make_inputs(size, batch, device)

    def run() -> tuple[Tensor, ...]:
        out = FORMS[form](*inputs, temperature=TEMPERATURE)
        return out.detach(), *torch.autograd.grad(out, inputs, grad)
    return run


def check(size: tuple[int, int, int], batch: int, device: str) -> None:
    """Raise unless output and gradients equal the formula's."""
    results = (make_run(form, size, batch, device)() for form in FORMS)
    check_close(size, ('output', 'query', 'key', 'value'), *results, TOLERANCE)


def main() -> None:
    options = parser(__doc__)
    options.add_argument('--batch', type=int, default=1)
    options.add_argument('--places', type=int, nargs=2, metavar=('H', 'W'), help='time this size alone')
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    sizes = {'{}x{}, 3 values'.format(*args.places): (*args.places, 3)} if args.places else SIZES
    rows = []
    for name, size in sizes.items():
        check(size, args.batch, args.device)
        makers = (functools.partial(make_run, form, size, args.batch, args.device) for form in FORMS)
        rows.append(compare('correspondence', f'{name}, batch {args.batch}', *makers, args.device,
                            args.threads, args.seconds))
        print_row(rows[-1])
    write_rows(rows, args.json)


if __name__ == '__main__':
    main()
