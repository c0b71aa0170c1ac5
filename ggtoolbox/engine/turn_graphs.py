"""Turns of players as CUDA graphs: recorded once for each kind of iteration, then replayed by one call."""
from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from typing import Protocol

import numpy as np
import torch
from mmengine.logging import print_log
from mmengine.optim import OptimWrapper
from torch import Tensor

from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.gans.device_watch import DeviceWatch
from ggtoolbox.models.gans.turns import Batch, Fakes, Turns, one_after_another

from .optimisers import more_than_steps


class Recorder(Protocol):
    """What :class:`TurnGraphs` needs of a device."""

    def warm_up(self) -> Iterator[None]:
        """A context for iterations that come before a recording."""

    def record(self) -> Iterator[Callable[[], None]]:
        """A context that writes its work down instead of doing it, and gives what will do it."""


class CUDARecorder:
    """Graphs of CUDA that share one pool of memory and one stream, as PyTorch's notes on them ask for."""

    def __init__(self) -> None:
        self.stream, self.pool = torch.cuda.Stream(), torch.cuda.graph_pool_handle()

    @contextmanager
    def warm_up(self) -> Iterator[None]:
        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.stream):
            yield
        torch.cuda.current_stream().wait_stream(self.stream)

    @contextmanager
    def record(self) -> Iterator[Callable[[], None]]:
        graph = torch.cuda.CUDAGraph()
        # The thread of a loader, which pins memory, may go on.
        with torch.cuda.graph(graph, self.pool, self.stream, capture_error_mode='thread_local'):
            yield graph.replay


class TurnGraphs:
    """Takes the turns of an iteration by replaying what was recorded of one like it.

    Turns that follow one another become one graph: forward passes, backward passes, the look at what is not
    finite (:class:`~ggtoolbox.models.gans.device_watch.DeviceWatch`) and the optimisers' steps. Batches are
    copied into the tensors that were recorded with, learning rates into tensors of float32; random numbers
    are drawn anew by the device; the terms come back as copies. Numbers are those of turns without a graph.

    A graph is recorded after ``warm_up`` iterations of its kind: turns, shapes, terms with their weights,
    what is frozen, settings of optimisers. Without a graph remain

    - turns in which the processor takes part: those that ``model.pooled_turns`` names, that draw from
      Python's, NumPy's or (on a GPU) the processor's generators, or that read from the device, which ends
      their recording;
    - all turns, where gradients are accumulated, clipped, exchanged between processes or scaled, where
      optimisers are not fused, or where steps may be left out (``StepWatchHook``).

    Args:
        recorder: of the device.
        warm_up: iterations of a kind before it is recorded, in which libraries choose their algorithms.
        most: kinds that are recorded; each holds memory.
    """

    def __init__(self, recorder: Recorder, warm_up: int = 3, most: int = 8) -> None:
        self.recorder, self.warm_up, self.most = recorder, warm_up, most
        self.graphs: dict[tuple, _Graph] = {}
        self.seen: Counter[tuple] = Counter()
        self.refused: set[tuple] = set()
        self.said: set[str] = set()

    def __call__(self, turns: Turns, due: Sequence[str]) -> dict[str, Tensor]:
        """Take the turns that are ``due``; the terms for the log."""
        if reason := obstacle(turns):
            self._say(f'CUDA graphs: none, since {reason}')
            return one_after_another(turns, due)
        log: dict[str, Tensor] = {}
        for pooled, row in groupby(due, key=lambda turn: turn in turns.model.pooled_turns):
            log.update((one_after_another if pooled else self._row)(turns, tuple(row)))
        return log

    def _row(self, turns: Turns, row: tuple[str, ...]) -> dict[str, Tensor]:
        kind = _kind(turns, row)
        if kind in self.refused or _has_graph(turns.kept):
            return one_after_another(turns, row)
        if kind in self.graphs:
            return self.graphs[kind].replay(turns)
        if self.seen[kind] < self.warm_up:
            return self._warm_up(turns, row, kind)
        reason = f'{self.most} others were recorded'
        if len(self.graphs) < self.most:
            try:
                self.graphs[kind] = _Graph(self.recorder, turns, row)
                return self.graphs[kind].replay(turns)
            except RuntimeError as error:
                reason = str(error).strip().splitlines()[0]
        return self._refuse(turns, row, kind, reason)

    def _warm_up(self, turns: Turns, row: tuple[str, ...], kind: tuple) -> dict[str, Tensor]:
        if len(self.seen) > 100:  # kinds that come once, such as of a weight that grows
            self.seen.clear()
        self.seen[kind] += 1
        before = _host_generators(turns)
        with self.recorder.warm_up():
            log = one_after_another(turns, row)
        if _host_generators(turns) != before:
            self.refused.add(kind)
            self._say(f'CUDA graphs: none of the turns {", ".join(row)}, since the processor draws in them')
        return log

    def _refuse(self, turns: Turns, row: tuple[str, ...], kind: tuple, reason: str) -> dict[str, Tensor]:
        for turn in row:  # which may lie in the memory of the graph that was not finished
            _wrapper(turns, turn).zero_grad()
        self.refused.add(kind)
        self._say(f'CUDA graphs: none of the turns {", ".join(row)} of this kind: {reason}')
        return one_after_another(turns, row)

    def _say(self, sentence: str) -> None:
        if sentence not in self.said:
            self.said.add(sentence)
            print_log(sentence, 'current')


