"""Models with drawn weights that behave like trained ones, for checks that must not need training."""
from __future__ import annotations

import torch
from mmengine.config import Config

from ggtoolbox.models.gans.base import BaseGAN

from ..inference import build_for_test
from .example_batch import example_batch


@torch.no_grad()
def untrained_model(cfg: Config, rounds: int = 3, seed: int = 0) -> BaseGAN:
    """A config's model in eval mode; ``.cfg`` is the config as it was built.

    Weights are drawn so large that pictures have contrast. Forwards in train mode, ``rounds`` of them, make
    running statistics and spectral vectors fit the features, which would overflow otherwise.
    """
    cfg = cfg.copy()
    cfg.model.options = dict(cfg.model.get('options') or {}, init=dict(method='xavier', gain=1.0))
    torch.manual_seed(seed)
    model = build_for_test(cfg)
    model.cfg = cfg
    batch = example_batch(cfg, 4, device='cpu')
    for _ in range(rounds):
        model.train().generate(batch)
    return model.eval()
