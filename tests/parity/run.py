"""Compare this toolbox with golden cases: python tests/parity/run.py PATH...

PATH is a case's JSON file or a folder of them. Prints a line for each output,
``case output relative_error ok|FAIL|MISSING``, and last ``cases: N passed, N failed, N not covered``.
Exit code 0 only when nothing failed and nothing was missing.

The family of a case is the longest known beginning of its name; ``adapters/<family>.py`` builds the
toolbox's own networks from what the case says and returns what they compute.
"""
from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from golden import Golden, NotCovered  # noqa: E402

SHOW_TRACEBACK = os.environ.get('GGTOOLBOX_TRACEBACK') == '1'


def find_cases(paths: list[str]) -> list[Golden]:
    """The golden cases at ``paths``; other JSON files of a folder are passed over."""
    cases = []
    for path in map(Path, paths):
        if not path.exists():
            sys.exit(f'{path}: expected a golden case or a folder of them, found nothing there')
        for file in sorted(path.glob('*.json')) if path.is_dir() else [path]:
            if file.with_suffix('.npz').is_file():
                cases.append(Golden(file))
            elif not path.is_dir():
                sys.exit(f'{file}: expected a golden case, but {file.stem}.npz is not beside it')
    return cases


def find_adapter(case: str) -> ModuleType | None:
    """The adapter whose prefix is the longest beginning of the case's name."""
    files = (HERE / 'adapters').glob('*.py')
    adapters = [importlib.import_module(f'adapters.{file.stem}') for file in files]
    known = {prefix: adapter for adapter in adapters for prefix in adapter.PREFIXES}
    fitting = [prefix for prefix in known if case.startswith(prefix)]
    return known[max(fitting, key=len)] if fitting else None


def run_case(case: Golden) -> str:
    """Print a line for each output; returns ``'passed'``, ``'failed'`` or ``'not covered'``."""
    adapter = find_adapter(case.name)
    try:
        if adapter is None:
            raise NotCovered('no adapter for this family')
        results = adapter.run(case)
    except NotCovered as reason:
        print(f'{case.name}: not covered, {reason}', file=sys.stderr)
        return 'not covered'
    except Exception as error:
        if SHOW_TRACEBACK:
            raise
        print(f'{case.name}: {type(error).__name__}: {error}', file=sys.stderr)
        results = dict.fromkeys(case.expected, float('nan'))
    verdicts = []
    for output in case.expected:
        if output not in results:
            error, verdict = float('nan'), 'MISSING'
        else:
            error = case.error(output, results[output])
            verdict = 'ok' if error <= case.tolerance(output) else 'FAIL'
        verdicts.append(verdict)
        print(f'{case.name} {output} {error:.2e} {verdict}')
    return 'passed' if set(verdicts) <= {'ok'} else 'failed'


def main(paths: list[str]) -> int:
    verdicts = Counter(run_case(case) for case in find_cases(paths))
    print(f'cases: {verdicts["passed"]} passed, {verdicts["failed"]} failed, '
          f'{verdicts["not covered"]} not covered')
    return 1 if verdicts['failed'] else 0


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('paths', nargs='+', metavar='PATH', help="a case's JSON file, or a folder")
    sys.exit(main(parser.parse_args().paths))
