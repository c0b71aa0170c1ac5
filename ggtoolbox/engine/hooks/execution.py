"""How networks are executed: memory format and compilation."""
from __future__ import annotations

import torch
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from torch import nn

from ggtoolbox.registry import HOOKS


@HOOKS.register_module()
class ExecutionHook(Hook):
    """Switches that change how fast a network runs and nothing else.

    Args:
        channels_last: keep weights, and so the features, in channels-last order.
        compile: ``torch.compile`` each network of each player, in place (names in checkpoints stay).
    """

    def __init__(self, channels_last: bool = False, compile: bool = False) -> None:
        self.channels_last = channels_last
        self.compile = compile

    def before_train(self, runner: Runner) -> None:
        prepare_networks(runner.model, self.channels_last, self.compile)


def prepare_networks(model: nn.Module, channels_last: bool = False, compile: bool = False) -> None:
    """Apply :class:`ExecutionHook`'s switches to a model, in place."""
    model = model.module if is_model_wrapper(model) else model
    for networks in model.players().values():
        for network in networks:
            if channels_last:
                network.to(memory_format=torch.channels_last)
            if compile:
                (network.module if is_model_wrapper(network) else network).compile()
