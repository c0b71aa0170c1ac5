"""mmengine's readers of files, made safe. Importing this module replaces them for the whole process.

mmengine's checkpoint loaders fall back to unpickling whatever a file holds (onedl-mmengine after a
warning, upstream at once), its YAML handler builds any Python object that a file names, and its pickle
handler runs what a ``.pkl`` says. A Python config is code and runs as such: read one before you use it.
"""
from __future__ import annotations

from typing import IO, Any

import mmengine.runner.checkpoint
import mmengine.utils.dl_utils
from mmengine.fileio import JsonHandler, PickleHandler, YamlHandler, register_handler
from mmengine.runner import CheckpointLoader

from .errors import InputError
from .fetching import fetch
from .plain_files import parse_json, parse_yaml
from .safe_load import load_tensors


def load_from_local(filename: str, map_location: str | None = None) -> dict:
    return load_tensors(filename, map_location or 'cpu')


def load_from_http(filename: str, map_location: str | None = None) -> dict:
    return load_tensors(fetch(filename), map_location or 'cpu')


def load_from_foreign(filename: str, map_location: str | None = None) -> dict:
    raise InputError(f'{filename}: checkpoints are read from a path or an http(s) URL')


def _safe_torch_load(file: str, map_location: str | None = None, weights_only: bool | None = None) -> dict:
    return load_from_local(file, map_location)


def _load_url(url: str, model_dir: str | None = None, map_location: str | None = None,
              progress: bool = True) -> dict:
    return load_from_http(url, map_location)


def replace_checkpoint_loaders() -> None:
    """All schemes that mmengine knows, and the functions by which its own loaders read."""
    ours = {'': load_from_local, 'http://': load_from_http, 'https://': load_from_http}
    for prefix in {*CheckpointLoader._schemes, *ours}:
        CheckpointLoader.register_scheme(prefix, ours.get(prefix, load_from_foreign), force=True)
    for function in (load_from_local, load_from_http, _safe_torch_load):
        setattr(mmengine.runner.checkpoint, function.__name__, function)
    for module in (mmengine.runner.checkpoint, mmengine.utils.dl_utils, mmengine.utils.dl_utils.hub):
        module.load_url = _load_url


@register_handler(['yaml', 'yml'])
class SafeYamlHandler(YamlHandler):
    """Plain values only; a tag that names a Python object is refused."""

    def load_from_fileobj(self, file: IO[str]) -> Any:
        return parse_yaml(file.read())


@register_handler('json')
class SafeJsonHandler(JsonHandler):
    """Finite numbers only, and no nesting that exhausts the parser."""

    def load_from_fileobj(self, file: IO[str]) -> Any:
        return parse_json(file.read())


@register_handler(['pickle', 'pkl'])
class WriteOnlyPickleHandler(PickleHandler):
    """Pickles are written (mmengine's ``DumpResults`` does), never read."""

    def load_from_fileobj(self, file: IO[bytes]) -> None:
        raise InputError('pickle files are not read, because they can run code; give the annotations as JSON '
                         'or YAML')


replace_checkpoint_loaders()
