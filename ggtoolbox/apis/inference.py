"""A trained model in a user's own script."""
from __future__ import annotations

import torch
from mmengine.config import Config

from ggtoolbox.engine.hooks.model_state import check_state_dict
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.registry import MODELS
from ggtoolbox.safe_load import load_tensors


def init_model(cfg: Config, checkpoint: str, device: str | torch.device = 'cpu') -> BaseGAN:
    """Build a config's model, without its losses, and fill it from a checkpoint.

    Raises:
        InputError: no such file, no checkpoint, or one of another system or other sizes.
    """
    settings = cfg.model.copy()
    settings.losses = None
    model, content = MODELS.build(settings), load_tensors(checkpoint)
    if not isinstance(content, dict) or 'state_dict' not in content:
        raise InputError(f"{checkpoint}: no 'state_dict' in it; convert released weights with "
                         'tools/model_converters/convert.py')
    meta = content.get('meta', {})
    check_state_dict(model, content['state_dict'], checkpoint, meta.get('parts'))
    model.load_state_dict(content['state_dict'], strict=False)
    model.adopt_test_policy(meta.get('test_policy', {}))
    return model.to(device).eval()
