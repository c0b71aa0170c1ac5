"""How to draw fastest with a trained model, found on its first pictures."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.layers.normalisation import lie_channels_last

from .analysis.measuring import seconds_of

LEVEL = 2 / 255  # of pictures in [-1, 1]
MOST_FULL_STAGES = 4  # that are kept in float32 where all others are in bfloat16


class Recipe(NamedTuple):
    """How to compute.

    Attributes:
        channels_last: in memory.
        full_stages: bfloat16, but float32 in so many last stages of the generator; None: float32 everywhere.
    """

    channels_last: bool = False
    full_stages: int | None = None

    def __str__(self) -> str:
        layout = ', channels last' if self.channels_last else ''
        if self.full_stages is None:
            return f'float32{layout}'
        last = f', the last {self.full_stages} stages float32' if self.full_stages else ''
        return f'bfloat16{layout}{last}'


class FastGeneration:
    """``model.val_step`` by the fastest :class:`Recipe` whose pictures are those of float32, to one of 255
    levels.

    On the first batch float32 and channels last are timed; then bfloat16, in which more and more of the
    generator's last stages stay in float32 until the largest difference of any pixel is below one level, for
    what is rounded last shows most. The fastest that passes is kept. So the first batch takes up to ten times
    as long as any other, and what has been measured, has been measured on its pictures.

    Args:
        model: in eval mode; the layout of its weights in memory changes.
        device: where it is.

    Attributes:
        recipe: what was found; None before the first batch.
        difference: of the first batch's pictures from those of float32, in levels.
        speed_up: over float32, on the first batch.
    """

    def __init__(self, model: BaseGAN, device: torch.device) -> None:
        self.model, self.device = model, device
        self.recipe: Recipe | None = None
        self.difference, self.speed_up = 0.0, 1.0
        self._stages: list[nn.Module] = []

    def __call__(self, batch: dict[str, Tensor]) -> list[dict]:
        if self.recipe is None:
            self._find(batch)
        return self._draw(batch, self.recipe)

    def end(self) -> None:
        """Let the weights lie as usual again."""
        lie_channels_last(self.model, False)

    def __str__(self) -> str:
        return f'{self.recipe}: {self.speed_up:.1f} times as fast, within {self.difference:.2f} of 255 levels'

    def _find(self, batch: dict[str, Tensor]) -> None:
        """Try recipes on a batch, each with the same random numbers, and settle for one."""
        devices = [self.device] if self.device.type == 'cuda' else []
        with torch.random.fork_rng(devices), _order_of_calls(self.model.generator) as self._stages:
            exact = self._draw(batch, Recipe())
        plain = self._seconds(batch, Recipe())
        found = [(plain, 0.0, Recipe()), (self._seconds(batch, Recipe(True)), 0.0, Recipe(True))]
        for count in range(MOST_FULL_STAGES + 1 if 'image' in exact[0] else 0):
            recipe = Recipe(True, count)
            with torch.random.fork_rng(devices):
                drawn = self._draw(batch, recipe)
            difference = max((one['image'].float() - other['image'].float()).abs().max().item() / LEVEL
                             for one, other in zip(drawn, exact))
            if difference <= 1:
                found.append((self._seconds(batch, recipe), difference, recipe))
                break
        seconds, self.difference, self.recipe = min(found, key=lambda one: one[0])
        self.speed_up = plain / seconds

    def _seconds(self, batch: dict[str, Tensor], recipe: Recipe) -> float:
        """Of the faster one of two runs."""
        times = []
        for _ in range(2):
            with torch.random.fork_rng([self.device] if self.device.type == 'cuda' else []):
                times.append(seconds_of(lambda: self._draw(batch, recipe), str(self.device)))
        return min(times)

    def _draw(self, batch: dict[str, Tensor], recipe: Recipe) -> list[dict]:
        lie_channels_last(self.model, recipe.channels_last)
        with ExitStack() as stack:
            if recipe.full_stages is not None:
                stack.enter_context(torch.autocast(self.device.type, torch.bfloat16))
                first = len(self._stages) - recipe.full_stages
                stack.enter_context(_full_precision(self._stages[max(0, first):]))
            return self.model.val_step(batch)


def _stages_of(network: nn.Module) -> Iterator[nn.Module]:
    """What a network is made of, from outside: its parts, of lists their entries."""
    for part in network.children():
        if isinstance(part, (nn.ModuleList, nn.ModuleDict, nn.Sequential)):
            yield from _stages_of(part)
        else:
            yield part


@contextmanager
def _order_of_calls(network: nn.Module) -> Iterator[list[nn.Module]]:
    """The stages of ``network`` that have weights, in the order of their last calls."""
    called: list[nn.Module] = []

    def note(stage: nn.Module, *_) -> None:
        if stage in called:
            called.remove(stage)
        called.append(stage)

    stages = [stage for stage in _stages_of(network) if next(stage.parameters(), None) is not None]
    handles = [stage.register_forward_hook(note) for stage in stages]
    try:
        yield called
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _full_precision(stages: list[nn.Module]) -> Iterator[None]:
    """Autocast off inside of ``stages``, which are given float32."""
    running: list[torch.autocast] = []

    def widened(value: object) -> object:
        return value.float() if isinstance(value, Tensor) and value.is_floating_point() else value

    def enter(stage: nn.Module, inputs: tuple, named: dict) -> tuple[tuple, dict]:
        kind = next(stage.parameters()).device.type
        running.append(torch.autocast(kind, enabled=False))
        running[-1].__enter__()
        return tuple(map(widened, inputs)), {name: widened(value) for name, value in named.items()}

    def leave(*_) -> None:
        running.pop().__exit__(None, None, None)

    handles = [handle for stage in stages for handle in (
        stage.register_forward_pre_hook(enter, with_kwargs=True),
        stage.register_forward_hook(leave, always_call=True))]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
