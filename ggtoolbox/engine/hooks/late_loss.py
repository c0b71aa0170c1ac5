"""Terms of the loss that come in late."""
from __future__ import annotations

from collections.abc import Sequence

from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import HOOKS, nearest


@HOOKS.register_module()
class LateLossHook(Hook):
    """Leaves terms of the loss out at first, and lets their weights grow in.

    The weight of a term in iteration i is its own times min(1, max(0, (i - begin) / (end - begin))). Where
    that is 0 the term is not computed, and players that learn by it alone take no turn: with a late
    adversarial term a network first learns to follow its guide, in half the time that iterations take later.
    All follows from the iteration, so a resumed run goes on as it would have.

    Args:
        begin, end: iterations between which the weights grow from 0 to their own.
        terms: of ``model.losses``; those that the config does without are left out.
        players: that rest before ``begin``; None is all that do not generate.

    Raises:
        InputError: ``end`` is not behind ``begin``; when training begins: a term or player that this
            training algorithm does not know.
    """

    def __init__(self, begin: int, end: int, terms: Sequence[str] = ('adversarial',),
                 players: Sequence[str] | None = None) -> None:
        if not 0 <= begin < end:
            raise InputError(f'LateLossHook: expected 0 <= begin < end, found begin={begin} and end={end}')
        self.begin, self.end, self.terms, self.players = begin, end, tuple(terms), players
        self.late: dict[str, tuple[nn.Module, float]] = {}

    def before_train(self, runner: Runner) -> None:
        model = _model(runner)
        for name in self.terms:
            if name not in model.loss_names:
                raise InputError(f'LateLossHook.terms: {type(model).__name__} has no term {name!r}'
                                 f'{nearest(name, model.loss_names)} (its terms: '
                                 f'{", ".join(model.loss_names)})')
        for name in self.players or ():
            if name not in model.player_networks:
                raise InputError(f'LateLossHook.players: {type(model).__name__} has no player {name!r}'
                                 f'{nearest(name, model.player_networks)} (its players: '
                                 f'{", ".join(model.player_networks)})')
        self.late = {name: (model.losses[name], model.losses[name].weight)
                     for name in self.terms if name in model.losses}

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None) -> None:
        self._set(_model(runner), min(1.0, max(0, runner.iter - self.begin) / (self.end - self.begin)))

    def after_train(self, runner: Runner) -> None:
        self._set(_model(runner), 1.0)

    def _set(self, model: nn.Module, share: float) -> None:
        for name, (term, weight) in self.late.items():
            if share:
                term.weight = weight * share
                model.losses[name] = term
            elif name in model.losses:
                del model.losses[name]
        resting = self.players if self.players is not None else [
            player for player in model.players() if player not in model.generating_players]
        model.resting = frozenset(() if share else resting)


def _model(runner: Runner) -> nn.Module:
    return runner.model.module if is_model_wrapper(runner.model) else runner.model
