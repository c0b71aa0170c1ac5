"""Switches of a training that the command line turns on in its config."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from mmengine.config import Config
from mmengine.device import get_device

from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.layers.fastest import Fastest
from ggtoolbox.registry import GENERATORS, MODELS, Registry


def use_amp(cfg: Config) -> None:
    """Let every player's forward passes run in bfloat16.

    float16, which needs a GPU and scaled losses, is ``type='AmpOptimWrapper', dtype='float16'`` in the
    entries of ``optim_wrapper``.
    """
    for entry in _wrappers(cfg):
        if entry.get('type', 'OptimWrapper') != 'OptimWrapper':
            raise InputError(f"--amp: optim_wrapper holds a {entry['type']!r} already")
        entry.type = 'BFloat16OptimWrapper'


def use_execution(cfg: Config, **switches: bool | Sequence[str]) -> None:
    """Turn on switches of :class:`~ggtoolbox.engine.hooks.execution.ExecutionHook`."""
    cfg.merge_from_dict({'default_hooks.execution': dict(type='ExecutionHook', **switches)})


def use_little_memory(cfg: Config) -> None:
    """Let blocks keep their inputs alone, and each gradient go as soon as it is used."""
    use_execution(cfg, checkpoint=True, step_in_backward=True)


def fastest(cfg: Config, device: str | None = None) -> Fastest:
    """What the generator, else the training algorithm says of this kind of device; where the config's key
    ``fast`` is a dict of arguments of :class:`Fastest`, these in their place.

    Args:
        device: ``'cpu'``, ``'cuda'``, ...; None is the one that mmengine trains on.
    """
    kind = torch.device(device or get_device()).type
    generator = cfg.model.get('generator')
    declared = [_class(MODELS, cfg.model)]
    if isinstance(generator, Mapping):
        declared.insert(0, _class(GENERATORS, generator))
    said = next((cls.fastest[kind] for cls in declared if kind in getattr(cls, 'fastest', {})), Fastest())
    own = cfg.get('fast')
    return replace(said, **own) if isinstance(own, Mapping) else said


def use_fast(cfg: Config, device: str | None = None) -> list[str]:
    """Turn on, in place, what is :func:`fastest`; all other settings stay as they are.

    Returns:
        Sentences for the log: what was turned on that was not on, and what of a step it changes.
    """
    device = device or get_device()
    wanted = fastest(cfg, device)
    said = [_bfloat16_where_it_pays(cfg, device) if wanted.amp else None,
            _one_drawing(cfg) if wanted.reuse_fakes else None,
            *(_execution(cfg, switch, getattr(wanted, switch)) for switch in ('channels_last', 'compile')),
            _graphs(cfg, device) if wanted.cuda_graphs else None,
            _early_steps(cfg) if wanted.step_in_backward else None, _eight_bits(cfg)]
    said = [sentence for sentence in said if sentence] or ['nothing that was not on already']
    return [f'fast on {device}: {sentence}' for sentence in said]


def computes_in_bfloat16(device: str) -> bool:
    """Whether the processor has products of bfloat16; without them it would be slower, not faster."""
    kind = torch.device(device).type
    if kind == 'cuda':
        return torch.cuda.is_bf16_supported(including_emulation=False)
    has = torch.cpu.get_capabilities() if kind == 'cpu' else {}
    return any(has.get(name, False) for name in ('avx512_bf16', 'amx_bf16', 'bf16'))


def _wrappers(cfg: Config) -> list[Any]:
    """The settings of each player's optimiser wrapper."""
    alone = 'optimizer' in cfg.optim_wrapper  # a system of one player
    return [entry for entry in ([cfg.optim_wrapper] if alone else cfg.optim_wrapper.values())
            if isinstance(entry, Mapping) and 'optimizer' in entry]


def _class(registry: Registry, settings: Mapping) -> Any:
    kind = settings.get('type')
    return registry.get(kind) if isinstance(kind, str) else kind


def _bfloat16_where_it_pays(cfg: Config, device: str) -> str | None:
    plain = [entry for entry in _wrappers(cfg) if entry.get('type', 'OptimWrapper') == 'OptimWrapper']
    if not plain:
        return None
    if not computes_in_bfloat16(device):
        return 'no bfloat16, of which this processor has no products'
    for entry in plain:
        entry.type = 'BFloat16OptimWrapper'
    return 'bfloat16 in forward passes (changes rounding: 8 bits of features; weights stay in float32)'


def _one_drawing(cfg: Config) -> str | None:
    cls, stated = _class(MODELS, cfg.model), (cfg.model.get('options') or {}).get('reuse_fakes')
    if not (isinstance(cls, type) and issubclass(cls, BaseGAN)) or len(cls.generating_players) > 1:
        return None
    if cls.default_options.reuse_fakes if stated is None else stated:
        return None
    cfg.merge_from_dict({'model.options': dict(cfg.model.get('options') or {}, reuse_fakes=True)})
    return ('fakes of one forward pass in all turns (changes the order of computation: where the generator '
            'steps first, the others see images from before its step)')


def _eight_bits(cfg: Config) -> str | None:
    cls = _class(MODELS, cfg.model)
    if not (isinstance(cls, type) and issubclass(cls, BaseGAN)):  # which scales them
        return None
    if (cfg.model.get('options') or {}).get('data_preprocessor'):
        return None
    packing = [part for part in _parts(cfg.get('train_dataloader')) if part.get('type') == 'PackTensors'
               and part.get('scale', True)]
    for part in packing:
        part['scale'] = False
    return 'pictures as 8 bits up to the device (changes nothing)' if packing else None


def _parts(settings: object) -> Iterator[Mapping]:
    """All dicts inside of settings."""
    if isinstance(settings, Mapping):
        yield settings
        settings = list(settings.values())
    if isinstance(settings, (list, tuple)):
        for part in settings:
            yield from _parts(part)


def _execution_of(cfg: Config) -> Mapping:
    return (cfg.get('default_hooks') or {}).get('execution') or {}


def _early_steps(cfg: Config) -> str | None:
    if _execution_of(cfg).get('step_in_backward', False):
        return None
    use_execution(cfg, step_in_backward=True)
    return 'steps inside of backward passes (changes nothing)'


def _graphs(cfg: Config, device: str) -> str | None:
    if torch.device(device).type != 'cuda' or _execution_of(cfg).get('cuda_graphs', False):
        return None
    use_execution(cfg, cuda_graphs=True)
    return 'turns as CUDA graphs (changes rounding: learning rates are held in float32)'


def _execution(cfg: Config, switch: str, networks: tuple[str, ...]) -> str | None:
    now = _execution_of(cfg).get(switch, False)
    added = () if now is True else tuple(name for name in networks if name not in (now or ()))
    if not added:
        return None
    use_execution(cfg, **{switch: (*(now or ()), *added)})
    return f'{switch} of {", ".join(added)} (changes rounding: sums are taken in another order)'
