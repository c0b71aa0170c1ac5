"""Weights that autocast rounds: rounded again in the backward pass instead of kept for it.

Under autocast each convolution keeps its weights in 16 bits for the gradient of its input, half of the
network's size beside the network itself; at small batches that is most of what a step keeps. Rounding them
again costs a copy, and gives the same numbers.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from ggtoolbox.ops.recording import is_recorded

LEAST_WEIGHTS = 2 ** 14  # fewer are not worth the bookkeeping

_computed_again = 0  # how many blocks that are computed again anyway we are inside of


def rounds(weight: Tensor) -> bool:
    """Whether autocast is about to round ``weight`` for a graph that would keep the result."""
    kind = weight.device.type
    return (weight.dtype == torch.float32 and weight.numel() >= LEAST_WEIGHTS and kind in ('cpu', 'cuda')
            and torch.is_autocast_enabled(kind) and torch.is_grad_enabled()
            and not torch.compiler.is_compiling() and not is_recorded())


@contextmanager
def rounded(weight: Tensor, again: Callable[[], Tensor]) -> Iterator[Tensor]:
    """``weight`` in autocast's type, of which no graph that is made within keeps a copy, nor does autocast
    for the next pass.

    Args:
        weight: for which :func:`rounds` is true.
        again: gives the same weight once more, without a graph.
    """
    dtype = torch.get_autocast_dtype(weight.device.type)
    short = weight.to(dtype)
    if _computed_again:
        yield short
        return
    place = short.untyped_storage().data_ptr()

    def pack(tensor: Tensor) -> Tensor | tuple:
        if tensor.untyped_storage().data_ptr() != place:
            return tensor
        return tensor.shape, tensor.stride(), tensor.storage_offset()

    def unpack(packed: Tensor | tuple) -> Tensor:
        if isinstance(packed, Tensor):
            return packed
        with torch.no_grad():
            return again().to(dtype).as_strided(*packed)

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        yield short


def as_now(weight: Tensor) -> Callable[[], Tensor]:
    """Gives ``weight`` again, or raises :class:`RuntimeError` where it has been changed since."""
    version = weight._version

    def again() -> Tensor:
        if weight._version != version:
            raise RuntimeError('a weight has been changed between a forward pass and its backward pass')
        return weight
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
