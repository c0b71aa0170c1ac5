"""The order in which pix2pixHD's generators are trained."""
from __future__ import annotations

from pathlib import Path

from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch import nn

from ggtoolbox.engine.wrapped import unwrapped
from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.pretrained import load_strictly, read_weights
from ggtoolbox.registry import HOOKS


@HOOKS.register_module()
class CoarseToFineHook(Hook):
    """Starts ``LocalEnhancer`` from a trained global generator, and holds that fixed for a while.

    Wang et al., CVPR 2018, section 3.2: first the global generator is trained, then the enhancer, then both
    together. The checkpoint is read when a training starts anew, not when it is resumed. Several GPUs need
    ``model_wrapper_cfg=dict(find_unused_parameters=True)``.

    Args:
        checkpoint: of a training of the same global generator on smaller images.
        fixed_epochs: how long the enhancer is trained alone.
    """

    priority = 'HIGH'

    def __init__(self, checkpoint: str, fixed_epochs: int = 10) -> None:
        self.checkpoint, self.fixed_epochs = checkpoint, fixed_epochs

    def before_run(self, runner: Runner) -> None:
        if runner._load_from is not None:  # resumed, or tested
            return
        if not Path(self.checkpoint).is_file():
            raise InputError(f'CoarseToFineHook: {self.checkpoint}: there is no such checkpoint; train the '
                             'global generator first, or name another one by checkpoint')
        state = {name.removeprefix('generator.'): value
                 for name, value in read_weights(self.checkpoint).items() if name.startswith('generator.')}
        load_strictly(_global_generator(runner), state, self.checkpoint, dropped=('head.',))

    def before_train_epoch(self, runner: Runner) -> None:
        _global_generator(runner).requires_grad_(runner.epoch >= self.fixed_epochs)


def _global_generator(runner: Runner) -> nn.Module:
    model = unwrapped(runner.model)
    generator = unwrapped(model.generator)
    return generator.global_generator
