"""A convolution over channel-selected features that are derived from fewer ones.

SelectionGAN++ (Tang et al., TPAMI 2022; thesis section 5.3.2) multiplies features Y by their pooled
versions, X = [Y * p1, Y * p4, Y * p9, Y] (equation 5.2), lets every channel of X attend to all others
(equation 5.3) and convolves the result back to the width of Y. Per image, with X as a matrix C x HW,

    A = softmax(rowmax(X X^T) - X X^T),    Z = convolution(gamma * A X + X; W).

The convolution is linear, so Z = convolution(X; W (gamma * A + 1)): the attention goes into the weights, a
product of small matrices, and A X never exists. The row's maximum cancels in the softmax. X X^T is
symmetric: of its blocks, a part of X by another, one triangle is computed, and its backward is one product,
(G + G^T) X. X is cheap to derive from Y: only Y and X X^T are kept, X is derived again in backward, an image
at a time, and convolved part by part, so that without an attention never more than one part exists.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from .recording import is_recorded

Expand = Callable[[Tensor], Iterable[Tensor]]

# Where all images share their weights, so many are convolved at once that a part of X stays below this size.
_ELEMENTS_AT_ONCE = 2 ** 23


def selected_convolution_reference(x: Tensor, weight: Tensor, bias: Tensor | None = None,
                                   gamma: Tensor | None = None, expand: Expand | None = None,
                                   most_alike: bool = False) -> Tensor:
    """The plain formula; see :func:`selected_convolution`."""
    if expand is not None:
        x = torch.cat(list(expand(x)), dim=1)
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
    """convolution(gamma * A X + X), X being the parts of expand(x) and A the attention between its channels.

    Under autocast the convolution is computed in its type, the attention in float32: X X^T sums over
    all pixels, which half precision can neither hold nor resolve. While a graph is exported or traced, the
    plain formula stands in for it.

    Args:
        x: (B, c, H, W).
        weight: (O, C, k, k) of a convolution of stride 1, k odd, that keeps the size by zero padding.
        bias: (O,) or None.
        gamma: (1,), the attention's share; None: no channel selection.
        expand: (B, c, H, W) -> the parts (B, c_i, H, W) of X along its channels, one after another; image by
            image, differentiable, without parameters; called again in backward. None: X is x.
        most_alike: A = softmax(X X^T) instead.

    Returns:
        (B, O, H, W).
    """
    if gamma is None and expand is None:
        return F.conv2d(x, weight, bias, padding=weight.shape[-1] // 2)
    if is_recorded():
        return selected_convolution_reference(x, weight, bias, gamma, expand, most_alike)
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
        for piece in _pieces(x, gamma):
            parts, kernel = _derive(piece, expand), weight
            if gamma is not None:
                parts = list(parts)
                energies.append(_gram(parts))
                kernel = _fold(weight, energies[-1], gamma, most_alike)
            results.append(_convolve_parts(parts, kernel.to(x.dtype), bias))
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
        pieces = _pieces(x, gamma)
        for index, (piece, grad_piece) in enumerate(zip(pieces, grad.split([len(p) for p in pieces]))):
            grad_piece = _laid_out(grad_piece.to(x.dtype))
            piece = piece.detach().requires_grad_()
            if gamma is None:
                grad_weight += _kernel_gradient(_derive(piece, ctx.expand), grad_piece, weight)
                parts, kernel, symmetric = _derive(piece, ctx.expand), weight, None
            else:
                with torch.enable_grad():
                    parts = list(_derive(piece, ctx.expand))
                    small = [t.detach().requires_grad_() for t in (weight, energies[index], gamma)]
                    kernel = _fold(*small, ctx.most_alike)
                of_kernel = _kernel_gradient(parts, grad_piece, kernel)
                of_weight, of_energy, of_gamma = torch.autograd.grad(kernel, small, of_kernel)
                grad_weight += of_weight
                grad_gamma += of_gamma
                symmetric = of_energy + of_energy.t()
            grad_x.append(_input_gradient(piece, parts, grad_piece, kernel.detach().to(x.dtype), symmetric))
        return torch.cat(grad_x), grad_weight, grad_bias, grad_gamma, None, None


def _pieces(x: Tensor, gamma: Tensor | None) -> tuple[Tensor, ...]:
    """The images that are convolved with the same weights, as many as fit."""
    return x.split(1 if gamma is not None else max(1, _ELEMENTS_AT_ONCE // x[0].numel()))


def _laid_out(x: Tensor) -> Tensor:
    """With channels last on a CPU, whose convolutions are up to twice as fast so."""
    return x.contiguous(memory_format=torch.channels_last) if x.device.type == 'cpu' else x


def _derive(x: Tensor, expand: Expand | None) -> Iterator[Tensor]:
    """The parts of X, each when it is asked for."""
    yield from (_laid_out(x),) if expand is None else expand(_laid_out(x))


def _by_part(parts: Iterable[Tensor], kernel: Tensor) -> Iterator[tuple[Tensor, slice]]:
    """Each part, and where the kernel's columns for it are."""
    start = 0
    for part in parts:
        yield part, slice(start, start + part.shape[1])
        start += part.shape[1]


