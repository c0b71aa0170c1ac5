"""What ``--json`` of every benchmark writes: rows, and where, when and how they were measured.

Records that ``docs/performance.md`` is made of lie in ``records/DATE-what.json``.
"""
from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ggtoolbox.apis.analysis.measuring import describe_hardware

RECORDS = Path(__file__).with_name('records')
PACKAGES = ('torch', 'triton', 'onedl-mmengine', 'onedl-mmcv', 'numpy')


def write_record(rows: Sequence[dict], path: Path | None, device: str = 'cpu',
                 command: Sequence[str] | None = None) -> None:
    """Write a record, a row a line; None writes nothing.

    Args:
        command: program and arguments; None are this process's.
    """
    if path is None:
        return
    facts = dict(
        date=datetime.date.today().isoformat(), machine=describe_hardware(device), cores=os.cpu_count(),
        memory_gb=round(os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2 ** 30),
        versions=dict(python=platform.python_version()) | versions(), commit=commit(),
        command=shlex.join(['python', *map(str, command or sys.argv)]))
    lines = [f' {json.dumps(name)}: {json.dumps(value)},' for name, value in facts.items()]
    listed = ',\n'.join(f'  {json.dumps(row)}' for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('\n'.join(['{', *lines, ' "rows": [', listed, ' ]', '}']) + '\n')


def read_record(path: Path) -> dict:
    return json.loads(path.read_text())


def versions() -> dict[str, str]:
    """Package -> version, of those that are installed."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def commit() -> str | None:
    """The checkout's commit, ``+`` where files differ from it; None outside of a checkout."""
    try:
        run = ['git', '-C', str(Path(__file__).parent), 'describe', '--always', '--dirty=+', '--exclude=*']
        return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
