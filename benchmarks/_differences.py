"""How far a step with a switch is from the same step without: its terms and its gradients."""
from __future__ import annotations

import functools
from types import SimpleNamespace

import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope
from torch import Tensor
from torch.nn.modules.dropout import _DropoutNd
from torch.optim import Optimizer

from ggtoolbox.registry import HOOKS, MODELS


def one_step(cfg: Config, batch: dict[str, Tensor], device: str = 'cpu'
             ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The terms of a first step, and all gradients of each player in a row. Learning rates are 0, so that no
    turn depends on the step before it, and nothing is dropped, since dropout draws in the order of memory;
    other random numbers are the same for each call."""
    torch.manual_seed(0)
    gradients: dict[str, list[Tensor]] = {}
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        model = MODELS.build(cfg.model).to(device).train()
        wrappers = build_optim_wrapper(model, cfg.optim_wrapper)
        run = SimpleNamespace(model=model, optim_wrapper=wrappers)
        HOOKS.build(cfg.default_hooks.execution).before_train(run)
    for module in model.modules():
        if isinstance(module, _DropoutNd):
            module.p = 0.0
    for player, wrapper in wrappers.items():
        for group in wrapper.optimizer.param_groups:
            group['lr'] = 0.0
        keep = functools.partial(keep_gradients, gradients.setdefault(player, []))
        wrapper.optimizer.register_step_pre_hook(keep)
    torch.manual_seed(1)
    terms = model.train_step(dict(batch), wrappers)
    return terms, {player: torch.cat(found) for player, found in gradients.items() if found}


def keep_gradients(found: list[Tensor], optimiser: Optimizer, *_: object) -> None:
    found += [p.grad.flatten().clone() for group in optimiser.param_groups for p in group['params']
              if p.grad is not None]


def largest_differences(expected: tuple, found: tuple) -> dict[str, float]:
    """The largest relative difference of a term, and of a player's gradient by its norm."""
    terms, gradients = zip(expected, found)
    return dict(
        term_difference=max(((terms[1][name] - value).abs() / value.abs().clamp_min(1e-12)).item()
                            for name, value in terms[0].items()),
        gradient_difference=max(((gradients[1][player] - value).norm() / value.norm()).item()
                                for player, value in gradients[0].items()))
