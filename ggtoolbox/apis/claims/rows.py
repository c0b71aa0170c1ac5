"""An ablation config scaled to ToyWorld: its own settings on top of a ToyWorld config."""
from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from mmengine.config import Config

from ggtoolbox.errors import InputError

from ..places import zoo_root
from .table import Table


def write_row(table: Table, name: str, folder: Path) -> Path:
    """Write the config of a row, and those that it is based on, and return its path.

    Of the ablation config, and of the ablations that it is based on, ``model`` is taken; what these are based
    on in turn, and the schedule, are the ToyWorld config's. A head of another type than that config's takes
    nothing of its settings.
    """
    row, configs = table.rows[name], zoo_root() / 'configs'
    layers: list[dict[str, Any]] = [
        {key: value for key, value in table.settings.items() if key != 'model' or not row.base},
        dict(row.settings)]
    stem = ''.join(letter if letter.isalnum() else '_' for letter in name).strip('_')
    path = configs / f'{row.base or table.base}.py'
    base = Config.fromfile(str(path), import_custom_modules=False)
    head = (base.model.generator.get('head') or {}).get('type')
    for model in own_models(configs / f'{row.ablation}.py'):
        own = (model.get('generator') or {}).get('head') or {}
        if head and own.get('type', head) != head:
            own['_delete_'] = True
        layers.append({'model': model})
    folder.mkdir(parents=True, exist_ok=True)
    layers = [layer for layer in layers if layer]
    for place, layer in enumerate(layers or [{}]):
        last = place >= len(layers) - 1
        lines = [f'_base_ = {str(path)!r}', *(f'{key} = {value!r}' for key, value in layer.items())]
        path = folder / (f'{stem}.py' if last else f'{stem}_{place}.py')
        path.write_text('\n'.join(lines) + '\n')
    return path


def own_models(path: Path) -> list[dict]:
    """``model`` of an ablation config and of the ablations below it, the lowest first.

    Raises:
        InputError: no such config, or one whose settings are not plain values.
    """
    if not path.is_file():
        raise InputError(f'{path}: there is no such ablation config')
    if path.parent.name != 'ablations':  # the system's own config, whose place ToyWorld's takes
        return []
    values = {}
    try:
        for statement in ast.parse(path.read_text()).body:
            if isinstance(statement, ast.Assign) and statement.targets[0].id in ('_base_', 'model'):
                values[statement.targets[0].id] = _plain(statement.value)
    except (ValueError, AttributeError) as error:
        raise InputError(f'{path}: expected plain values, found something else ({error})') from error
    base, below = values.get('_base_'), []
    if isinstance(base, str):
        below = own_models((path.parent / base).resolve())
    return [*below, values['model']] if 'model' in values else below


def _plain(node: ast.expr) -> Any:
    """As :func:`ast.literal_eval`, with ``dict(key=value)``."""
    if isinstance(node, ast.Call) and getattr(node.func, 'id', '') == 'dict' and not node.args:
        return {keyword.arg: _plain(keyword.value) for keyword in node.keywords}
    if isinstance(node, (ast.Tuple, ast.List)):
        return type(ast.literal_eval('()' if isinstance(node, ast.Tuple) else '[]'))(map(_plain, node.elts))
    return ast.literal_eval(node)
