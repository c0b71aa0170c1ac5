"""The page of the claims."""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .runs import Runs
from .table import Claim, Table, all_claims
from .verdict import FAILS, HOLDS, LEAST_SEEDS, LEVEL, UNDECIDED, Verdict, judge

INTRODUCTION = f"""\
# Do the papers' claims hold?

Written by `tools/analysis_tools/claims.py` from the runs in `claims.json`, which grow as machine time allows:
a call of the tool goes on where the last one stopped.

A claim: one row of a paper's ablation table is better than another by one of its measures, as the paper's
own figures have it. Both rows are our configs of these rows, scaled to ToyWorld at 64 pixels (the ablation
config's own `model` settings on top of the ToyWorld config that the table, or the row, has), trained for the
same number of iterations on the same pictures, and measured by ToyWorld's judges (FID becomes `FD_<judge>`).
Both have the same seeds, so that improvements are taken seed by seed.

The test: a paired one-sided t-test of the improvements at the level {LEVEL}, from {LEAST_SEEDS} seeds on.
*{HOLDS}*: the mean improvement is above 0; *{FAILS}*: below 0; *{UNDECIDED}*: neither at that level, or
fewer seeds. Of claims whose rows do not differ, {LEVEL:.0%} are found to hold and {LEVEL:.0%} not to hold by
chance; a table that is left undecided may get further seeds, all rows alike, which makes that a little
more frequent. What is said is said of ToyWorld, this size and this budget; a small budget favours what
learns fast.
"""


def values_of(runs: dict[str, dict], row: str, measure: str) -> dict[int, float]:
    """Seed -> value of a row, where there is one."""
    found = {}
    for key, run in runs.items():
        name, _, seed = key.rpartition('/')
        if name == row and run['values'].get(measure) is not None:
            found[int(seed)] = run['values'][measure]
    return found


def verdict_of(claim: Claim, runs: dict[str, dict]) -> Verdict:
    """By the runs of a group that both rows have."""
    better, worse = (values_of(runs, row, claim.measure.ours) for row in (claim.better, claim.worse))
    return judge([claim.measure.sign * (better[seed] - worse[seed])
                  for seed in sorted(better.keys() & worse)])


def write_page(tables: dict[str, Table], runs: Runs) -> str:
    """All claims, table by table, behind a count of the verdicts."""
    groups = {name: runs.most(name) for name in tables}
    verdicts = [(claim, verdict_of(claim, groups[claim.table]['runs'])) for claim in all_claims(tables)]
    words = [verdict.word for _, verdict in verdicts]
    started = sum(len(group['runs']) for group in groups.values())
    count = ', '.join(f'{words.count(word)} *{word}*' for word in (HOLDS, FAILS, UNDECIDED))
    parts = [INTRODUCTION, f'{len(words)} claims: {count}. {started} runs so far.\n']
    for name, table in tables.items():
        parts.append('\n'.join(_table(name, table, groups[name],
                                      [pair for pair in verdicts if pair[0].table == name])))
    return '\n'.join(parts)


def _table(name: str, table: Table, group: dict, verdicts: list[tuple[Claim, Verdict]]) -> Iterator[str]:
    yield f'## {table.title[0].upper()}{table.title[1:]}\n'
    budget = '{iterations} iterations a run, {images} test images'.format(**group['budget']) \
        if group['runs'] else 'no run yet'
    yield f"ToyWorld config: `{group['base'] or table.base}`; {budget}.\n"
    if table.finding and group['runs']:
        yield f'{table.finding}\n'
    yield '| claim | measure | paper | ours | improvement | seeds | p | verdict |'
    yield '|---|---|---|---|---|---:|---:|---|'
    for claim, verdict in verdicts:
        measure = claim.measure
        ours = ' / '.join(_mean(group['runs'], row, measure.ours) for row in (claim.better, claim.worse))
        paper = ' / '.join(f'{figure:g}' for figure in claim.figures) or 'pictures'
        yield (f'| {claim.better} > {claim.worse} | {measure.paper}: `{measure.ours}` | {paper} | {ours} | '
               f'{_spread(verdict)} | {verdict.seeds} | {_p(verdict)} | *{verdict.word}* |')
    yield ''


def _mean(runs: dict[str, dict], row: str, measure: str) -> str:
    values = values_of(runs, row, measure)
    return f'{np.mean(list(values.values())):.4g}' if values else '–'


def _spread(verdict: Verdict) -> str:
    if not verdict.seeds:
        return '–'
    return f'{verdict.mean:+.3g}' + (f' ± {verdict.deviation:.2g}' if verdict.seeds > 1 else '')


def _p(verdict: Verdict) -> str:
    return '–' if np.isnan(verdict.p) else f'{verdict.p:.3f}'
