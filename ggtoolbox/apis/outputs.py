"""The one guard of all tools: what is written goes nowhere where something is read."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ggtoolbox.datasets.files import IMAGE_SUFFIXES
from ggtoolbox.errors import InputError
from ggtoolbox.writing import make_folder

LOOKED_AT = 1000  # samples of a data set, spread over it, whose folders are known then


def output_folder(folder: str | Path, inputs: Iterable[str | Path | None] = (), flag: str = '--out') -> Path:
    """A folder to write to, which is made, its parents too.

    Args:
        inputs: files and folders that are read; None stands for one that was not given.
        flag: what errors call it.

    Raises:
        InputError: it holds an input, is a file, or cannot be made.
    """
    refuse_inputs(folder, inputs, flag)
    try:
        return make_folder(folder)
    except InputError as error:
        raise InputError(f'{flag}: {error}') from None


def output_file(file: str | Path, inputs: Iterable[str | Path | None] = (), flag: str = '--out') -> Path:
    """A file to write, whose folder is made; as :func:`output_folder`.

    Raises:
        InputError: it is an input or a folder, or its folder holds an input.
    """
    file, inputs = Path(file), [path for path in inputs if path is not None]
    if file.is_dir():
        raise InputError(f'{flag}: expected a file to write, found the folder {file}')
    folders = [path for path in inputs if not Path(path).is_file()]
    if any(same_place(file, path) for path in inputs):
        raise InputError(f'{flag}: expected a file that is not read, found {file}, which is an input')
    output_folder(file.parent, [path for path in folders if same_place(path, file.parent)], flag)
    return file


def refuse_inputs(folder: str | Path, inputs: Iterable[str | Path | None], flag: str = '--out') -> None:
    """Raise :class:`InputError` if a folder holds an input.

    That is one of the files and folders that are read, at any depth, or pictures, where it lies in such a
    folder itself.
    """
    out = Path(folder).resolve()
    for given in inputs:
        if given is None:
            continue
        path, real = Path(given), Path(given).resolve()
        if out == real:
            raise InputError(f'{flag}: {folder} is a folder that is read; expected another one')
        if not path.exists():
            continue
        if out in real.parents or (real in out.parents and _holds_pictures(out)):
            raise InputError(f'{flag}: expected a folder that holds no input, found {folder}, of which '
                             f'{path} is read')


def same_place(one: str | Path, other: str | Path) -> bool:
    """Whether two paths lead to one file or folder."""
    return Path(one).resolve() == Path(other).resolve()


def input_folders(dataset: object) -> set[Path]:
    """The folders that a data set reads files from, as far as its samples name them (``<role>_path``)."""
    inner = getattr(dataset, 'datasets', None) or [getattr(dataset, 'dataset', None)]
    if inner != [None]:
        return {folder for one in inner for folder in input_folders(one)}
    if not hasattr(dataset, 'get_data_info'):
        return set()
    step = max(1, len(dataset) // LOOKED_AT)
    samples = (dataset.get_data_info(index) for index in range(0, len(dataset), step))
    return {Path(value).parent for sample in samples if isinstance(sample, Mapping)
            for key, value in sample.items() if str(key).endswith('path') and isinstance(value, str)}


def _holds_pictures(folder: Path) -> bool:
    return folder.is_dir() and any(path.suffix.lower() in IMAGE_SUFFIXES for path in folder.iterdir())
