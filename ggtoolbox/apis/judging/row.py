"""One row a system: trained, published, measured by ToyWorld's judges, its cost counted and timed."""
from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

from ggtoolbox.evaluation.judge import read_metafile
from ggtoolbox.evaluation.protocols import PROTOCOLS
from ggtoolbox.fetching import file_sha256
from ggtoolbox.structures import VOCABULARY
from ggtoolbox.writing import make_folder, write_text

from ..analysis.benchmark import Settings, benchmark
from ..analysis.complexity import model_complexity
from ..analysis.run_logs import read_log, training_seconds
from ..baseline import copy_baseline
from ..config import load_config
from ..inference import build_for_test
from ..zoo.publishing import publish
from .protocols import judged_protocol, measure, task_of, use_protocol
from .training import Run, digest, train_in_process, training_digest

REFERENCES = {'real images': 'target_image', 'the source image': 'source_image'}
TIMED_STEPS = 20
Row = dict[str, Any]


class Place(NamedTuple):
    """Where everything lies.

    Attributes:
        out: holds ``runs/``, ``weights/``, ``rows/`` and ``tests/`` (logs).
        tools: the folder of the command lines.
        images: of the test; None is the protocol's number.
    """

    out: Path
    tools: Path
    images: int | None = None

    def row(self, name: str) -> Path:
        return self.out / 'rows' / f'{name}.json'


def judge_system(run: Run, place: Place) -> Row:
    """Everything but the timing, for which a machine should be idle. What has been done is not done again,
    unless config, final checkpoint, judge or protocol are others.

    Raises:
        InputError: the training failed, or the data are not ToyWorld's.
    """
    name = judged_protocol(load_config(run.config, run.options))  # which imports the user's modules, too
    checkpoint = train_in_process(run, place.tools)
    sources = dict(training=training_digest(run.cfg), checkpoint=file_sha256(checkpoint))
    row = read_row(place.row(run.name))
    if row.get('sources') != sources:
        iterations = int(checkpoint.stem.split('_')[1])
        row = dict(
            config=run.name, system=_system(run.config), protocol=name, task=task_of(run.cfg, name),
            sources=sources, seed=run.seed, command=run.command, iterations=iterations,
            batch_size=run.cfg.train_dataloader.batch_size,
            **_plain(dict(seconds=training_seconds(read_log(run.work_dir), iterations))))
    weights = place.out / row.get('weights', 'nowhere')
    if not weights.is_file() or file_sha256(weights) != row['sha256']:
        weights = publish(checkpoint, run.cfg, place.out / 'weights', command=run.command)
        row |= dict(weights=str(weights.relative_to(place.out)), sha256=file_sha256(weights),
                    size=weights.stat().st_size)
        row.pop('metrics', None)
        write_row(place.row(run.name), row)
    measured_by = protocol_digest(name, place.images)
    if 'metrics' not in row or row['measured_by'] != measured_by:
        row |= _measured(run, weights, place, name) | dict(measured_by=measured_by)
        write_row(place.row(run.name), row)
    if 'parameters' not in row:
        costs = model_complexity(run.cfg)
        row |= dict(parameters={cost.network: cost.parameters for cost in costs},
                    gflops={cost.network: cost.flops / 1e9 for cost in costs})
        write_row(place.row(run.name), row)
    return row


def time_system(run: Run, place: Place, again: bool = False) -> Row:
    """Step time and peak memory of the system's training, with one thread, added to its row.

    Args:
        again: even if they are there.
    """
    row = read_row(place.row(run.name))
    if again or 'step_seconds' not in row:
        found = benchmark(run.cfg, Settings(iterations=TIMED_STEPS, threads=1))
        row |= dict(step_seconds=found.step_seconds, peak_mb=found.peak_mb, hardware=found.hardware)
        write_row(place.row(run.name), row)
    return row


def judge_references(run: Run, place: Place) -> list[Row]:
    """What a system is to be compared with: real images, and the source image handed back (where the data of
    the run have one), by the protocol of the run."""
    protocol = judged_protocol(run.cfg)
    task = task_of(run.cfg, protocol)
    measured_by, rows = protocol_digest(protocol, place.images), []
    for name, field in REFERENCES.items():
        path = place.row(f'{task}.{field}')
        row = read_row(path)
        if row.get('measured_by') != measured_by:
            cfg = load_config(run.config)
            use_protocol(cfg, protocol, place.images)
            if field not in cfg.test_dataloader.dataset.pipeline[-1].get('keys', ()):
                continue
            row = dict(reference=name, protocol=protocol, measured_by=measured_by,
                       metrics=_plain(copy_baseline(cfg, field)))
            write_row(path, row)
        rows.append(row)
    return rows


def protocol_digest(name: str, images: int | None) -> str:
    """Of what is measured, and of the judges that measure."""
    said = json.dumps(PROTOCOLS[name], default=str)
    judges = {judge: entry['SHA256'] for judge, entry in read_metafile().items() if f'"{judge}"' in said}
    return digest([said, judges, images])


def read_row(path: Path) -> Row:
    """A row; empty where there is none yet."""
    return json.loads(path.read_text()) if path.is_file() else {}


def write_row(path: Path, row: Row) -> None:
    make_folder(path.parent)
    write_text(path, json.dumps(row, indent=1) + '\n')


def _measured(run: Run, weights: Path, place: Place, protocol: str) -> Row:
    cfg = load_config(run.config, run.options)
    cfg.work_dir, cfg.log_level = str(place.out / 'tests' / run.name), 'ERROR'
    rows = measure(cfg, str(weights), protocol, place.images)
    with torch.device('meta'):
        reads = build_for_test(run.cfg).test_inputs().required
    if not any(VOCABULARY[field].dimensions > 2 for field in reads):
        rows = [row for row in rows if row.metric.startswith('FD_')]  # its images are nobody's
    return dict(metrics=_plain({row.metric: row.value for row in rows}),
                images=max(row.images for row in rows))


def _plain(values: dict[str, float]) -> dict[str, float | None]:
    """For JSON, which knows neither NaN nor infinity."""
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


def _system(config: Path) -> str:
    folders: Sequence[str] = [part for part in config.resolve().parent.parts if part != 'ablations']
    return folders[-1]
