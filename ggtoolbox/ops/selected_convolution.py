"""A convolution over channel-selected features that are derived from fewer ones.

SelectionGAN++ (Tang et al., TPAMI 2022; thesis section 5.3.2) multiplies features Y by their pooled
versions, X = [Y * p1, Y * p4, Y * p9, Y] (equation 5.2), lets every channel of X attend to all others
(equation 5.3) and convolves the result back to the width of Y. Per image, with X as a matrix C x HW,

    A = softmax(rowmax(X X^T) - X X^T),    Z = convolution(gamma * A X + X; W).

The convolution is linear, so Z = convolution(X; W (gamma * A + 1)): the attention goes into the weights, a
product of small matrices, and A X never exists. The row's maximum cancels in the softmax. X X^T is
symmetric, so its backward is one product, (G + G^T) X. And X is cheap to derive from Y: only Y and X X^T
are kept, X is derived again in backward, an image at a time.

What did not pay on a CPU: one triangle of X X^T (its blocks cost more to cut out than they save), and
X X^T over pieces of the pixels.
"""
from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

Expand = Callable[[Tensor], Tensor]

# Where all images share their weights, so many are convolved at once that X stays below this size.
_ELEMENTS_AT_ONCE = 2 ** 25
# Rows of (G + G^T) X that exist at a time.
_SLABS = 8


