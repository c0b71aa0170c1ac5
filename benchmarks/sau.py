"""Times semantic-aware upsampling (k = 5, s = 2) against its plain formula.

    python benchmarks/sau.py --threads 2
    python benchmarks/sau.py --device cuda --dtype bfloat16 --json sau.json

Before a size is timed, output and both gradients are compared with the formula's; a difference ends the
run. On a CPU the fast form is the one in PyTorch calls; on CUDA the Triton kernels, the PyTorch form,
the shift form, and ``torch.compile`` of the formula and of the shift form are each set against the
formula, and mmcv's CARAFE, which is given the softmaxed weights, where mmcv was built with it.

Told as well is the share of the rate of a plain copy at which a form would run if it moved each input and
output once (and backward their gradients).
"""
from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable

import torch
import torch.nn.functional as F
from _common import compare, least_seconds, parser, print_row, write_rows
from torch import Tensor

from ggtoolbox.ops.sau import sau_reference, semantic_aware_upsample

SIZES = ((1, 64, 64, 64), (1, 256, 32, 32), (1, 512, 16, 16), (1, 512, 32, 64), (1, 128, 128, 256))
FORMS = {'cpu': ('pytorch',),
         'cuda': ('triton', 'pytorch', 'shift', 'compiled shift', 'compiled reference', 'carafe')}
TOLERANCE = {'float32': 1e-5, 'float16': 4e-3, 'bfloat16': 2e-2}  # of the largest magnitude


def upsampling(form: str) -> Callable[[Tensor, Tensor], Tensor]:
    """The named form as a function of features and logits."""
    if form == 'carafe':
        return carafe_form
    compiled, implementation = form.startswith('compiled '), form.removeprefix('compiled ')
    function = functools.partial(semantic_aware_upsample, implementation=implementation)
    if not compiled:
        return function
    torch.compiler.reset()  # a function is compiled eight times at most, and there are more sizes
    return torch.compile(function, dynamic=False)


def carafe_form(x: Tensor, logits: Tensor) -> Tensor:
    """mmcv's operator, which takes the weights themselves, one map a tap."""
    from mmcv.ops.carafe import carafe
    return carafe(x, F.pixel_shuffle(logits, 2).softmax(1).to(x.dtype), 5, 1, 2)


def is_built(form: str, dtype: str) -> bool:
    """Whether a form can run: mmcv's operators are compiled or they are not there, and know no bfloat16."""
    return form != 'carafe' or (importlib.util.find_spec('mmcv._ext') is not None and dtype != 'bfloat16')


def copy_rate(device: str) -> float:
    """Bytes a second that a copy reads and writes, of more than a GPU's cache holds."""
    source = torch.ones(2 ** (25 if device == 'cuda' else 22), device=device)
    target = torch.empty_like(source)
    seconds, = least_seconds([lambda: target.copy_(source)], device, 0.1)
    return 2 * source.nbytes / seconds


def moved_bytes(size: tuple[int, ...], dtype: str, backward: bool) -> int:
    """Inputs and output once; with backward, the inputs again, the output's gradient and theirs."""
    features = size[0] * size[1] * size[2] * size[3]
    inputs, output = features + features // size[1] * 100, 4 * features
    values = inputs + output + (inputs + output + inputs if backward else 0)
    return values * getattr(torch, dtype).itemsize


def make_inputs(size: tuple[int, ...], dtype: str, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Features and logits that want gradients, and the gradient of the output."""
    torch.manual_seed(0)
    batch, channels, height, width = size
    shapes = size, (batch, 100, height, width), (batch, channels, 2 * height, 2 * width)
    x, logits, grad = (torch.randn(shape).to(device, getattr(torch, dtype)) for shape in shapes)
    return x.requires_grad_(), logits.requires_grad_(), grad


def make_run(form: str, backward: bool, size: tuple[int, ...], dtype: str,
             device: str) -> Callable[[], object]:
    """A forward pass, or a forward and a backward pass."""
    x, logits, grad = make_inputs(size, dtype, device)
    function = upsampling(form)

    def run() -> None:
        with torch.set_grad_enabled(backward):
            y = function(x, logits)
            if backward:
                torch.autograd.grad(y, (x, logits), grad)
    return run


def check(form: str, size: tuple[int, ...], dtype: str, device: str) -> None:
    """Raise unless output and gradients equal the formula's."""
    x, logits, grad = make_inputs(size, dtype, device)
    results = []
    for function in (sau_reference, upsampling(form)):
        y = function(x, logits)
        results.append((y, *torch.autograd.grad(y, (x, logits), grad)))
    for name, expected, found in zip(('output', 'gradient of x', 'gradient of the logits'), *results):
        error = ((found - expected).abs().max() / expected.abs().max()).item()
        if not error <= TOLERANCE[dtype]:
            raise SystemExit(f'{form} {size} {dtype}: {name} is off by {error:.1e} of the largest')


def kept_megabytes(form: str, size: tuple[int, ...], dtype: str, device: str) -> float:
    """What autograd keeps for backward (MiB), each storage once."""
    x, logits, _ = make_inputs(size, dtype, device)
    storages = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        storages[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        y = upsampling(form)(x, logits)
    del y
    return sum(storages.values()) / 2 ** 20


def parse_size(text: str) -> tuple[int, ...]:
    """``1x64x32x32`` -> (1, 64, 32, 32)."""
    size = tuple(map(int, text.split('x')))
    if len(size) != 4:
        raise ValueError(text)
    return size


def main() -> None:
    options = parser(__doc__.splitlines()[0])
    options.add_argument('--dtype', default='float32', choices=sorted(TOLERANCE))
    options.add_argument('--forms', nargs='+', help='instead of those that suit the device')
    options.add_argument('--sizes', nargs='+', type=parse_size, default=SIZES, metavar='BxCxHxW')
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    if options.device == 'cuda':
        print(torch.cuda.get_device_name(), torch.__version__)
    rows, rate = [], copy_rate(options.device)
    for size in options.sizes:
        for form in options.forms or FORMS[options.device]:
            if not is_built(form, options.dtype):
                continue
            what = (size, options.dtype, options.device)
            check(form, *what)
            kept = [kept_megabytes(f, *what) for f in ('reference', form)]
            for backward in (False, True):
                row = compare(
                    f'sau {form} {"forward+backward" if backward else "forward"}',
                    f'{size} {options.dtype} {options.device}',
                    functools.partial(make_run, 'reference', backward, *what),
                    functools.partial(make_run, form, backward, *what),
                    options.device, options.threads, options.seconds)
                share = moved_bytes(size, options.dtype, backward) / row['fast_s'] / rate
                rows.append(row | dict(reference_kept_mb=kept[0], fast_kept_mb=kept[1], copy_share=share))
                print_row(row)
                print(f'{"":<39} {share:.0%} of the rate of a copy', flush=True)
            print(f'{"":<39} kept for backward {kept[0]:.1f} -> {kept[1]:.1f} MB', flush=True)
        write_rows(rows, options.json)  # after each size, for a run that is cut short


if __name__ == '__main__':
    main()
