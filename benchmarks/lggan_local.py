"""Times LGGAN's local branch, one convolution a class, against its plain formula: as many masked copies.

    python benchmarks/lggan_local.py --threads 2
    python benchmarks/lggan_local.py --classes 35 --labels noise --json lggan_local.json

64 channels, 128 x 256 pixels, kernel 7 by default. The label maps are regions of all classes (about three a
class), or noise: a class drawn for each pixel. Before a size is timed, output and all gradients are compared
with the formula's; a difference ends the run.
"""
from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from _common import compare, parser, print_row, write_rows
from torch import Tensor

from ggtoolbox.ops.class_convolution import class_convolution

Size = tuple[int, int, int, int, int]  # batch, channels, height, width, kernel
TOLERANCE = 1e-5  # of the largest magnitude


def regions(batch: int, height: int, width: int, classes: int) -> Tensor:
    """Each pixel has the class of the nearest of three random points a class."""
    points, kinds = torch.rand(batch, 3 * classes, 2), torch.arange(3 * classes) % classes
    rows, columns = torch.arange(height).view(-1, 1, 1), torch.arange(width).view(-1, 1)
    return torch.stack([
        kinds[((rows - y * height) ** 2 + (columns - x * width) ** 2).argmin(2)]
        for y, x in (image.unbind(1) for image in points)])


def make_inputs(classes: int, labels: str, size: Size, device: str) -> tuple[Tensor, ...]:
    """Label, gradient of the output, and features, weight and bias, which want gradients."""
    torch.manual_seed(0)
    batch, channels, height, width, kernel = size
    label = regions(batch, height, width, classes) if labels == 'regions' else torch.randint(
        classes, (batch, height, width))
    grad = torch.randn(batch, classes, 3, height, width)
    wanted = (torch.randn(batch, channels, height, width),
              torch.randn(classes, 3, channels, kernel, kernel) / kernel, torch.randn(classes, 3))
    return label.to(device), grad.to(device), *(tensor.to(device).requires_grad_() for tensor in wanted)


def make_run(implementation: str, backward: bool, *what) -> Callable[[], object]:
    """A forward pass, or a forward and a backward pass."""
    label, grad, *wanted = make_inputs(*what)

    def run() -> None:
        with torch.set_grad_enabled(backward):
            y = class_convolution(wanted[0], label, *wanted[1:], implementation)
            if backward:
                torch.autograd.grad(y, wanted, grad)
    return run


def check(*what) -> None:
    """Raise unless output and gradients equal the formula's."""
    label, grad, *wanted = make_inputs(*what)
    results = []
    for implementation in ('reference', 'sorted'):
        y = class_convolution(wanted[0], label, *wanted[1:], implementation)
        results.append((y.detach(), *torch.autograd.grad(y, wanted, grad)))
    for name, expected, found in zip(('output', 'features', 'weight', 'bias'), *results):
        error = ((found - expected).abs().max() / expected.abs().max()).item()
        if not error <= TOLERANCE:
            raise SystemExit(f'{what}: {name} is off by {error:.1e} of the largest')


def main() -> None:
    options = parser(__doc__.splitlines()[0])
    options.add_argument('--classes', nargs='+', type=int, default=(35, 151))
    options.add_argument('--labels', choices=('regions', 'noise'), default='regions')
    options.add_argument('--size', nargs=5, type=int, default=(1, 64, 128, 256, 7),
                         metavar=('B', 'C', 'H', 'W', 'K'))
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    rows = []
    for classes in options.classes:
        what = (classes, options.labels, tuple(options.size), options.device)
        check(*what)
        for backward in (False, True):
            rows.append(compare(
                f'local branch {"forward+backward" if backward else "forward"}',
                f'{classes} classes {what[2]} {options.labels}',
                functools.partial(make_run, 'reference', backward, *what),
                functools.partial(make_run, 'sorted', backward, *what),
                options.device, options.threads, options.seconds))
            print_row(rows[-1])
    for first, last in zip(rows[:2], rows[-2:]):
        growth = last['fast_s'] / first['fast_s']
        print(f'{first["name"]:<39} {options.classes[-1]} classes take {growth:.2f} times as long as '
              f'{options.classes[0]}', flush=True)
    write_rows(rows, options.json)


if __name__ == '__main__':
    main()
