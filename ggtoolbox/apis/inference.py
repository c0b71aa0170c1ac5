"""A trained model in a user's own script."""
from __future__ import annotations

from pathlib import Path

import torch
from mmengine.config import Config

from ggtoolbox.engine.hooks.model_state import checked_state
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.registry import MODELS
from ggtoolbox.safe_load import load_tensors

from .config import load_config
from .zoo.models import locate


def build_for_test(cfg: Config) -> BaseGAN:
    """A config's model with new weights and no losses: a perceptual one would need its weights."""
    settings = cfg.model.copy()
    if 'losses' in settings:
        settings.losses = None
    return MODELS.build(settings)


def usable_device(device: str | torch.device) -> torch.device:
    """The device of a name.

    Raises:
        InputError: no name of a device, or one that this machine has not.
    """
    try:
        torch.zeros(1, device=device)  # says that it is not there, whatever kind it is
        return torch.device(device)
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise InputError(f'device: expected one that is there, such as cpu or cuda:0, found {device!r} '
                         f'({reason.split(": ")[0][:100]})') from None


def init_model(model: str | Path | Config, checkpoint: str | Path | None = None,
               device: str | torch.device = 'cpu', cfg_options: dict | None = None) -> BaseGAN:
    """A trained model, without its losses, in eval mode; ``.cfg`` is its config.

    Args:
        model: name of a model of the zoo, such as ``'gaugan_sau_toyworld-64'``, path of a config, or a
            config that has been read.
        checkpoint: path or URL; None takes the weights of the zoo, never random ones. Networks that the
            file does not hold, as published ones hold no discriminators, are None in the model.
        cfg_options: changes of the config, dotted key -> value.

    Raises:
        InputError: an unknown name; no weights, no checkpoint, or one of another system or other sizes.
    """
    if isinstance(model, Config):
        cfg = model.copy()
        cfg.merge_from_dict(cfg_options or {})
        if checkpoint is None:
            checkpoint = locate(cfg.filename)[1]
    else:
        path, checkpoint = locate(model, checkpoint)
        cfg = load_config(path, cfg_options)
    network = build_for_test(cfg)
    state, meta = checked_state(network, load_tensors(checkpoint), str(checkpoint))
    network.load_state_dict(state, strict=False)
    network.adopt_test_policy(meta.get('test_policy', {}))
    if 'parts' in meta:
        network.keep_networks(meta['parts'])
    network.cfg = cfg
    return network.to(device).eval()
