"""A running average of the generating networks' weights."""
from __future__ import annotations

import copy

import torch
from mmengine.hooks import EMAHook
from mmengine.model import ExponentialMovingAverage
from mmengine.runner import Runner
from torch import nn

from ggtoolbox.engine.wrapped import unwrapped
from ggtoolbox.errors import InputError
from ggtoolbox.registry import HOOKS, MODELS


class AverageInOneCall(ExponentialMovingAverage):
    """mmengine's, to the bit, with one call for all weights instead of one for each."""

    @torch.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        if self.steps == 0 or self.steps % self.interval:
            super().update_parameters(model)
            return
        sources = model.state_dict() if self.update_buffers else dict(model.named_parameters())
        pairs = [(average.data, sources[name].data.to(average.device))
                 for name, average in self.avg_parameters.items() if average.is_floating_point()]
        averages, values = map(list, zip(*pairs))
        torch._foreach_lerp_(averages, values, self.momentum)
        if not self.update_buffers:
            for average, value in zip(self.module.buffers(), model.buffers()):
                average.data.copy_(value.data)
        self.steps += 1


@HOOKS.register_module()
class GeneratorEMAHook(EMAHook):
    """mmengine's ``EMAHook`` on the players that generate; discriminators are not averaged.

    Validation, test and the saved ``state_dict`` use the average; the raw weights lie in
    ``ema_state_dict`` and come back on resume.

    Args:
        momentum: a <- (1 - momentum) a + momentum w after each iteration.
        ema_type: mmengine's averaged model.
        update_buffers: average running statistics as well (True), or take the raw weights' (False,
            mmengine's default). Spectral norm's vectors are always the raw weights': an average of
            unit vectors is none.
        begin_iter, begin_epoch, strict_load: as mmengine's.
    """

    def __init__(self, momentum: float = 0.001, ema_type: str = 'ExponentialMovingAverage',
                 update_buffers: bool = True, strict_load: bool = True, begin_iter: int = 0,
                 begin_epoch: int = 0) -> None:
        MODELS.get(ema_type)  # an unknown one is named now, not when the run begins
        if not 0 < momentum < 1:
            raise InputError(f'{type(self).__name__}: expected a momentum between 0 and 1, found '
                             f'{momentum!r}')
        super().__init__(ema_type, strict_load, begin_iter, begin_epoch, momentum=momentum,
                         update_buffers=update_buffers)

    def before_run(self, runner: Runner) -> None:
        model = unwrapped(runner.model)
        names = {id(network): name for name, network in model.named_children()}
        networks = {names[id(network)]: unwrapped(network) for network in model.generating_networks()}
        self.src_model = nn.ModuleDict(networks)
        self.ema_model = MODELS.build(self.ema_cfg, default_args=dict(model=self.src_model))
        if type(self.ema_model) is ExponentialMovingAverage:
            self.ema_model.__class__ = AverageInOneCall

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        super().after_train_iter(runner, batch_idx, data_batch, outputs)
        raw = dict(self.src_model.named_buffers())
        for name, vector in self.ema_model.module.named_buffers():
            if name.endswith(('weight_u', 'weight_v')):
                vector.copy_(raw[name])

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        if 'ema_state_dict' in checkpoint and runner._resume:
            self._swap_ema_state_dict(checkpoint)
            self.ema_model.load_state_dict(checkpoint['ema_state_dict'], strict=self.strict_load)
            return
        for name, network in self.ema_model.module.items():
            weights = {key.removeprefix(f'{name}.'): value for key, value in checkpoint['state_dict'].items()
                       if key.startswith(f'{name}.')}
            if weights:  # a published file holds some networks only
                network.load_state_dict(copy.deepcopy(weights), strict=self.strict_load)
