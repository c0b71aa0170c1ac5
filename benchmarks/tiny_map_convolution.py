"""Times convolutions of tiny maps with many weights as one matrix product against the library's convolution.

    python benchmarks/tiny_map_convolution.py --threads 1

The layers are those of SCGAN's discriminator, of U-Nets and of residual blocks, batches 1, 2 and 4: where
:func:`ggtoolbox.ops.tiny_map_convolution.product_pays` says yes (*), and beyond, where it says no. Before a
size is timed, output and gradients are compared; a difference ends the run.
"""
from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from _common import check_close, least_seconds, parser, write_rows
from torch import Tensor

from ggtoolbox.ops.tiny_map_convolution import (
    convolution_as_product,
    product_pays,
    transposed_convolution_as_product,
)

# in_channels, out_channels, kernel size, stride, side of the input, transposed
LAYERS = ((1024, 2048, 4, 2, 4, False), (512, 1024, 4, 2, 8, False), (256, 512, 4, 2, 16, False),
          (512, 512, 4, 2, 2, False), (512, 512, 4, 2, 4, False), (512, 512, 4, 2, 16, False),
          (512, 512, 3, 1, 4, False), (512, 512, 3, 1, 8, False), (256, 256, 3, 1, 8, False),
          (512, 512, 4, 2, 1, True), (1024, 512, 4, 2, 2, True), (1024, 512, 4, 2, 4, True),
          (1024, 512, 4, 2, 8, True), (1024, 256, 4, 2, 16, True), (512, 128, 4, 2, 32, True))
Size = tuple[int, int, int, int, int, bool]


def make_inputs(size: Size, batch: int, device: str, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    """Map, weight and bias, which want gradients."""
    torch.manual_seed(0)
    before, after, kernel, _, side, transposed = size
    shape = (before, after) if transposed else (after, before)
    tensors = (torch.randn(batch, before, side, side), 0.02 * torch.randn(*shape, kernel, kernel),
               torch.zeros(after))
    return tuple(t.to(device, dtype).requires_grad_() for t in tensors)


def forward(form: str, size: Size, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    stride, transposed = (size[3], size[3]), size[5]
    if form == 'reference':
        return (F.conv_transpose2d if transposed else F.conv2d)(x, weight, bias, stride, padding=1)
    if transposed:
        return transposed_convolution_as_product(x, weight, bias, stride, (1, 1), (0, 0), (1, 1))
    return convolution_as_product(x, weight, bias, stride, (1, 1), (1, 1))


def make_run(form: str, backward: bool, size: Size, batch: int, device: str, dtype: torch.dtype
             ) -> Callable[[], object]:
    """A forward pass, or a forward and a backward pass."""
    inputs = make_inputs(size, batch, device, dtype)

    def run() -> None:
        with torch.set_grad_enabled(backward):
            y = forward(form, size, *inputs)
            if backward:
                torch.autograd.grad(y, inputs, torch.ones_like(y))
    return run


def check(size: Size, batch: int, device: str, dtype: torch.dtype) -> None:
    """End the run unless output and gradients equal the convolution's."""
    inputs = make_inputs(size, batch, device, dtype)
    results = []
    for form in ('reference', 'fast'):
        y = forward(form, size, *inputs)
        results.append((y, *torch.autograd.grad(y, inputs, torch.ones_like(y))))
    check_close(size, ('y', 'gradient of x', 'of weight', 'of bias'), *results,
                tolerance=1e-5 if dtype == torch.float32 else 2e-2)


def main() -> None:
    options = parser(__doc__.splitlines()[0])
    options.add_argument('--batches', type=int, nargs='+', default=(1, 2, 4))
    options.add_argument('--layers', type=int, nargs='+', default=range(len(LAYERS)), metavar='INDEX')
    options.add_argument('--bfloat16', action='store_true')
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    dtype, rows = torch.bfloat16 if args.bfloat16 else torch.float32, []
    for size in (LAYERS[index] for index in args.layers):
        before, after, kernel, stride, side, transposed = size
        for batch in args.batches:
            check(size, batch, args.device, dtype)
            positions = batch * (side if transposed else (side + 2 - kernel) // stride + 1) ** 2
            pays = product_pays(torch.device(args.device), before * after * kernel ** 2, positions)
            name = f'{"transposed " if transposed else ""}{before}->{after}, {kernel}x{kernel}, {side} px, '
            for backward in (False, True):
                runs = [make_run(form, backward, size, batch, args.device, dtype)
                        for form in ('reference', 'fast')]
                plain, fast = least_seconds(runs, args.device, args.seconds)
                rows.append(dict(name='tiny_map_convolution', config=f'{name}batch {batch}',
                                 backward=backward, positions=positions, pays=pays,
                                 reference_s=plain, fast_s=fast, speedup=plain / fast))
                print(f'{"*" if pays else " "} {name}batch {batch}, {positions:4} positions, '
                      f'{"and backward" if backward else "forward":<12} {plain * 1e3:8.2f} -> '
                      f'{fast * 1e3:7.2f} ms {plain / fast:5.2f}x', flush=True)
    write_rows(rows, args.json)


if __name__ == '__main__':
    main()
