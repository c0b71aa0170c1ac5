"""Conditional depthwise convolution: every pixel and channel has a kernel of its own.

Liu et al., Learning to Predict Layout-to-image Conditional Convolutions for Semantic Image Synthesis
(CC-FPSE), NeurIPS 2019, section 3.1. With k * k weights w for each pixel (y, x) and channel c,

    out[c, y, x] = sum over i, j of w[c, i, j, y, x] * in[c, y + i - k // 2, x + j - k // 2]

and zeros outside of the image. The fast form adds k * k products with shifted views of the input: neither
windows nor products are ever laid out, and backward keeps the two inputs alone.
"""
from __future__ import annotations

import functools

import torch
import torch.nn.functional as F
from torch import Tensor

from ggtoolbox.errors import InputError

from .recording import is_recorded


def conditional_convolution_reference(x: Tensor, kernels: Tensor, kernel_size: int = 3) -> Tensor:
    """The plain formula: unfold, multiply, sum; arguments as the fast form's."""
    _check(x, kernels, kernel_size)
    batch, channels, height, width = x.shape
    windows = F.unfold(x, kernel_size, padding=kernel_size // 2)
    windows = windows.view(batch, channels, kernel_size ** 2, height, width)
    return (windows * kernels.unflatten(1, (channels, -1))).sum(2)


def conditional_convolution(x: Tensor, kernels: Tensor, kernel_size: int = 3) -> Tensor:
    """Convolve each channel with kernels that differ from pixel to pixel.

    Args:
        x: (B, C, H, W).
        kernels: (B, C*k*k, H, W): the k*k weights of a channel follow each other, row by row; of any float
            type. (1, C*k*k, H, W) serves all samples, as at a test that draws one label map several times.
        kernel_size: k, odd.

    Returns:
        (B, C, H, W) of the wider of both types; sums are in float32 at least. Differentiable once, but for
        graphs that are exported or traced, which get plain operators.

    Raises:
        InputError: shapes that do not fit, or an even kernel.
    """
    _check(x, kernels, kernel_size)
    dtype = torch.promote_types(x.dtype, kernels.dtype)
    x, kernels = x.to(dtype), kernels.to(dtype)
    if is_recorded():
        taps = _taps(kernels, x.shape[1])
        windows = _windows(_padded(x, kernel_size), kernel_size, x.shape[-2:])
        return functools.reduce(torch.add, (tap * window for tap, window in zip(taps, windows)))
    return conditional_convolution_operator(x, kernels, kernel_size)


@torch.library.custom_op('ggtoolbox::conditional_convolution', mutates_args=())
def conditional_convolution_operator(x: Tensor, kernels: Tensor, kernel_size: int) -> Tensor:
    """``conditional_convolution`` of checked inputs of one type."""
    y = torch.zeros_like(x, dtype=_accumulation_dtype(x))
    padded = _padded(x.to(y.dtype), kernel_size)
    for tap, window in zip(_taps(kernels, x.shape[1]), _windows(padded, kernel_size, x.shape[-2:])):
        y.addcmul_(tap.to(y.dtype), window)
    return y.to(x.dtype)


@torch.library.custom_op('ggtoolbox::conditional_convolution_backward', mutates_args=())
def conditional_convolution_backward(grad_y: Tensor, x: Tensor, kernels: Tensor, kernel_size: int,
                                     need_x: bool, need_kernels: bool) -> tuple[Tensor, Tensor]:
    """Gradients of x and kernels; one that is not needed comes back empty."""
    dtype, size, channels = _accumulation_dtype(x), x.shape[-2:], x.shape[1]
    grad_y = grad_y.to(dtype)
    grad_x, grad_kernels = x.new_empty(0), x.new_empty(0)
    if need_x:
        grad_padded = torch.zeros_like(_padded(x, kernel_size), dtype=dtype)
        for tap, window in zip(_taps(kernels, channels), _windows(grad_padded, kernel_size, size)):
            window.addcmul_(tap.to(dtype), grad_y)
        margin = kernel_size // 2
        grad_x = grad_padded[..., margin:margin + size[0], margin:margin + size[1]].to(
            x.dtype, memory_format=torch.contiguous_format, copy=True)
    if need_kernels:
        grad_kernels = torch.empty_like(kernels)
        padded = _padded(x.to(dtype), kernel_size)
        for tap, window in zip(_taps(grad_kernels, channels), _windows(padded, kernel_size, size)):
            product = grad_y * window
            tap.copy_(product if len(kernels) == len(x) else product.sum(0, keepdim=True))
    return grad_x, grad_kernels


@conditional_convolution_operator.register_fake
def _(x: Tensor, kernels: Tensor, kernel_size: int) -> Tensor:
    return torch.empty_like(x)


@conditional_convolution_backward.register_fake
def _(grad_y: Tensor, x: Tensor, kernels: Tensor, kernel_size: int, need_x: bool,
      need_kernels: bool) -> tuple[Tensor, Tensor]:
    return (torch.empty_like(x, memory_format=torch.contiguous_format) if need_x else x.new_empty(0),
            torch.empty_like(kernels) if need_kernels else kernels.new_empty(0))


def _setup_context(ctx, inputs, output) -> None:
    x, kernels, ctx.kernel_size = inputs
    ctx.save_for_backward(x, kernels)


def _backward(ctx, grad_y: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
    need_x, need_kernels = ctx.needs_input_grad[:2]
    grad_x, grad_kernels = conditional_convolution_backward(
        grad_y, *ctx.saved_tensors, ctx.kernel_size, need_x, need_kernels)
    return grad_x if need_x else None, grad_kernels if need_kernels else None, None


conditional_convolution_operator.register_autograd(_backward, setup_context=_setup_context)


def _accumulation_dtype(x: Tensor) -> torch.dtype:
    return torch.promote_types(x.dtype, torch.float32)


def _padded(x: Tensor, kernel_size: int) -> Tensor:
    return F.pad(x, [kernel_size // 2] * 4)


def _taps(kernels: Tensor, channels: int) -> tuple[Tensor, ...]:
    """The k*k views (B, C, H, W) of the kernels, one a place of the window."""
    return kernels.unflatten(1, (channels, -1)).unbind(2)


def _windows(padded: Tensor, kernel_size: int, size: tuple[int, int]) -> list[Tensor]:
    """The k*k shifted views (B, C, H, W) of the padded input, in the order of the taps."""
    height, width = size
    return [padded[..., row:row + height, column:column + width]
            for row in range(kernel_size) for column in range(kernel_size)]


def _check(x: Tensor, kernels: Tensor, kernel_size: int) -> None:
    if kernel_size < 1 or kernel_size % 2 == 0:
        raise InputError(f'conditional convolution: kernel_size must be odd, found {kernel_size}')
    batch, channels, height, width = x.shape
    expected = (channels * kernel_size ** 2, height, width)
    if kernels.shape[0] not in (1, batch) or tuple(kernels.shape[1:]) != expected:
        raise InputError(f'conditional convolution: kernels must be {(batch, *expected)} (or '
                         f'{(1, *expected)}) for x {tuple(x.shape)}, found {tuple(kernels.shape)}')
