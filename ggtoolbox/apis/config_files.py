"""Which file a config is: by path, by name, or as ``ggtoolbox::gaugan/gaugan_toyworld-64.py``.

The last two are the package's, wherever it is installed. All three serve wherever a config is taken; the last
serves in ``_base_``, too, for which this module, imported, teaches it to mmengine.
"""
from __future__ import annotations

from functools import cache
from pathlib import Path

from mmengine.config import Config

from ggtoolbox.arguments import nearest
from ggtoolbox.errors import InputError

from .places import zoo_root

PREFIX = 'ggtoolbox::'
_local_base = Config._get_cfg_path


@cache
def config_files() -> dict[str, Path]:
    """Name -> file of every config of the package; what others inherit (``_base_/``) has no name."""
    root = zoo_root() / 'configs'
    return {path.stem: path for path in sorted(root.rglob('*.py'))
            if '_base_' not in path.relative_to(root).parts}


def find_config(config: str | Path) -> Path:
    """The file of a config; one that lies where a path says is meant before one of that name.

    Raises:
        InputError: there is none; names those that look like it.
    """
    text, path = str(config), Path(config)
    if text.startswith(PREFIX):
        return _of_package(text)
    if path.is_file():
        return path
    if text in config_files():
        return config_files()[text]
    if path.suffix == '.py':
        raise InputError(f'{text}: there is no such config file{nearest(path.stem, config_files(), 0.8)}')
    raise InputError(f'{text}: there is no config of this name, and no such file'
                     f'{nearest(text, config_files())} (ggtoolbox config names all)')


def _of_package(text: str) -> Path:
    inside, root = text.removeprefix(PREFIX), zoo_root() / 'configs'
    if inside in config_files():
        return config_files()[inside]
    known = [path.relative_to(root).as_posix() for path in root.rglob('*.py')]
    if inside not in known:
        raise InputError(f'{text}: ggtoolbox has no such config{nearest(inside, known)}')
    return root / inside


def _base(cfg_path: str, filename: str) -> tuple[str, str | None]:
    """mmengine's ``Config._get_cfg_path``: file and scope of what stands in ``_base_`` of ``filename``."""
    if cfg_path.startswith(PREFIX):
        return str(find_config(cfg_path)), None
    return _local_base(cfg_path, filename)


Config._get_cfg_path = staticmethod(_base)
