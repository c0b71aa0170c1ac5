"""A config of one's own to start from."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from mmengine.config import Config, ConfigDict

from ggtoolbox.errors import InputError
from ggtoolbox.writing import write_text

from .config_files import PREFIX, find_config
from .outputs import output_file
from .places import zoo_root

# What is changed first, by dotted keys; '*' is every entry there is.
CHANGED_FIRST = (
    'model.generator.num_classes', 'model.generator.image_size', 'model.generator.guide_channels',
    'model.generator.channels', 'model.generator.upsampler.type', 'model.generator.head.type',
    'train_dataloader.batch_size', 'train_dataloader.num_workers', 'train_dataloader.dataset.data_root',
    'val_dataloader.dataset.data_root', 'test_dataloader.dataset.data_root', 'optim_wrapper.*.optimizer.lr',
    'train_cfg.max_iters', 'train_cfg.max_epochs', 'train_cfg.val_interval',
    'default_hooks.checkpoint.interval')


def copy_config(config: str | Path, out: str | Path, whole: bool = False) -> Path:
    """Write a config that inherits from another, and says those settings that are changed first.

    Args:
        config: name or path (:func:`~.config_files.find_config`).
        out: the file to write, in a folder that is made.
        whole: all settings, nothing inherited.

    Raises:
        InputError: no such config; ``out`` is there already, or is no ``.py``.
    """
    path, out = find_config(config), Path(out)
    if out.suffix != '.py':
        raise InputError(f'--copy: expected a file that ends in .py, found {out}')
    if out.exists():
        raise InputError(f'--copy: {out} is there already, and nothing is overwritten; name another file')
    cfg = Config.fromfile(str(path), import_custom_modules=False)
    head = f'# Your own, from {path.stem}.'
    if whole:
        text = f'{head}\n{cfg.pretty_text}'
    else:
        parts = ''.join(Config({key: value}).pretty_text for key, value in _selected(cfg).items())
        text = (f'{head} What is not said stays as there, and so do these lines, until you change them.\n'
                f'# All that there is to change: ggtoolbox config {out.name}\n'
                f'_base_ = {_address(path, out)!r}\n\n{parts}')
    write_text(output_file(out, flag='--copy'), text)
    return out


def _address(path: Path, out: Path) -> str:
    """How the file ``out`` names a config as its base."""
    configs = zoo_root() / 'configs'
    if path.resolve().is_relative_to(configs):
        return f'{PREFIX}{path.resolve().relative_to(configs).as_posix()}'
    return Path(os.path.relpath(path.resolve(), out.resolve().parent)).as_posix()


def _selected(cfg: Config) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in CHANGED_FIRST:
        _select(cfg._cfg_dict, key.split('.'), found)
    return found


def _select(settings: ConfigDict, keys: list[str], into: dict[str, Any]) -> None:
    """Put what lies under ``keys`` into a nested dict, if it is there."""
    first, *rest = keys
    for key in [k for k, v in settings.items() if isinstance(v, dict)] if first == '*' else [first]:
        if not isinstance(settings, dict) or settings.get(key) is None:
            continue
        if not rest:
            into[key] = settings[key]
        elif isinstance(settings[key], dict):
            inner = into.get(key, {})
            _select(settings[key], rest, inner)
            into.update({key: inner} if inner else {})
