"""Curves of runs as a picture."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ggtoolbox.errors import InputError

from ..outputs import output_file
from .run_logs import match_keys, read_log

COLUMNS = 2


def plot_logs(logs: Sequence[str | Path], keys: Sequence[str], out: str | Path,
              names: Sequence[str] | None = None) -> list[str]:
    """Draw what runs have logged, a panel a key and a curve a run.

    Args:
        logs: work dirs, or files ``scalars.json``.
        keys: names or shell patterns of what is logged.
        out: the picture; its ending says the format.
        names: of the runs in the legend; None takes the folders'.

    Returns:
        The keys that were drawn.

    Raises:
        InputError: no matplotlib; no such log or key; another number of names than of logs.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError("plots need matplotlib: pip install 'ggtoolbox[plots]'") from None
    names = names or [Path(log).stem for log in logs]
    if len(names) != len(logs):
        raise InputError(f'plot: expected {len(logs)} names, one a log, found {len(names)}')
    runs = [read_log(log) for log in logs]
    everything = [record for records in runs for record in records]
    found = match_keys(everything, keys, ', '.join(map(str, logs)))
    columns = min(COLUMNS, len(found))
    rows = -(-len(found) // columns)
    figure = Figure(figsize=(6 * columns, 3.5 * rows), layout='constrained')
    FigureCanvasAgg(figure)
    for key, panel in zip(found, figure.subplots(rows, columns, squeeze=False).flat):
        for name, records in zip(names, runs):
            points = [(record['iter'], record[key]) for record in records if key in record]
            if points:
                panel.plot(*zip(*points), label=name, marker='.', markersize=4)
        panel.set(title=key, xlabel='iteration')
        panel.grid(alpha=0.3)
        if len(runs) > 1:
            panel.legend(fontsize='small')
    for panel in figure.axes[len(found):]:
        panel.remove()
    output_file(out, [log for log in logs if Path(log).is_file()], 'out')
    try:
        figure.savefig(out)
    except ValueError as error:
        raise InputError(f'{out}: the picture cannot be written so ({error})') from None
    return found
