"""The rows of judged systems as JSON and as Markdown, a table a task."""
from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from ggtoolbox.writing import make_folder, write_text

from .row import Row

TITLES = {
    'toyworld_street': 'Street scenes from label maps',
    'toyworld_cross_view': 'The ground seen from above',
    'toyworld_figure': 'People in another pose',
    'toyworld_hand': 'Hands in another gesture',
    'toyworld_face': 'Faces',
    'toyworld_attributes': 'Faces with another attribute',
    'toyworld_objects': 'Faces, hands and people from their edges',
    'toyworld_domains': 'Faces of another domain, each after an exemplar',
    'toyworld_music': 'Dances to music',
    'toyworld_dance': 'Videos of a dancer',
    'hands': 'Photographed hands in another sign',
}
COSTS = ('iterations x batch', 'parameters', 'step (s)', 'peak (MB)')
INTRODUCTION = """\
# ToyWorld: every system by the same measures

Written by `tools/analysis_tools/judge_everything.py`. Each system is trained by its own config with the seed
and for the iterations stated, with one CPU thread; the last checkpoint is published in float16, and measured
by the judges of ToyWorld (`docs/metrics.md`) on scenes that no system has seen. Real images and, where there
is one, the source image handed back are measured alike. Parameters are those of the discriminators, after
those of all other networks. Step time (median) and peak memory are those of a training step of one batch.
"""


def write_tables(rows: Sequence[Row], references: dict[str, list[Row]], out: Path) -> None:
    """``toyworld.json``, with all that the rows say, and ``toyworld.md``.

    Args:
        references: task -> rows with ``reference`` (a name) and ``metrics``.
    """
    content = dict(systems=list(rows), references=references)
    make_folder(out)
    write_text(out / 'toyworld.json', json.dumps(content, indent=1) + '\n')
    write_text(out / 'toyworld.md', format_tables(rows, references))


def format_tables(rows: Sequence[Row], references: dict[str, list[Row]]) -> str:
    """The page."""
    parts = [INTRODUCTION]
    hardware = sorted({row['hardware'] for row in rows if 'hardware' in row})
    if hardware:
        parts.append(f'Timed on: {"; ".join(hardware)}.\n')
    tasks: dict[str, list[Row]] = {}
    for row in rows:
        tasks.setdefault(row.get('task', row['protocol']), []).append(row)
    for task in in_order(tasks):
        parts.append(_table(task, tasks[task], references.get(task, [])))
    return '\n'.join(parts)


def in_order(tasks: Iterable[str]) -> list[str]:
    """Tasks as pages show them: by protocol, and of a protocol the judges' own size first."""
    return sorted(tasks, key=lambda task: (list(TITLES).index(task.partition(', ')[0]), task))


def title_of(task: str) -> str:
    """Of a protocol's name with or without a size."""
    protocol, comma, size = task.partition(', ')
    return TITLES[protocol] + comma + size


def _table(task: str, rows: list[Row], references: list[Row]) -> str:
    metrics = list(dict.fromkeys(name for row in [*references, *rows] for name in row['metrics']))
    images = sorted({row['images'] for row in rows})
    lines = [f'## {title_of(task)}', '',
             f'Protocol `{rows[0]["protocol"]}`, {" or ".join(map(str, images))} images.', '',
             _line('config', *metrics, *COSTS), _line('---', *['---:'] * (len(metrics) + len(COSTS)))]
    for row in references:
        lines.append(_line(f'*{row["reference"]}*', *_values(row, metrics), *[''] * len(COSTS)))
    for row in rows:
        lines.append(_line(f'`{row["config"]}`', *_values(row, metrics), *_costs(row)))
    return '\n'.join(lines) + '\n'


def _costs(row: Row) -> list[str]:
    judging = sum(count for name, count in row['parameters'].items() if 'discriminator' in name)
    drawing = sum(row['parameters'].values()) - judging
    return [f'{row["iterations"]} x {row["batch_size"]}',
            f'{drawing / 1e6:.2f}M + {judging / 1e6:.2f}M',
            f'{row["step_seconds"]:.3f}' if 'step_seconds' in row else '',
            f'{row["peak_mb"]:.0f}' if 'peak_mb' in row else '']


def _values(row: Row, metrics: list[str]) -> list[str]:
    return [_number(row['metrics'].get(name)) for name in metrics]


def _number(value: float | None) -> str:
    if value is None:
        return '–'
    return f'{value:.2f}' if abs(value) >= 10 else f'{round(value, 4) + 0.0:.4f}'  # + 0.0: no -0.0000


def _line(*cells: str) -> str:
    return f'| {" | ".join(cells)} |'
