"""A benchmark run in the process of the tests, which saves it the seconds of its imports."""
import importlib
import json
import sys
from pathlib import Path
from unittest import mock

import torch

BENCHMARKS = Path(__file__).parents[2] / 'benchmarks'


def rows_of(script: str, folder: Path, *arguments) -> list[dict]:
    """The rows that ``benchmarks/<script>.py`` writes, timed as briefly as it can and with one thread."""
    path, threads = folder / f'{script}.json', torch.get_num_threads()
    words = [f'{script}.py', *map(str, arguments), '--seconds', '0', '--threads', '1', '--json', str(path)]
    sys.path.insert(0, str(BENCHMARKS))
    try:
        with mock.patch.object(sys, 'argv', words):
            importlib.import_module(script).main()
    finally:
        sys.path.remove(str(BENCHMARKS))
        torch.set_num_threads(threads)
    return json.loads(path.read_text())['rows']
