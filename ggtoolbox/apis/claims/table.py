"""A paper's ablation table, as it is put to the test: rows, figures, and what is claimed of pairs of rows."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ggtoolbox.errors import InputError


class Measure(NamedTuple):
    """A column of the paper's table.

    Attributes:
        paper: its name there.
        ours: of the judges' protocol for the same thing.
        sign: 1 where higher is better, -1 where lower is.
    """

    paper: str
    ours: str
    sign: int = 1


class Row(NamedTuple):
    """A row.

    Attributes:
        figures: the paper's, one a measure; empty where it shows pictures alone.
        ablation: the row's config, a path below ``configs`` without ending.
        base: the ToyWorld config that takes the place of what that config is based on, likewise; empty for
            the table's.
        settings: what must differ in that ToyWorld config before the row's own settings come, by sections.
        trained_as: another row; this one is that training tested otherwise.
    """

    figures: tuple[float, ...]
    ablation: str
    base: str = ''
    settings: dict[str, Any] = {}
    trained_as: str = ''


class Table(NamedTuple):
    """A table.

    Attributes:
        title: what it is about, and where it stands.
        base: as in :class:`Row`.
        measures: those of its columns that the judges have.
        rows: by the paper's names.
        pairs: (better, worse) rows as the paper says.
        settings: as in :class:`Row`, of all rows.
        finding: what is known about the reason of its verdicts, and the command that showed it.
    """

    title: str
    base: str
    measures: tuple[Measure, ...]
    rows: dict[str, Row]
    pairs: tuple[tuple[str, str], ...]
    settings: dict[str, Any] = {}
    finding: str = ''

    @property
    def trainings(self) -> list[str]:
        """Rows that are trained."""
        return [name for name, row in self.rows.items() if not row.trained_as]


class Claim(NamedTuple):
    """That one row is better than another by one measure.

    Attributes:
        table: its name.
        better, worse: rows.
        measure: by which.
        figures: the paper's of both; empty where it shows pictures alone.
    """

    table: str
    better: str
    worse: str
    measure: Measure
    figures: tuple[float, ...]


def claims_of(name: str, table: Table) -> Iterator[Claim]:
    """A claim a pair and measure, where the paper's own figures say so.

    Raises:
        InputError: a pair of a row that there is not, a row with another number of figures.
    """
    for pair in table.pairs:
        for row in pair:
            if row not in table.rows:
                raise InputError(f'table {name}: there is no row {row!r}')
            if table.rows[row].figures and len(table.rows[row].figures) != len(table.measures):
                raise InputError(f'table {name}, row {row!r}: expected {len(table.measures)} figures, found '
                                 f'{len(table.rows[row].figures)}')
        figures = [table.rows[row].figures for row in pair]
        for place, measure in enumerate(table.measures):
            if not all(figures):
                yield Claim(name, *pair, measure, ())
            elif measure.sign * (figures[0][place] - figures[1][place]) > 0:
                yield Claim(name, *pair, measure, tuple(row[place] for row in figures))


def all_claims(tables: dict[str, Table], names: Sequence[str] | None = None) -> list[Claim]:
    """Of the tables of these names, or of all."""
    return [claim for name in names or tables for claim in claims_of(name, tables[name])]
