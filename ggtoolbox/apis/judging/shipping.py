"""From judged systems to what the package ships: weights, rows, metafiles, pages."""
from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from ggtoolbox.errors import InputError
from ggtoolbox.fetching import file_sha256

from ..zoo.metafiles import RESULTS, WEIGHTS, zoo_files
from .row import Row
from .tables import write_tables


def ship(rows: Sequence[Row], out: Path, root: Path) -> list[Path]:
    """Put the weights of judged systems into a checkout in place of the former ones, their rows among the
    results, with what a protocol that is new there compares with, and bring metafiles, index and page up to
    date.

    Args:
        rows: of :func:`~.everything.judge_everything`, timed.
        out: of their :class:`~.row.Place`.
        root: the checkout.

    Returns:
        The files that are new or others than before.

    Raises:
        InputError: a row that has not been timed, or weights that are not those that were measured.
    """
    for row in rows:
        if 'hardware' not in row:
            raise InputError(f'{row["config"]}: its step has not been timed; run without --timing never')
        if file_sha256(out / row['weights']) != row['sha256']:
            raise InputError(f'{out / row["weights"]}: not the weights that were measured (sha256 '
                             f'{row["sha256"]})')
    changed = []
    for row in rows:
        new = root / WEIGHTS / Path(row['weights']).name
        for old in (root / WEIGHTS).glob(f'{row["config"]}-????????.safetensors'):
            if old != new:
                old.unlink()
        if not new.is_file():
            new.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(out / row['weights'], new)
            changed.append(new)
    results = root / RESULTS
    content, judged = (json.loads(path.read_text(encoding='utf-8')) if path.is_file() else dict(
        systems=[], references={}) for path in (results, out / results.name))
    merged = {row['config']: row for row in (*content['systems'], *rows)}
    references = {**judged['references'], **content['references']}
    write_tables([merged[name] for name in sorted(merged)], references, results.parent)
    files = zoo_files(root, recount=[row['config'] for row in rows])
    for path, text in files.items():
        path.write_text(text, encoding='utf-8')
    return [*changed, results, results.with_suffix('.md'), *files]
