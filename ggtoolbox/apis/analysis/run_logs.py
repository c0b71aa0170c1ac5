"""What a run has logged: losses, times and metrics by iteration, resumed runs put together."""
from __future__ import annotations

import fnmatch
import json
from collections.abc import Sequence
from pathlib import Path

from ggtoolbox.errors import InputError
from ggtoolbox.registry import nearest

Record = dict[str, float]


def read_log(path: str | Path) -> list[Record]:
    """The records of a run in the order of their ``iter``.

    A run that was resumed has a log each time; where two overlap the later one holds. Metrics of validation,
    whose own iteration the log does not tell, bear that of the last training record before them.

    Args:
        path: a work dir (of ``tools/train.py``) or a ``scalars.json`` in it.

    Raises:
        InputError: no log there, or one that is damaged.
    """
    path = Path(path)
    files = [path] if path.is_file() else sorted(path.rglob('vis_data/scalars.json'))
    if not files:
        raise InputError(f'{path}: expected a work dir with vis_data/scalars.json in it, or such a file')
    records: list[Record] = []
    for file in files:
        iteration = 0
        for record in _lines(file):
            if 'iter' in record:
                iteration = record['iter']
                records = [earlier for earlier in records if earlier['iter'] < iteration]
            records.append({**record, 'iter': iteration})
    return records


def _lines(file: Path) -> list[Record]:
    try:
        records = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise InputError(f'{file}: expected a JSON object in each line ({error})') from error
    if odd := next((record for record in records if not isinstance(record, dict)), None):
        raise InputError(f'{file}: expected a JSON object in each line, found {odd!r}')
    return records


def training_seconds(records: Sequence[Record], iterations: int) -> float:
    """Time that so many training iterations took, by their logged means; without validation and start. NaN of
    a run too short to have logged any."""
    seconds, before = 0.0, 0
    for record in records:
        if record['iter'] > before and 'time' in record:
            seconds += record['time'] * (record['iter'] - before)
            before = record['iter']
    return seconds / before * iterations if before else float('nan')


def match_keys(records: Sequence[Record], patterns: Sequence[str], where: str) -> list[str]:
    """The logged keys that match shell patterns such as ``generator/loss_*``, in the log's order.

    Raises:
        InputError: a pattern that matches none.
    """
    known = list(dict.fromkeys(key for record in records for key in record if key not in ('iter', 'step')))
    for pattern in patterns:
        if not fnmatch.filter(known, pattern):
            raise InputError(f'{where}: nothing is logged as {pattern!r}{nearest(pattern, known)} (logged: '
                             f'{", ".join(known)})')
    return [key for key in known if any(fnmatch.fnmatchcase(key, pattern) for pattern in patterns)]
