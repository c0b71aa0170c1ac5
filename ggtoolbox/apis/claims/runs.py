"""The runs behind the claims: trained, measured, and kept in one JSON table that grows."""
from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock

from ggtoolbox.errors import InputError
from ggtoolbox.plain_files import read_json
from ggtoolbox.registry import nearest
from ggtoolbox.writing import write_text

from ..config import load_config
from ..judging.protocols import measure
from ..judging.training import plan_run, train_in_process, training_digest
from .rows import write_row
from .table import Row, Table

# What costs time and decides nothing.
ASIDE = {'val_dataloader.dataset.length': 8, 'train_dataloader.num_workers': 1}


class Budget(NamedTuple):
    """Of every training: iterations, and images of the test."""

    iterations: int
    images: int


class Wanted(NamedTuple):
    """A run: of a table's row, with a seed."""

    table: str
    row: str
    seed: int


class Runs:
    """The table of runs.

    ``<path>`` holds, for each table, groups of runs that may be compared: those whose ToyWorld config and
    budget are the same. A group has ``base``, ``budget`` and ``runs``: ``<row>/<seed>`` -> ``values`` (None:
    not finite), ``seconds``, ``training``, the digest of all that decides about the weights, and
    ``tested_otherwise``, if these were another row's.

    Args:
        path: the JSON; need not be there.

    Raises:
        InputError: it is no such table.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tables: dict[str, dict[str, dict]] = {}
        self._groups: dict[tuple[str, Budget], tuple[str, dict]] = {}
        self.read()

    def read(self) -> None:
        """What has been kept so far, by whatever process."""
        self.tables = read_json(self.path, 'JSON table of runs') if self.path.is_file() else {}
        if not isinstance(self.tables, dict):
            raise InputError(f'{self.path}: expected tables by name, found {type(self.tables).__name__}')

    def keep(self, table: str, group: str, about: dict, key: str, run: dict) -> None:
        """Add a run; others that have been added meanwhile stay."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f'{self.path}.lock'):
            self.read()
            self.tables.setdefault(table, {}).setdefault(group, about | dict(runs={}))['runs'][key] = run
            write_text(self.path, json.dumps(self.tables, indent=1, sort_keys=True) + '\n')

    def group(self, name: str, table: Table, budget: Budget, out: Path) -> tuple[str, dict[str, Any]]:
        """Digits that runs of a table which may be compared have in common, and what they stand for."""
        if (name, budget) not in self._groups:
            base = table._replace(rows={'base': Row((), table.base)})
            run = plan_run(write_row(base, 'base', out / 'bases'), out, 0, iterations=budget.iterations)
            self._groups[name, budget] = (training_digest(run.cfg)[:8],
                                          dict(base=table.base, budget=budget._asdict()))
        return self._groups[name, budget]

    def same_training(self, digest: str, budget: Budget) -> dict | None:
        """A run of whatever table that was trained and tested just so."""
        found = (run for groups in self.tables.values() for group in groups.values()
                 if group['budget'] == budget._asdict() for run in group['runs'].values()
                 if run['training'] == digest and not run.get('tested_otherwise'))
        return next(found, None)

    def most(self, table: str) -> dict[str, Any]:
        """The group of a table with the most runs; an empty one where there is none."""
        groups = self.tables.get(table, {}).values()
        return max(groups, key=lambda group: len(group['runs']), default=dict(base='', budget={}, runs={}))


def wanted_runs(tables: dict[str, Table], names: Sequence[str], seeds: int,
                rows: Sequence[str] | None = None) -> Iterator[Wanted]:
    """All rows of a seed before the next seed.

    Args:
        names: tables, the most urgent first.
        rows: these alone.

    Raises:
        InputError: a row that none of these tables has.
    """
    known = {row for name in names for row in tables[name].trainings}
    for row in rows or ():
        if row not in known:
            raise InputError(f'rows: there is no row {row!r}{nearest(row, known)}')
    return _seed_by_seed(tables, names, seeds, rows)


def _seed_by_seed(tables: dict[str, Table], names: Sequence[str], seeds: int,
                  rows: Sequence[str] | None) -> Iterator[Wanted]:
    for seed in range(seeds):
        for name in names:
            for row in tables[name].trainings:
                if rows is None or row in rows:
                    yield Wanted(name, row, seed)


def make_run(wanted: Wanted, table: Table, budget: Budget, runs: Runs, out: Path, tools: Path) -> str:
    """Bring one run into the table, going on where it was broken off; its folder then goes.

    Returns:
        What has been done, for the log; empty where there was nothing to do.

    Raises:
        InputError: the training failed.
    """
    name, row, seed = wanted
    group, about = runs.group(name, table, budget, out)
    known = runs.tables.get(name, {}).get(group, {}).get('runs', {})
    tested = [row, *(other for other, it in table.rows.items() if it.trained_as == row)]
    missing = [other for other in tested if f'{other}/{seed}' not in known]
    if not missing:
        return ''
    folder = out / f'{name}-{group}-{seed}'
    config = write_row(table, row, folder / 'configs')
    run = plan_run(config, folder, seed, iterations=budget.iterations, options=ASIDE)
    digest, start = training_digest(run.cfg), time.time()
    twin = runs.same_training(digest, budget) if len(tested) == 1 else None
    if twin is not None:
        runs.keep(name, group, about, f'{row}/{seed}', twin)
        return f'{name}/{row}/{seed}: the same training is there'
    checkpoint = train_in_process(run, tools)
    for other in missing:
        cfg = load_config(write_row(table, other, folder / 'configs'), run.options)
        cfg.work_dir, cfg.log_level = str(folder / 'test'), 'ERROR'
        values = {found.metric: found.value if math.isfinite(found.value) else None
                  for found in measure(cfg, str(checkpoint), images=budget.images)}
        runs.keep(name, group, about, f'{other}/{seed}', dict(
            values=values, seconds=round(time.time() - start), training=digest,
            **(dict(tested_otherwise=True) if other != row else {})))
    shutil.rmtree(run.work_dir)
    return f'{name}/{row}/{seed}: {round(time.time() - start)} s'

