"""Times XingGAN's crossing attention (queries and keys of 32 channels, values of 256) against its plain
formula, forward and backward, in float32 and in bfloat16.

    python benchmarks/crossing_attention.py --threads 2

Before a size is timed, output and gradients are compared with the formula's; a difference ends the run.
"""
from __future__ import annotations

import functools
import itertools
from collections.abc import Callable

import torch
from _common import check_close, compare, parser, print_row, write_rows
from torch import Tensor

from ggtoolbox.ops.crossing_attention import attention, attention_reference

# Codes are a quarter of the picture; DeepFashion is 256 x 256 in the paper, 256 x 176 in the released code.
SIZES = {'Market-1501 32x16': (32, 16), 'DeepFashion 64x44': (64, 44), 'DeepFashion 64x64': (64, 64)}
FORMS = {'reference': attention_reference, 'fast': attention}
KEY_CHANNELS, CHANNELS = 32, 256
DTYPES = dict(float32=torch.float32, bfloat16=torch.bfloat16)
TOLERANCES = {torch.float32: 1e-5, torch.bfloat16: 1e-1}  # of the largest magnitude


def make_inputs(places: tuple[int, int], batch: int, dtype: torch.dtype, device: str
                ) -> tuple[list[Tensor], Tensor]:
    """Query, key and value that want gradients, and the gradient of the output."""
    torch.manual_seed(0)
    drawn = [torch.randn(batch, channels, *places).to(device, dtype)
             for channels in (KEY_CHANNELS, KEY_CHANNELS, CHANNELS, CHANNELS)]
    return [t.requires_grad_() for t in drawn[:3]], drawn[3]


def make_run(form: str, places: tuple[int, int], batch: int, dtype: torch.dtype, device: str
             ) -> Callable[[], tuple[Tensor, ...]]:
    """A forward and a backward pass; returns the output and the gradients."""
    inputs, grad = make_inputs(places, batch, dtype, device)

    def run() -> tuple[Tensor, ...]:
        out = FORMS[form](*inputs)
        return out.detach(), *torch.autograd.grad(out, inputs, grad)
    return run


def check(places: tuple[int, int], batch: int, dtype: torch.dtype, device: str) -> None:
    """Raise unless output and gradients equal the formula's."""
    results = (make_run(form, places, batch, dtype, device)() for form in FORMS)
    check_close(places, ('output', 'query', 'key', 'value'), *results, TOLERANCES[dtype])


def main() -> None:
    options = parser(__doc__)
    options.add_argument('--batch', type=int, default=1)
    options.add_argument('--places', type=int, nargs=2, metavar=('H', 'W'), help='time this size alone')
    options.add_argument('--dtype', nargs='+', choices=DTYPES, default=[*DTYPES])
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    sizes = {'{}x{}'.format(*args.places): tuple(args.places)} if args.places else SIZES
    rows = []
    for (name, places), kind in itertools.product(sizes.items(), args.dtype):
        dtype = DTYPES[kind]
        check(places, args.batch, dtype, args.device)
        makers = (functools.partial(make_run, form, places, args.batch, dtype, args.device) for form in FORMS)
        config = f'{name} batch {args.batch} {kind}'
        rows.append(compare('crossing_attention', config, *makers, args.device, args.threads, args.seconds))
        print_row(rows[-1])
    write_rows(rows, args.json)


if __name__ == '__main__':
    main()
