"""The models that are known by name: ``configs/*/metafile.yml``, in a checkout or in an installed package."""
from __future__ import annotations

import fnmatch
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ggtoolbox.arguments import nearest
from ggtoolbox.errors import InputError
from ggtoolbox.fetching import fetch, is_url
from ggtoolbox.plain_files import read_yaml

from ..config_files import find_config
from ..places import PACKAGE, zoo_root

METAFILES = 'configs/*/metafile.yml'


class ModelEntry(NamedTuple):
    """A model of a metafile.

    Attributes:
        name: the stem of its config.
        collection: its system, such as ``'GauGAN'``.
        config: path of its config.
        weights: path or URL of its weights; None where nobody has published any.
        sha256, size: of the weights, the size in bytes.
        content: the whole entry, as the metafile has it.
    """

    name: str
    collection: str
    config: Path
    weights: str | None
    sha256: str | None
    size: int | None
    content: dict[str, Any]

    def fetch_weights(self) -> Path:
        """The file of its weights, downloaded if need be, its digest checked.

        Raises:
            InputError: there are none; no such file, no network, or another digest.
        """
        if self.weights is None:
            released = self.content.get('Released Weights')
            convert = f'convert the released ones ({released["Convert"]}), or ' if released else ''
            raise InputError(f'{self.name}: its weights are not shipped; {convert}train it '
                             f'(ggtoolbox train {self.name}), and give the checkpoint')
        return fetch(self.weights, self.sha256)


def read_metafile(path: str | Path) -> dict[str, Any]:
    """``Collections`` and ``Models`` of a metafile.

    Raises:
        InputError: no YAML; no such lists; a model without ``Name``, ``In Collection`` or ``Config``.
    """
    try:
        content = read_yaml(path, 'metafile')
    except InputError as error:
        reason = str(error).removeprefix(f'{path}: ')
        raise InputError(f'{path}: expected a metafile in YAML ({reason})') from None
    for key in ('Collections', 'Models'):
        if not isinstance(content, dict) or not isinstance(content.get(key), list):
            raise InputError(f'{path}: expected a list {key!r}')
    for model in content['Models']:
        missing = [key for key in ('Name', 'In Collection', 'Config') if key not in model]
        if missing:
            raise InputError(f'{path}: the model {model.get("Name", model)} lacks {missing[0]!r}')
    return content


def list_models(pattern: str = '*') -> list[str]:
    """Names of the zoo's models, such as ``'gaugan_sau_toyworld-64'``, that match a shell pattern."""
    return sorted(name for name in _entries() if fnmatch.fnmatchcase(name, pattern))


def find_model(name: str) -> ModelEntry:
    """A model by its name.

    Raises:
        InputError: there is no such model; the message names the nearest.
    """
    entries = _entries()
    if name not in entries:
        raise InputError(f'the zoo has no model {name!r}{nearest(name, entries)} '
                         f'(list_models() names all {len(entries)})')
    return entries[name]


@cache
def _entries() -> dict[str, ModelEntry]:
    root = zoo_root()
    return {model['Name']: _entry(root, model) for path in sorted(root.glob(METAFILES))
            for model in read_metafile(path)['Models']}


def _entry(root: Path, model: dict[str, Any]) -> ModelEntry:
    weights = model.get('Weights')
    if weights is not None and not is_url(weights):
        weights = str(PACKAGE.parent / weights)
    return ModelEntry(model['Name'], model['In Collection'], root / model['Config'], weights,
                      model.get('SHA256'), model.get('Size'), model)


def locate(model: str | Path, checkpoint: str | Path | None = None) -> tuple[Path, Path]:
    """Config and checkpoint of a model that is named, or given by the path of its config.

    Args:
        model: name of a model of the zoo, or path or name of a config (:func:`~..config_files.find_config`).
        checkpoint: path or URL; None is the zoo's, for a config of the zoo as well.

    Raises:
        InputError: an unknown name; weights that are not there.
    """
    named = _entries().get(str(model))
    path = named.config if named else find_config(model)
    if checkpoint is None:
        entry = named or _entries().get(path.stem)
        if entry is None or (not named and not path.samefile(entry.config)):
            raise InputError(f'{path}: no model of the zoo has this config; give a checkpoint')
        return entry.config, entry.fetch_weights()
    return path, fetch(checkpoint) if is_url(str(checkpoint)) else Path(checkpoint)


def weights_of(start: str) -> str:
    """The file, or URL, of weights that are given by path, URL or the name of a model of the zoo.

    Raises:
        InputError: there are none; the message names the nearest models.
    """
    if is_url(start) or Path(start).is_file():
        return start
    if start in _entries():
        return str(find_model(start).fetch_weights())
    raise InputError(f'{start}: there is no such checkpoint, and no model of the zoo of this name'
                     f'{nearest(start, list_models())}')