def _fold(weight: Tensor, energy: Tensor, gamma: Tensor, most_alike: bool) -> Tensor:
    """W (gamma * A + 1): (O, C, k, k)."""
    attention = (energy if most_alike else -energy).softmax(dim=-1)
    return weight + gamma * torch.einsum('oikl,ij->ojkl', weight.to(energy.dtype), attention)


def _gram(parts: list[Tensor]) -> Tensor:
    """X X^T of one image: (C, C), in float32 at least."""
    if parts[0].dtype in (torch.float16, torch.bfloat16):
        parts = [part.float() for part in parts]
    width = sum(part.shape[1] for part in parts)
    energy = parts[0].new_empty(width, width)
    columns = [place for _, place in _by_part(parts, energy)]
    for row, one in enumerate(parts):
        for column, other in enumerate(parts[:row + 1]):
            block = _outer_product(one, other)
            energy[columns[row], columns[column]] = block
            energy[columns[column], columns[row]] = block.t()
    return energy


def _outer_product(one: Tensor, other: Tensor) -> Tensor:
    """(1, C, H, W) and (1, D, H, W) -> (C, D), summed over the pixels."""
    if one.device.type == 'cpu':  # a 1x1 convolution's weight gradient: oneDNN's is faster than MKL's product
        return _convolution_backward(one, other, one.new_empty(one.shape[1], other.shape[1], 1, 1),
                                     of_input=False)[:, :, 0, 0]
    return one.flatten(2)[0] @ other.flatten(2)[0].t()


def _inner_product(matrix: Tensor, x: Tensor) -> Tensor:
    """(C, D) and (1, D, H, W) -> (1, C, H, W)."""
    if x.device.type == 'cpu':
        return _convolve(x, matrix[:, :, None, None].to(x.dtype))
    return (matrix.to(x.dtype) @ x.flatten(2)).unflatten(2, x.shape[2:])


def _convolve_parts(parts: Iterable[Tensor], kernel: Tensor, bias: Tensor | None) -> Tensor:
    total = None
    for part, columns in _by_part(parts, kernel):
        result = _convolve(part, kernel[:, columns], bias if total is None else None)
        total = result if total is None else total.add_(result)
    return total


def _kernel_gradient(parts: Iterable[Tensor], grad: Tensor, kernel: Tensor) -> Tensor:
    return torch.cat([_convolution_backward(grad, part.detach(), kernel[:, columns], of_input=False)
                      for part, columns in _by_part(parts, kernel)], dim=1).to(kernel.dtype)


def _input_gradient(x: Tensor, parts: Iterable[Tensor], grad: Tensor, kernel: Tensor,
                    symmetric: Tensor | None) -> Tensor:
    """Through the convolution, and through X X^T where its gradient plus transpose is given."""
    total = None
    with torch.enable_grad():
        for part, columns in _by_part(parts, kernel):
            of_part = _convolution_backward(grad, part.detach(), kernel[:, columns], of_input=True)
            if symmetric is not None:
                for other, other_columns in _by_part(parts, kernel):
                    of_part += _inner_product(symmetric[columns, other_columns], other.detach())
            of_x, = torch.autograd.grad(part, x, of_part)
            total = of_x if total is None else total + of_x
    return total


def _convolve(x: Tensor, kernel: Tensor, bias: Tensor | None = None) -> Tensor:
    """Of stride 1, that keeps the size by zero padding."""
    return F.conv2d(x, kernel, None if bias is None else bias.to(x.dtype), padding=kernel.shape[-1] // 2,
                    dilation=_dilation(x, kernel))


def _convolution_backward(grad: Tensor, x: Tensor, kernel: Tensor, of_input: bool) -> Tensor:
    """The gradient of x or of the kernel in :func:`_convolve`."""
    padding, dilation = [kernel.shape[-1] // 2] * 2, [_dilation(x, kernel)] * 2
    found = torch.ops.aten.convolution_backward(
        grad, x, kernel.to(x.dtype), None, [1, 1], padding, dilation, False, [0, 0], 1,
        [of_input, not of_input, False])
    return found[0 if of_input else 1]


def _dilation(x: Tensor, kernel: Tensor) -> int:
    """2 means nothing to a 1x1 kernel, but has PyTorch take oneDNN for it even with one thread."""
    return 2 if kernel.shape[-1] == 1 and x.device.type == 'cpu' else 1
