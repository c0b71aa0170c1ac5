"""How large a config's networks are, and how much they compute; nothing is allocated for it."""
from __future__ import annotations

import copy
from collections.abc import Callable
from typing import NamedTuple

import torch
from mmengine.config import Config
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.layers.test_policy import test_policy
from ggtoolbox.ops.flops import FLOP_FORMULAS
from ggtoolbox.registry import MODELS

from .example_batch import example_batch

BATCH = 2  # batch norm at 1 x 1 pixels cannot train on one picture


class NetworkCost(NamedTuple):
    """What one network costs.

    Attributes:
        network: its name in the model.
        player: whose optimiser moves it.
        parameters: number of them.
        flops: of its forward passes, for one picture; a multiplication and an addition are two. Networks that
            generate: one picture is generated, as in a test, from all that the training data give. Others:
            one real and one generated picture are judged, as in their turn; a gradient penalty, which is a
            backward pass, is left out.
    """

    network: str
    player: str
    parameters: int
    flops: int


def model_complexity(cfg: Config, size: tuple[int, int] | None = None) -> list[NetworkCost]:
    """Parameters and FLOPs of every network of a config that is trained.

    Args:
        size: (height, width) instead of the config's own.

    Raises:
        InputError: the networks cannot read pictures of that size.
    """
    cfg = copy.deepcopy(cfg)
    draw_feature_networks(cfg)
    if 'gradient_penalty' in (cfg.model.get('losses') or {}):
        cfg.model.losses.gradient_penalty = None
    if size is not None:
        _resize(cfg.model, list(size))
    with torch.device('meta'):
        model = MODELS.build(cfg.model)
    return _costs(model, example_batch(cfg, BATCH, size))


def draw_feature_networks(cfg: Config) -> None:
    """Give the feature networks of the losses random weights: what they cost does not depend on them, and the
    right ones are a download."""
    for loss in (cfg.model.get('losses') or {}).values():
        if isinstance(loss, dict) and 'network' in loss:
            loss.network.update(weights=None, allow_random=True)


def _networks(model: BaseGAN) -> list[tuple[str, str, nn.Module]]:
    """(name, player, network), those that generate first."""
    names = {id(network): name for name, network in model.named_children()}
    players = sorted(model.players(), key=lambda player: player not in model.generating_players)
    return [(names[id(network)], player, network)
            for player in players for network in model.players()[player]]


def _costs(model: BaseGAN, batch: dict[str, torch.Tensor]) -> list[NetworkCost]:
    with torch.no_grad(), test_policy(model.generating_networks(), **model.options.test_policy):
        flops = _flops(model, lambda: model.generate(batch))
    prepared = model.prepare(batch)
    fakes = {name: value.detach() for name, value in model.generate(prepared).items()}
    for turn in model.order():
        if turn in model.players() and turn not in model.generating_players:
            judged = _flops(model, lambda turn=turn: getattr(model, f'{turn}_losses')(prepared, fakes))
            flops |= {name: judged[name] for name, player, _ in _networks(model) if player == turn}
    return [NetworkCost(name, player, sum(p.numel() for p in network.parameters()), flops[name] // BATCH)
            for name, player, network in _networks(model)]


class _Whole(nn.Module):
    """Runs an action inside of a module, so that the counter knows the model's networks by their names."""

    def __init__(self, model: BaseGAN, action: Callable[[], object]) -> None:
        super().__init__()
        self.model, self.action = model, action

    def forward(self) -> None:
        self.action()


def _flops(model: BaseGAN, action: Callable[[], object]) -> dict[str, int]:
    with FlopCounterMode(display=False, custom_mapping=FLOP_FORMULAS) as counter:
        _Whole(model, action)()
    return {name: sum(counter.flop_counts[f'_Whole.model.{name}'].values())
            for name, _ in model.named_children()}


def _resize(settings: dict, size: list[int]) -> None:
    for key, value in settings.items():
        if key == 'image_size':
            settings[key] = size
        elif isinstance(value, dict):
            _resize(value, size)
