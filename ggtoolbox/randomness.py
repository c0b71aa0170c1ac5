"""The random generators of a process (Python's, NumPy's, PyTorch's) as one thing that is seeded, kept and
put back."""
from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def seed_generators(*words: int) -> None:
    """Seed Python's, NumPy's and PyTorch's generators of the CPU from integers >= 0, whose order counts."""
    drawn = np.random.SeedSequence(words).generate_state(3, np.uint64)
    random.seed(int(drawn[0]))
    np.random.seed(int(drawn[1]) & 0xFFFFFFFF)
    # torch.manual_seed would queue a call for each GPU in processes that never use one
    torch.default_generator.manual_seed(int(drawn[2]) >> 1)


def random_state(gpu: bool = True) -> dict:
    """The state of all generators of this process: plain values and tensors, as a checkpoint may hold.

    Args:
        gpu: with the current GPU's, if there is one in use.
    """
    version, inner, gauss = random.getstate()
    kind, keys, *rest = np.random.get_state()
    state = dict(python=(version, torch.tensor(inner), gauss), torch=torch.get_rng_state(),
                 numpy=(kind, torch.from_numpy(keys.astype(np.int64)), *rest))
    if gpu and torch.cuda.is_available() and torch.cuda.is_initialized():
        state['gpu'] = torch.cuda.get_rng_state()
    return state


def set_random_state(state: dict) -> None:
    """Put back what :func:`random_state` gave."""
    version, inner, gauss = state['python']
    random.setstate((version, tuple(inner.tolist()), gauss))
    kind, keys, *rest = state['numpy']
    np.random.set_state((kind, keys.cpu().numpy().astype(np.uint32), *rest))
    torch.set_rng_state(state['torch'].cpu())
    if 'gpu' in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state['gpu'].cpu())


@contextmanager
def random_state_kept(gpu: bool = False) -> Iterator[dict]:
    """What is drawn within leaves no trace in the generators; their state before comes with ``as``."""
    before = random_state(gpu)
    try:
        yield before
    finally:
        set_random_state(before)


class PrivateRandomness:
    """A stream of random numbers of one's own, whoever draws it from the global generators.

    Args:
        words: integers >= 0 that seed it.
        gpu: whether the GPU's generator is put back afterwards, too.
    """

    def __init__(self, *words: int, gpu: bool = False) -> None:
        self.words, self.gpu = words, gpu
        self.state: dict | None = None

    @contextmanager
    def drawn(self) -> Iterator[dict]:
        """Within, the global generators draw this stream, from where it was left; afterwards they are as they
        were before, which is what comes with ``as``."""
        with random_state_kept(self.gpu) as before:
            if self.state is None:
                seed_generators(*self.words)
                if self.gpu and torch.cuda.is_available() and torch.cuda.is_initialized():
                    torch.cuda.manual_seed(torch.initial_seed())
            else:
                set_random_state(self.state)
            try:
                yield before
            finally:
                self.state = random_state(self.gpu)
