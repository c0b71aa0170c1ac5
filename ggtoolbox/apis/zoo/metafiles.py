"""What a machine writes of the model zoo: fields of the metafiles, the index that MIM reads, the page."""
from __future__ import annotations

import copy
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import torch
import yaml

from ggtoolbox.errors import InputError
from ggtoolbox.fetching import file_sha256, is_url
from ggtoolbox.safe_load import load_tensors

from ..config import load_config
from ..inference import build_for_test
from .models import METAFILES, read_metafile
from .page import zoo_page

INDEX, PAGE = 'model-index.yml', 'model_zoo.md'
WEIGHTS = 'ggtoolbox/weights'
RESULTS = 'docs/results/toyworld.json'
ORDER = ('Name', 'In Collection', 'Config', 'Metadata', 'Results', 'Paper Results', 'Weights', 'SHA256',
         'Size', 'Released Weights')


def zoo_files(root: Path, recount: bool | Collection[str] = True) -> dict[Path, str]:
    """The files of the zoo whose text is not what it should be, and what it should be.

    In the metafiles it sets ``Metadata: Parameters`` of each network, ``Weights``, ``SHA256`` and ``Size`` of
    the file that lies in ``ggtoolbox/weights`` (a URL stays), and ``Results`` of the models that
    ``docs/results/toyworld.json`` (of :func:`~ggtoolbox.apis.judging.everything.judge_everything`) has rows
    of. All else in them is written by hand, and stays.

    Args:
        root: a checkout.
        recount: build each model (on the meta device) to count its parameters, or those of these names; False
            keeps what the metafiles say.

    Raises:
        InputError: two files of weights for one model, one for no model, one of another model inside, or
            other weights than those that were measured.
    """
    metafiles = {path: read_metafile(path) for path in sorted(root.glob(METAFILES))}
    weights, results, files = _shipped_weights(root), _measured(root / RESULTS), {}
    names = {model['Name'] for content in metafiles.values() for model in content['Models']}
    strange = sorted({*weights} - names)
    if strange:
        raise InputError(f'{weights[strange[0]]["Weights"]}: no metafile names the model {strange[0]}')
    for path, content in metafiles.items():
        before = copy.deepcopy(content)
        content['Models'] = [_completed(model, root, weights, results, recount)
                             for model in content['Models']]
        if content != before:
            files[path] = _yaml(content)
    files[root / INDEX] = _yaml(dict(Import=[path.relative_to(root).as_posix() for path in metafiles]))
    files[root / PAGE] = zoo_page(list(metafiles.values()))
    return {path: text for path, text in files.items()
            if not path.is_file() or path.read_text(encoding='utf-8') != text}


def count_parameters(config: Path) -> dict[str, int]:
    """Network -> number of its parameters; nothing is allocated."""
    with torch.device('meta'):
        networks = build_for_test(load_config(config)).named_networks()
    counts = {name: sum(p.numel() for p in network.parameters()) for name, network in networks.items()}
    return {name: count for name, count in counts.items() if count}


def _completed(model: dict[str, Any], root: Path, weights: dict[str, dict], results: dict[str, dict],
               recount: bool | Collection[str]) -> dict[str, Any]:
    model, name = copy.deepcopy(model), model['Name']
    if recount is True or recount and name in recount:
        model.setdefault('Metadata', {})['Parameters'] = count_parameters(root / model['Config'])
    if not is_url(model.get('Weights', '')):
        for key in ('Weights', 'SHA256', 'Size'):
            model.pop(key, None)
        model.update(weights.get(name, {}))
    if name in results:
        model['Results'] = [_result(model, results[name])]
    return {key: model[key] for key in sorted(model, key=_place)}


def _place(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _shipped_weights(root: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((root / WEIGHTS).glob('*.safetensors')):
        name, digest = path.stem[:-9], file_sha256(path)
        inside = load_tensors(path)['meta'].get('config')
        if path.stem != f'{name}-{digest[:8]}' or inside != name:
            raise InputError(f'{path}: expected a name of <config>-<first 8 of its sha256>, found the config '
                             f'{inside!r} inside and the sha256 {digest}')
        if name in found:
            raise InputError(f'{path}: {found[name]["Weights"]} are weights of the same model')
        found[name] = dict(Weights=f'{WEIGHTS}/{path.name}', SHA256=digest, Size=path.stat().st_size)
    return found


def _measured(path: Path) -> dict[str, dict[str, Any]]:
    if not path.is_file():
        return {}
    return {row['config']: row for row in json.loads(path.read_text(encoding='utf-8'))['systems']}


def _result(model: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    name = model['Name']
    if model.get('SHA256', row['sha256']) != row['sha256']:
        raise InputError(f'{name}: the weights that lie in {WEIGHTS} are not those that {RESULTS} measured '
                         f'(sha256 {row["sha256"]})')
    return dict(Task='Guided Image Generation', Dataset=model['Metadata']['Training Data'],
                Metrics={key: round(value, 4) for key, value in row['metrics'].items() if value is not None},
                Images=row['images'], Command=f'python tools/test.py {name} --protocol {row["protocol"]}',
                Training=row['command'], Hardware=row['hardware'])


def _yaml(content: dict) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
