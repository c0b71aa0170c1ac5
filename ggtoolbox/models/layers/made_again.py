"""What convolutions would keep for their backward pass, though it costs next to nothing to make again there.

- Weights that autocast rounds: each convolution keeps them in 16 bits for the gradient of its input, half of
  the network's size beside the network itself; at small batches that is most of what a step keeps.
- Inputs with a mirrored border, beside the inputs without it, which other layers keep anyway.

Both are made of what is there, to the same bits.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor

from ggtoolbox.ops.joint_product import is_channels_last
from ggtoolbox.ops.recording import is_recorded

LEAST_WEIGHTS = 2 ** 14  # fewer are not worth the bookkeeping

_computed_again = 0  # how many blocks that are computed again anyway we are inside of

Again = Callable[[], Tensor]


def makes_again(tensor: Tensor) -> bool:
    """Whether there is a graph that would keep things for its backward pass."""
    return (tensor.device.type in ('cpu', 'cuda') and torch.is_grad_enabled()
            and not torch.compiler.is_compiling() and not is_recorded())


def rounds(weight: Tensor) -> bool:
    """Whether autocast is about to round ``weight`` for a graph that would keep the result."""
    return (makes_again(weight) and torch.is_autocast_enabled(weight.device.type)
            and weight.dtype == torch.float32 and weight.numel() >= LEAST_WEIGHTS)


def rounded(weight: Tensor, again: Again) -> tuple[Tensor, Again]:
    """``weight``, for which :func:`rounds` is true, in autocast's type, and what makes that again.

    Args:
        again: gives ``weight`` once more.
    """
    dtype = torch.get_autocast_dtype(weight.device.type)
    return weight.to(dtype), lambda: again().to(dtype)


def mirrored(x: Tensor, around: tuple[int, ...]) -> tuple[Tensor, Again]:
    """x (B, C, H, W) with so many mirrored columns left and right and rows above and below, in autocast's
    type where that is on, and what makes this again."""
    dtype, kind = x.dtype, x.device.type
    if torch.is_autocast_enabled(kind) and x.dtype == torch.float32:
        dtype = torch.get_autocast_dtype(kind)
    again = as_now(x)
    return _Mirrored.apply(x, around, dtype), lambda: F.pad(again().to(dtype), around, 'reflect')


class _Mirrored(torch.autograd.Function):
    """``F.pad(x, around, 'reflect')``, which keeps no more than a shape."""

    @staticmethod
    def forward(ctx, x: Tensor, around: tuple[int, ...], dtype: torch.dtype) -> Tensor:
        ctx.around, ctx.shape, ctx.dtype = around, x.shape, x.dtype
        ctx.memory_format = torch.channels_last if is_channels_last(x) else torch.contiguous_format
        return F.pad(x.to(dtype), around, 'reflect')

    @staticmethod
    def backward(ctx, grad: Tensor):
        # whose layout is the gradient's: another one would be carried through the whole backward pass
        like = torch.empty(ctx.shape, dtype=grad.dtype, device=grad.device, memory_format=ctx.memory_format)
        return torch.ops.aten.reflection_pad2d_backward(grad, like, ctx.around).to(ctx.dtype), None, None


@contextmanager
def made_again(*made: tuple[Tensor, Again]) -> Iterator[None]:
    """No graph that is made within keeps these tensors: its backward pass makes them again."""
    if _computed_again or not made:
        yield
        return
    recipes = {tensor.untyped_storage().data_ptr(): again for tensor, again in made}

    def pack(tensor: Tensor) -> Tensor | tuple:
        again = recipes.get(tensor.untyped_storage().data_ptr())
        return tensor if again is None else (again, tensor.shape, tensor.stride(), tensor.storage_offset())

    def unpack(packed: Tensor | tuple) -> Tensor:
        if isinstance(packed, Tensor):
            return packed
        again, *view = packed
        with torch.no_grad():
            return again().as_strided(*view)

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        yield


def as_now(tensor: Tensor) -> Again:
    """Gives ``tensor`` again, or raises :class:`RuntimeError` where it has been changed since."""
    held, version = tensor.detach(), tensor._version

    def again() -> Tensor:
        if held._version != version:
            raise RuntimeError('a tensor has been changed between a forward pass and its backward pass')
        return held
    return again


@contextmanager
def computed_again() -> Iterator[None]:
    """Inside of a block that is computed again in the backward pass, and keeps nothing until then."""
    global _computed_again
    _computed_again += 1
    try:
        yield
    finally:
        _computed_again -= 1
