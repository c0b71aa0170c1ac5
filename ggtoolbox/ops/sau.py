"""Semantic-aware upsampling (SAU): the plain formula, and fast forms that equal it to rounding.

Tang et al., Local and Global GANs with Semantic-Aware Upsampling for Image Generation, section 3.2: a
network predicts k*k logits for each output pixel; softmaxed, they weight a k x k window of the source
features around the pixel that it comes from, eq. (1).

``sau_reference``            the formula as it is written: expand, unfold, multiply, sum
``semantic_aware_upsample``  the same numbers without an expanded or unfolded map; keeps for backward
                             its two inputs alone, and computes the softmax again there
"""
from __future__ import annotations

import functools
import importlib.util
import os

import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import InputError
from .recording import is_recorded
from .sau_operator import sau_operator
from .sau_weights import accumulation_dtype, fold_expanded, split_logits

WINDOWS = ('source', 'expanded')
IMPLEMENTATIONS = ('auto', 'pytorch', 'triton', 'shift', 'reference')


def sau_reference(x: Tensor, logits: Tensor, kernel_size: int = 5, scale: int = 2,
                  window: str = 'source', groups: int = 1, normalise: bool = True) -> Tensor:
    """The formula step by step, as section 3.2.2 lists it; arguments as the fast form's."""
    k, s = kernel_size, scale
    _check(x, logits, k, s, window, groups)
    kernels = F.pixel_shuffle(logits.to(accumulation_dtype(x)), s).unflatten(1, (groups, 1, k * k))
    if normalise:
        kernels = kernels.softmax(3)
    expanded = x.to(kernels.dtype).repeat_interleave(s, 2).repeat_interleave(s, 3)
    dilation = s if window == 'source' else 1
    blocks = F.unfold(expanded, k, dilation, padding=dilation * (k // 2))
    blocks = blocks.unflatten(1, (groups, -1, k * k)).unflatten(4, expanded.shape[2:])
    return (blocks * kernels).sum(3).flatten(1, 2).to(x.dtype)


def semantic_aware_upsample(
    x: Tensor, logits: Tensor, kernel_size: int = 5, scale: int = 2, window: str = 'source',
    groups: int = 1, normalise: bool = True, implementation: str = 'auto',
) -> Tensor:
    """Upsample features by softmaxed sums over windows.

    Args:
        x: (B, C, H, W) features; float64, float32, bfloat16 or float16.
        logits: (B, groups*k*k*s*s, H, W), channels in the order of ``F.pixel_shuffle``: group, then
            row and column of the window, then row and column of the output pixel in its source
            pixel. May differ from x in type (as under autocast).
        kernel_size: k, odd.
        scale: s >= 1.
        window: where the k x k window lies. The paper gives two readings. ``'source'``, by its
            equations: on the source features, around (floor(i'/s), floor(j'/s)); this is CARAFE's
            reassembly, and nearest expansion followed by blocks of dilation s. ``'expanded'``, by its
            list of steps taken literally: on the nearest-expanded features with dilation 1, so that
            at k = 5, s = 2 it reaches 3 x 3 source pixels with summed weights. Outside is zero.
        groups: channels are cut into so many runs, each with kernels of its own.
        normalise: softmax over the k*k; False takes ``logits`` as the weights themselves.
        implementation: ``'auto'`` takes ``'shift'`` (plain differentiable operators only) while a graph
            is exported or traced, else ``'triton'`` on CUDA where Triton is installed, else
            ``'pytorch'`` (batched products of overlapping views). ``'reference'`` is the formula.

    Returns:
        (B, C, s*H, s*W) of x's type, channels last when x is. Softmax and sums are in float32
        (float64 for float64). ``'pytorch'`` and ``'triton'`` are differentiable once.

    Raises:
        InputError: shapes that do not fit, an even kernel, an unknown window or implementation,
            ``'triton'`` where it cannot run.
    """
    _check(x, logits, kernel_size, scale, window, groups)
    implementation = _choose(implementation, x)
    arguments = (x, logits, kernel_size, scale, window, groups, normalise)
    if implementation == 'reference':
        return sau_reference(*arguments)
    if implementation == 'shift':
        return _shift_form(*arguments)
    return sau_operator(*arguments, implementation)


def _shift_form(x: Tensor, logits: Tensor, kernel_size: int, scale: int, window: str, groups: int,
                normalise: bool) -> Tensor:
    """Tap by tap on the source grid, then a pixel shuffle: for each tap a slice, a product, a sum."""
    weights = split_logits(logits.to(accumulation_dtype(x)), kernel_size, scale, groups)
    weights, side = weights.softmax(2) if normalise else weights, kernel_size
    if window == 'expanded':
        weights, side = fold_expanded(weights, kernel_size, scale)
    height, width = x.shape[2:]
    padded = F.pad(x.to(weights.dtype), (side // 2,) * 4).unflatten(1, (groups, -1, 1))
    rows = (padded[..., i:i + height, :] for i in range(side))
    windows = (row[..., j:j + width] for row in rows for j in range(side))
    taps = (weight * window for weight, window in zip(weights.split(1, dim=2), windows))
    return F.pixel_shuffle(functools.reduce(torch.add, taps).flatten(1, 3).to(x.dtype), scale)


def _check(x: Tensor, logits: Tensor, k: int, s: int, window: str, groups: int) -> None:
    if window not in WINDOWS:
        raise InputError(f'window: expected one of {WINDOWS}, found {window!r}')
    if k < 1 or k % 2 == 0 or s < 1:
        raise InputError(f'kernel_size must be odd and scale at least 1, found {k} and {s}')
    if x.dim() != 4 or x.shape[1] % groups:
        raise InputError(f'x must be (B, C, H, W) with C a multiple of groups={groups}, found '
                         f'{tuple(x.shape)}')
    batch, _, height, width = x.shape
    expected = (batch, groups * k * k * s * s, height, width)
    if tuple(logits.shape) != expected:
        raise InputError(f'logits must be {expected} for kernel_size={k}, scale={s}, groups={groups} '
                         f'and x {tuple(x.shape)}, found {tuple(logits.shape)}')


def _choose(implementation: str, x: Tensor) -> str:
    if implementation not in IMPLEMENTATIONS:
        raise InputError(f'implementation: expected one of {IMPLEMENTATIONS}, found {implementation!r}')
    if implementation == 'auto':
        if is_recorded():
            return 'shift'
        return 'triton' if x.is_cuda and _has_triton() else 'pytorch'
    if implementation == 'triton':
        if not _has_triton():
            raise InputError("implementation='triton': the package triton is not installed")
        if not x.is_cuda and os.environ.get('TRITON_INTERPRET') != '1':
            raise InputError(f"implementation='triton' needs a CUDA tensor, found one on {x.device}")
    return implementation


@functools.cache
def _has_triton() -> bool:
    return importlib.util.find_spec('triton') is not None
