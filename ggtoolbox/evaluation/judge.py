"""The judges: small networks that are found by name and checked by sha256; those of ToyWorld lie in
``judges/``, those that a user trained on real data in a folder of theirs.

Wherever a metric takes a network, a judge's name will do: ``dict(type='PCKh', detector='toyworld_figure')``.
"""
from __future__ import annotations

import os
from pathlib import Path

import torch
import yaml

from ggtoolbox.errors import InputError
from ggtoolbox.fetching import file_sha256
from ggtoolbox.plain_files import read_yaml
from ggtoolbox.registry import nearest
from ggtoolbox.safe_load import save_safetensors

FOLDER = Path(__file__).parent / 'judges'
METAFILE = 'metafile.yml'
HEADER = """\
# Written by tools/train_judge.py, an entry a judge: what it is, what made it, and its values of real images
# by the protocol of its name (docs/metrics.md). The weights are float16.
"""


def read_metafile(folder: Path | None = None) -> dict[str, dict]:
    """Name -> entry of the folder (None: the package's); empty where there is no metafile."""
    path = (folder or FOLDER) / METAFILE
    entries = read_yaml(path)['Judges'] if path.is_file() else []
    return {entry['Name']: entry for entry in entries}


def local_folder() -> Path:
    """Where judges of real data are kept: ``$GGTOOLBOX_JUDGES``, or else ``work_dirs/judges``."""
    return Path(os.environ.get('GGTOOLBOX_JUDGES', 'work_dirs/judges'))


def known_judges(folder: Path | None = None) -> dict[str, tuple[Path, dict]]:
    """Name -> folder and entry of the judges of a folder (None: the package's and :func:`local_folder`'s)."""
    return {name: (where, entry) for where in ([folder] if folder else [local_folder(), FOLDER])
            for name, entry in read_metafile(where).items()}


def judge_network(name: str, folder: Path | None = None) -> dict:
    """A judge's description for ``BACKBONES``, with the path of its weights and their sha256.

    Args:
        folder: None for the package's, and behind it :func:`local_folder`.

    Raises:
        InputError: an unknown name, or the file of weights is not there.
    """
    entries = known_judges(folder)
    if name not in entries:
        raise InputError(f'there is no judge {name!r}{nearest(name, entries)} (known: {", ".join(entries)}; '
                         f'those of real data are made by tools/train_judge.py, in {local_folder()})')
    where, entry = entries[name]
    path = where / entry['Weights']
    if not path.is_file():
        raise InputError(f'{path}: the weights of the judge {name!r} are not there; install the package '
                         f"again, or make them with '{entry['Training']['Command']}'")
    return {'type': 'JudgeNetwork', **entry['Network'], 'weights': str(path), 'sha256': entry['SHA256']}


def save_judge(name: str, network: torch.nn.Module, entry: dict, folder: Path = FOLDER) -> Path:
    """Write a judge's weights (float16, the first digits of their sha256 in the name) and its entry.

    The name's former file goes.

    Args:
        entry: what else the metafile says of it.

    Returns:
        Path of the weights.
    """
    entries = read_metafile(folder)
    half = {key: value.half() if value.is_floating_point() else value
            for key, value in network.state_dict().items()}
    written = folder / f'{name}.safetensors'
    save_safetensors(written, half, dict(judge=name, **entry['Network']))
    sha256 = file_sha256(written)
    path = written.rename(folder / f'{name}-{sha256[:8]}.safetensors')
    former = entries.get(name, {}).get('Weights', path.name)
    if former != path.name:
        (folder / former).unlink(missing_ok=True)
    entries[name] = dict(Name=name, Weights=path.name, SHA256=sha256, Size=path.stat().st_size, **entry)
    listed = yaml.safe_dump(dict(Judges=list(entries.values())), sort_keys=False, width=110,
                            default_flow_style=None)
    (folder / METAFILE).write_text(HEADER + listed)
    return path


def replace_judge(metrics: list[dict], name: str, network: torch.nn.Module) -> list[dict]:
    """Metric configs with a network of the caller's where they name the judge ``name``."""
    return [{key: network if value == name else value for key, value in metric.items()}
            for metric in metrics]
