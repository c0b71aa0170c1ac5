"""Activation checkpointing: what a block keeps for its backward pass is computed again there instead.

Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016. A block then keeps its inputs alone. The
second forward pass of a block leaves no trace: running statistics and spectral vectors are those of the
first one, so that outputs, gradients and buffers are what they are without.
"""
from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from .made_again import computed_again
from .spectral_norm import iterations_done, spectral_vectors

LISTS = (nn.ModuleList, nn.ModuleDict, nn.Sequential)


def checkpoint_blocks(network: nn.Module) -> list[nn.Module]:
    """Let the blocks of a network, in place, keep their inputs alone.

    Blocks are what lies in its lists (``ModuleList``, ``ModuleDict``, ``Sequential``) and has parts itself;
    a network without such blocks is one. A single convolution keeps nothing but its input anyway. While
    ``torch.compile`` makes a network its blocks are as they were.

    Returns:
        The blocks.
    """
    blocks = list(_blocks(network)) or [network]
    for block in blocks:
        if 'forward' not in vars(block):
            block.forward = functools.partial(_forward, block, block.forward)
    return blocks


def _blocks(module: nn.Module) -> Iterator[nn.Module]:
    for child in module.children():
        parts = list(child.children())
        if isinstance(module, LISTS) and parts and not all(isinstance(part, LISTS) for part in parts):
            yield child
        else:
            yield from _blocks(child)


def _forward(block: nn.Module, plain: Callable, *inputs: object, **named: object) -> object:
    if not torch.is_grad_enabled() or torch.compiler.is_compiling():
        return plain(*inputs, **named)
    return checkpoint(plain, *inputs, use_reentrant=False,
                      context_fn=functools.partial(_first_and_second, block), **named)


def _first_and_second(block: nn.Module) -> tuple[AbstractContextManager, AbstractContextManager]:
    """What surrounds the first forward pass of a block, and what surrounds those in backward passes."""
    vectors: list[Tensor] = []
    return _first(block, vectors), _Again(block, vectors)


@contextmanager
def _first(block: nn.Module, vectors: list[Tensor]) -> Iterator[None]:
    with computed_again():
        yield
    vectors += [vector.clone() for vector in spectral_vectors(block)]


class _Again(AbstractContextManager):
    """The spectral vectors of the first pass, and afterwards all buffers as they were; may be entered again.

    Buffers are written through ``.data``: other graphs may hold them, but do not read them.
    """

    def __init__(self, block: nn.Module, vectors: list[Tensor]) -> None:
        self.block, self.vectors = block, vectors

    def __enter__(self) -> None:
        self.before = [(buffer, buffer.clone()) for buffer in self.block.buffers()]
        for buffer, vector in zip(spectral_vectors(self.block), self.vectors):
            buffer.data.copy_(vector)
        self.surroundings = ExitStack()
        self.surroundings.enter_context(iterations_done(self.block))
        self.surroundings.enter_context(computed_again())

    def __exit__(self, *error: object) -> None:
        self.surroundings.close()
        for buffer, value in self.before:
            buffer.data.copy_(value)