def selected_convolution_reference(x: Tensor, weight: Tensor, bias: Tensor | None = None,
                                   gamma: Tensor | None = None, expand: Expand | None = None,
                                   most_alike: bool = False) -> Tensor:
    """The plain formula; see :func:`selected_convolution`."""
    if expand is not None:
        x = expand(x)
    if gamma is not None:
        flat = x.flatten(2)
        energy = flat @ flat.transpose(1, 2)
        if not most_alike:
            energy = energy.amax(dim=-1, keepdim=True) - energy
        attention = energy.softmax(dim=-1)
        x = gamma * (attention @ flat).view_as(x) + x
    return F.conv2d(x, weight, bias, padding=weight.shape[-1] // 2)


def selected_convolution(x: Tensor, weight: Tensor, bias: Tensor | None = None,
                         gamma: Tensor | None = None, expand: Expand | None = None,
                         most_alike: bool = False) -> Tensor:
    """convolution(gamma * A X + X) with X = expand(x) and A the attention between the channels of X.

    Under autocast the convolution is computed in its type, the attention in float32: X X^T sums over
    all pixels, which half precision can neither hold nor resolve.

    Args:
        x: (B, c, H, W).
        weight: (O, C, k, k) of a convolution of stride 1, k odd, that keeps the size by zero padding.
        bias: (O,) or None.
        gamma: (1,), the attention's share; None: no channel selection.
        expand: (B, c, H, W) -> (B, C, H, W), image by image, differentiable, without parameters; called
            again in backward. None: X is x.
        most_alike: A = softmax(X X^T) instead.

    Returns:
        (B, O, H, W).
    """
    if gamma is None and expand is None:
        return F.conv2d(x, weight, bias, padding=weight.shape[-1] // 2)
    kind = x.device.type
    if not (torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)):
        return _SelectedConvolution.apply(x, weight, bias, gamma, expand, most_alike)
    with torch.autocast(kind, enabled=False):
        return _SelectedConvolution.apply(x.to(torch.get_autocast_dtype(kind)), weight, bias, gamma, expand,
                                          most_alike)


class _SelectedConvolution(torch.autograd.Function):

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, bias: Tensor | None, gamma: Tensor | None,
                expand: Expand | None, most_alike: bool) -> Tensor:
        ctx.expand, ctx.most_alike, ctx.has_bias = expand, most_alike, bias is not None
        results, energies = [], []
        for part in _parts(x, weight, gamma):
            wide, kernel = _expanded(part, expand), weight
            if gamma is not None:
                energies.append(_gram(wide))
                kernel = _fold(weight, energies[-1], gamma, most_alike)
            results.append(F.conv2d(wide, kernel.to(x.dtype), None if bias is None else bias.to(x.dtype),
                                    padding=weight.shape[-1] // 2))
        ctx.save_for_backward(x, weight, gamma, *energies)
        return results[0] if len(results) == 1 else torch.cat(results)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor):
        x, weight, gamma, *energies = ctx.saved_tensors
        grad_x, grad_weight, grad_gamma = [], torch.zeros_like(weight), None
        grad_bias = grad.sum((0, 2, 3), dtype=weight.dtype) if ctx.has_bias else None
        if gamma is not None:
            grad_gamma = torch.zeros_like(gamma)
        parts = _parts(x, weight, gamma)
        for index, (part, grad_part) in enumerate(zip(parts, grad.split([len(p) for p in parts]))):
            with torch.enable_grad():
                part = part.detach().requires_grad_()
                wide = _expanded(part, ctx.expand)
                kernel = weight
                if gamma is not None:
                    small = [t.detach().requires_grad_() for t in (weight, energies[index], gamma)]
                    kernel = _fold(*small, ctx.most_alike)
            grad_wide, grad_kernel = _convolution_backward(grad_part, wide.detach(), kernel.detach())
            if gamma is None:
                grad_weight += grad_kernel
            else:
                of_weight, of_energy, of_gamma = torch.autograd.grad(kernel, small, grad_kernel)
                grad_weight += of_weight
                grad_gamma += of_gamma
                _add_product(grad_wide, of_energy + of_energy.t(), wide.detach())
            grad_x.append(torch.autograd.grad(wide, part, grad_wide)[0])
        return torch.cat(grad_x), grad_weight, grad_bias, grad_gamma, None, None


def _parts(x: Tensor, weight: Tensor, gamma: Tensor | None) -> tuple[Tensor, ...]:
    """The images that are convolved with the same weights, as many as fit."""
    if gamma is not None:
        return x.split(1)
    return x.split(max(1, _ELEMENTS_AT_ONCE // (weight.shape[1] * x[0, 0].numel())))


def _expanded(x: Tensor, expand: Expand | None) -> Tensor:
    """X; with channels last on a CPU, whose convolutions are up to twice as fast so."""
    if x.device.type == 'cpu':
        x = x.contiguous(memory_format=torch.channels_last)
    return x if expand is None else expand(x)


def _fold(weight: Tensor, energy: Tensor, gamma: Tensor, most_alike: bool) -> Tensor:
    """W (gamma * A + 1): (O, C, k, k)."""
    attention = (energy if most_alike else -energy).softmax(dim=-1)
    return weight + gamma * torch.einsum('oikl,ij->ojkl', weight.to(energy.dtype), attention)


def _gram(x: Tensor) -> Tensor:
    """X X^T of one image (1, C, H, W): (C, C), in float32 at least."""
    if x.dtype in (torch.float16, torch.bfloat16):
        x = x.float()
    if x.device.type == 'cpu':  # a 1x1 convolution's weight gradient: oneDNN's is faster than MKL's product
        kernel = x.new_empty(x.shape[1], x.shape[1], 1, 1)
        return _convolution_backward(x, x, kernel, of_input=False)[1][:, :, 0, 0]
    flat = x.flatten(2)[0]
    return flat @ flat.t()


def _add_product(total: Tensor, matrix: Tensor, x: Tensor) -> None:
    """total += matrix X, a slab of rows at a time."""
    kernel = matrix[:, :, None, None].to(x.dtype)
    for into, slab in zip(total.chunk(_SLABS, dim=2), x.chunk(_SLABS, dim=2)):
        into += F.conv2d(slab, kernel)


def _convolution_backward(grad: Tensor, x: Tensor, kernel: Tensor, of_input: bool = True):
    """Gradients of x and kernel of a convolution of stride 1 that keeps the size."""
    padding = [kernel.shape[-1] // 2] * 2
    return torch.ops.aten.convolution_backward(
        grad.to(x.dtype), x, kernel.to(x.dtype), None, [1, 1], padding, [1, 1], False, [0, 0], 1,
        [of_input, True, False])[:2]
