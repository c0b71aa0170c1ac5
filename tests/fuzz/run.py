"""The table of outcomes, and what is wrong: python tests/fuzz/run.py [--tool NAME] [--only TEXT]"""
from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import commands  # noqa: E402
import place  # noqa: E402
from outcomes import SECONDS, Outcome, run, table  # noqa: E402

# What every tool imports, once for all forks.
import ggtoolbox.apis.analysis.benchmark  # noqa: E402, F401
import ggtoolbox.apis.export.exporting  # noqa: E402, F401
import ggtoolbox.apis.folders  # noqa: E402, F401
import ggtoolbox.apis.inferencer  # noqa: E402, F401
import ggtoolbox.apis.running  # noqa: E402, F401
from ggtoolbox import registry  # noqa: E402

Input = tuple[str, tuple[str, ...]]


def outcomes(inputs: Iterable[Input], folder: Path, seconds: int = SECONDS) -> Iterable[Outcome]:
    """Run inputs one by one, each in a place of its own making's state."""
    place.make(folder)
    for name in registry.__dict__.values():
        if isinstance(name, registry.Registry):
            name.known()  # its room is imported
    for number, (tool, words) in enumerate(inputs):
        yield run(tool, words, folder, folder / 'said' / str(number), seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--tool')
    parser.add_argument('--only')
    parser.add_argument('--seconds', type=int, default=SECONDS)
    args = parser.parse_args()
    inputs = [(tool, words) for tool, words in commands.inputs()
              if args.tool in (None, tool) and (args.only or '') in ' '.join(words)]
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for outcome in outcomes(inputs, Path(folder), args.seconds):
            found.append(outcome)
            if outcome.kind != 'sentence':
                print(outcome, flush=True)
    print(table(found))


if __name__ == '__main__':
    main()