class _Graph:
    """One row of turns, recorded."""

    def __init__(self, recorder: Recorder, turns: Turns, row: tuple[str, ...]) -> None:
        model, self.watch = turns.model, DeviceWatch()
        self.wrappers = {id(wrapper): wrapper for wrapper in (_wrapper(turns, turn) for turn in row)}
        self.states = [wrapper.optimizer.state for wrapper in self.wrappers.values()]  # the tensors it moves
        self.batch = _copies(turns.batch)
        self.entering = {piece: _copies(fakes) for piece, fakes in turns.kept.items()}
        self.rates = [torch.full((), float(rate), device=model_device(model)) for rate in self._rates()]
        self.set_to = self._rates()
        inner = Turns(model, self.batch, turns.wrappers)
        inner.kept = dict(self.entering)
        counts = [wrapper._inner_count for wrapper in self.wrappers.values()]
        before, model.watch = model.watch, self.watch
        try:
            with self._recordable(), recorder.record() as self.run:
                self.log = one_after_another(inner, row)
        finally:
            model.watch = before
            for wrapper, count in zip(self.wrappers.values(), counts):
                wrapper._inner_count = count
        self.leaving = inner.kept
        if _has_graph(self.leaving):
            raise RuntimeError('a later turn goes back through what was drawn in them')

    def replay(self, turns: Turns) -> dict[str, Tensor]:
        """Take the turns on another batch."""
        _copy(self.batch, turns.batch)
        for piece, fakes in self.entering.items():
            _copy(fakes, turns.kept[piece])
        for rate, now, former in zip(self.rates, self._rates(), self.set_to):
            if now != former:
                rate.fill_(now)
        self.set_to = self._rates()
        self.run()
        for wrapper in self.wrappers.values():
            wrapper._inner_count += 1
        self.watch.check(turns.model.iteration)
        turns.kept = dict(self.leaving)
        return {name: term.clone() for name, term in self.log.items()}

    def _groups(self) -> list[dict]:
        return [group for wrapper in self.wrappers.values() for group in wrapper.optimizer.param_groups]

    def _rates(self) -> list[float]:
        return [group['lr'] for group in self._groups()]

    @contextmanager
    def _recordable(self) -> Iterator[None]:
        """Learning rates are read from tensors, and optimisers know that they are recorded."""
        former = [(group, group['lr'], group['capturable']) for group in self._groups()]
        for (group, *_), rate in zip(former, self.rates):
            group.update(lr=rate, capturable=True)
        with ExitStack() as stack:
            for group, rate, capturable in former:
                stack.callback(group.update, lr=rate, capturable=capturable)
            yield


def obstacle(turns: Turns) -> str | None:
    """Why no turn of this training can be recorded; None where nothing speaks against it."""
    wrappers = list(turns.wrappers.values())
    if reason := more_than_steps(turns.model, wrappers):
        return reason
    if turns.model.watch.skip_steps:
        return 'steps may be left out (skip_steps)'
    groups = [group for wrapper in wrappers for group in wrapper.optimizer.param_groups]
    fused = all(group.get('fused') and 'capturable' in group for group in groups)
    return None if fused else 'an optimiser is not fused'


def model_device(model: BaseGAN) -> torch.device:
    """Where the model's weights lie."""
    return next(model.parameters()).device


def _wrapper(turns: Turns, turn: str) -> OptimWrapper:
    return turns.wrappers[turns.model.extra_turns.get(turn, turn)]


def _kind(turns: Turns, row: tuple[str, ...]) -> tuple:
    """All that a recording holds and a replay cannot change."""
    model = turns.model
    wrappers = [_wrapper(turns, turn) for turn in row]
    settings = [(key, value) for wrapper in wrappers for group in wrapper.optimizer.param_groups
                for key, value in group.items() if key not in ('params', 'lr')]
    terms = [(name, getattr(term, 'weight', None)) for name, term in model.losses.items()]
    shapes = [(piece, _shapes(fakes)) for piece, fakes in turns.kept.items()]
    return (row, _shapes(turns.batch), *shapes, *terms, *settings,
            hash(tuple(p.requires_grad for p in model.parameters())),
            *(id(wrapper.optimizer.state) for wrapper in wrappers))


def _shapes(tensors: Batch | Fakes) -> tuple:
    return tuple((name, tuple(value.shape), value.dtype) for name, value in tensors.items()
                 if isinstance(value, Tensor))


def _copies(tensors: Batch | Fakes) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in tensors.items() if isinstance(value, Tensor)}


def _copy(into: dict[str, Tensor], tensors: Batch | Fakes) -> None:
    for name, value in into.items():
        value.copy_(tensors[name])


def _has_graph(kept: dict[tuple[int, int], Fakes]) -> bool:
    return any(value.requires_grad for fakes in kept.values() for value in fakes.values())


def _host_generators(turns: Turns) -> tuple:
    """The states of the generators that no graph draws from."""
    numbers = np.random.get_state()
    of_torch = () if model_device(turns.model).type == 'cpu' else (torch.get_rng_state().numpy().tobytes(),)
    return random.getstate(), numbers[1].tobytes(), numbers[2:], *of_torch
