"""The turns that players take in one iteration; :class:`~ggtoolbox.models.gans.base.BaseGAN` says whose."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from mmengine.optim import OptimWrapperDict
from torch import Tensor

from ggtoolbox.errors import InputError

if TYPE_CHECKING:
    from .base import BaseGAN

Batch = dict[str, Tensor]
Fakes = dict[str, Tensor]


class Turns:
    """The turns of one iteration: cuts the batch, draws or reuses fakes, steps."""

    def __init__(self, model: BaseGAN, batch: Batch, wrappers: OptimWrapperDict) -> None:
        self.model, self.batch, self.wrappers = model, batch, wrappers
        self.kept: dict[tuple[int, int], Fakes] = {}  # by piece, of so many pieces

    def take(self, turn: str) -> dict[str, Tensor]:
        """One step of one player; a turn is called as its player, unless it is an extra one."""
        model = self.model
        player = model.extra_turns.get(turn, turn)
        wrapper = self.wrappers[player]
        pieces = cut(self.batch, wrapper._accumulative_counts)
        log: dict[str, Tensor] = {}
        model.watch.begin(model)
        for index, piece in enumerate(pieces):
            with wrapper.optim_context(model):
                fakes = self.draw(player, index, len(pieces), piece)
                with model.only(player):
                    losses = model.player_losses(turn, piece, fakes)
                total = sum(losses.values())
            if not model.watch.update(model, turn, wrapper, total):
                return {}  # the step was left out
            for name, term in losses.items():
                key = f'{turn}/loss_{name}'
                log[key] = log.get(key, 0) + term.detach() / len(pieces)
        return log

    def draw(self, player: str, index: int, count: int, piece: Batch) -> Fakes:
        """Fakes for one piece: with a graph for a player that generates, detached for others."""
        model = self.model
        if player in model.players_without_fakes:
            return {}
        generates = player in model.generating_players
        if not model.options.reuse_fakes:
            with torch.set_grad_enabled(generates), model.only(player):
                return model.generate(piece)
        if (index, count) not in self.kept:
            generator = next((p for p in model.order()
                              if p in model.generating_players and model.takes_turn(p)), None)
            with torch.set_grad_enabled(generator is not None), model.only(generator):
                self.kept[index, count] = model.generate(piece)
        fakes = self.kept[index, count]
        detached = {name: value.detach() for name, value in fakes.items()}
        if generates:
            self.kept[index, count] = detached
            return fakes
        return detached


def one_after_another(turns: Turns, due: Sequence[str]) -> dict[str, Tensor]:
    """Take the turns that are ``due``, in order; the terms for the log."""
    log: dict[str, Tensor] = {}
    for turn in due:
        log.update(turns.take(turn))
    return log


def cut(batch: Batch, pieces: int) -> list[Batch]:
    """Cut a batch into equal pieces along its first dimension.

    Raises:
        InputError: the batch cannot be cut so.
    """
    if pieces == 1:
        return [batch]
    size = next(len(value) for value in batch.values() if isinstance(value, Tensor))
    if size % pieces:
        raise InputError(f'accumulative_counts={pieces} must divide the batch size, which is {size} '
                         '(each batch of the loader is cut into that many pieces)')
    step = size // pieces
    return [{key: value[i:i + step] for key, value in batch.items()} for i in range(0, size, step)]
