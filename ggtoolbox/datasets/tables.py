"""Tables and arrays of numbers from files; what is wrong in one is said with its file and line."""
from __future__ import annotations

import csv
import math
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import Faults, InputError
from ggtoolbox.plain_files import read_lines, require_file

MOST_ARCHIVE_BYTES = 1 << 32  # of the arrays in an .npz file, unpacked


def read_table(path: str | Path, columns: Sequence[str], what: str) -> list[tuple[int, dict[str, str]]]:
    """Line number and values by column name of each row of a CSV file with a line of names.

    Args:
        columns: those that must be there.
        what: the kind of table, for errors.

    Raises:
        InputError: a column or a file that is missing; a row with more or fewer values than there are
            columns; an unclosed quote.
    """
    lines = read_lines(path, what)
    reader = csv.reader((line + '\n' for line in lines), strict=True, skipinitialspace=True)
    names: list[str] | None = None
    rows, started = [], 1
    with Faults(can_go_on=True) as faults:
        try:
            for values in reader:
                where, line = f'{path}, line {started}', started
                multiline, started = reader.line_num > started, reader.line_num + 1
                if not any(map(str.strip, values)):
                    continue
                if multiline:
                    raise InputError(f'{where}: a quote is opened that is not closed in this line')
                if names is None:
                    names = [name.strip() for name in values]
                    missing = [column for column in columns if column not in names]
                    if missing:
                        raise InputError(f'{path}: a {what} has the columns {_listed(columns)}, found '
                                         f'{names}')
                elif len(values) != len(names):
                    faults.add(f'{where}: expected {len(names)} values ({", ".join(names[:4])}'
                               f'{", ..." if len(names) > 4 else ""}), found {len(values)}')
                else:
                    rows.append((line, dict(zip(names, map(str.strip, values)))))
        except csv.Error as error:
            faults.add(f'{path}, line {started}: this row of a {what} cannot be read ({error})')
    if names is None:
        raise InputError(f'{path}: a {what} has the columns {_listed(columns)}, found an empty file')
    return rows


def _listed(columns: Sequence[str]) -> str:
    return ' and '.join(map(repr, columns)) if len(columns) < 4 else f'{columns[0]!r} to {columns[-1]!r}'


def finite(text: str, where: str) -> float:
    """The number that a text says; :class:`InputError` where it is none, NaN or infinite."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f'{where}: expected a finite number, found {text!r}')
    return value


def numbers_of_lines(lines: Sequence[str], where: str, first: int = 1, separator: str | None = None
                     ) -> NDArray[np.float64]:
    """(rows, columns) of lines of numbers; empty lines, and what follows a #, are left out.

    Args:
        where: the file, for errors.
        first: number of the first line in it.
        separator: None: blanks, commas or both.

    Raises:
        InputError: no number, or one that is not finite; a row of another length than the first; no rows.
    """
    rows: list[list[float]] = []
    with Faults(can_go_on=True) as faults:
        for number, line in enumerate(lines, first):
            line = line.partition('#')[0].strip()
            if not line:
                continue
            parts = line.replace(',', ' ').split() if separator is None else line.split(separator)
            at = f'{where}, line {number}'
            row = [faults.attempt(finite, part.strip(), at) for part in parts]
            if rows and len(row) != len(rows[0]):
                faults.add(f'{at}: expected {len(rows[0])} numbers as in the lines above, found {len(row)}')
            elif None not in row:
                rows.append(row)
    if not rows:
        raise InputError(f'{where}: expected lines of numbers, found none')
    return np.array(rows, np.float64)


def read_numbers(path: str | Path, what: str = 'text file of numbers') -> NDArray[np.float64]:
    """(rows, columns) of a text file; see :func:`numbers_of_lines`."""
    return numbers_of_lines(read_lines(path, what), str(path))


def check_finite(array: NDArray, where: str) -> NDArray:
    """The array; :class:`InputError` where a value of it is NaN or infinite, naming its place."""
    if array.dtype.kind == 'f' and not np.isfinite(array).all():
        place = tuple(int(axis[0]) for axis in np.nonzero(~np.isfinite(array)))
        raise InputError(f'{where}: expected finite numbers, found {array[place]} at {place}')
    return array


def read_array(path: str | Path, what: str = 'numbers') -> NDArray:
    """The numbers of an ``.npy`` file, all of them finite.

    Raises:
        InputError: no such file; broken, or shorter than its header says; no numbers.
    """
    path = require_file(path, f'file of {what}')
    try:
        # Mapping compares the header's shape with the file's length before any memory is taken.
        mapped = np.load(path, mmap_mode='r', allow_pickle=False)
        if not isinstance(mapped, np.ndarray) or mapped.dtype.kind not in 'biuf':
            raise ValueError(f'it holds {getattr(mapped, "dtype", "several arrays")}')
        array = np.array(mapped)
    except Exception as error:  # a header may say anything
        raise InputError(f'{path}: no array of numbers can be read from it, expected a NumPy file of {what} '
                         f'({error})') from None
    return check_finite(array, str(path))


def read_archive(path: str | Path, names: Sequence[str], what: str) -> list[NDArray]:
    """The arrays of these names in an ``.npz`` file, all of them of finite numbers.

    Raises:
        InputError: no such file; broken; an array that is missing; more than ``MOST_ARCHIVE_BYTES``.
    """
    path = require_file(path, what)
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MOST_ARCHIVE_BYTES:
            raise ValueError(f'{size} bytes when unpacked')
        with np.load(path, allow_pickle=False) as file:
            arrays = [np.asarray(file[name], np.float64) for name in names]
    except Exception as error:  # as of read_array
        raise InputError(f'{path}: expected a {what} with {_listed(names)} ({error})') from error
    return [check_finite(array, f'{path}, {name}') for name, array in zip(names, arrays)]
