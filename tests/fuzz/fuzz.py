"""The table of outcomes, and what is wrong: python tests/fuzz/fuzz.py [--tool NAME] [--only TEXT]"""
from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import bad_commands  # noqa: E402
import fuzz_place  # noqa: E402
from outcomes import SECONDS, Outcome, run, table  # noqa: E402

# What tools import, once for all forks.
import ggtoolbox.apis.analysis.benchmark  # noqa: E402, F401
import ggtoolbox.apis.export.exporting  # noqa: E402, F401
import ggtoolbox.apis.folders  # noqa: E402, F401
import ggtoolbox.apis.inferencer  # noqa: E402, F401
import ggtoolbox.apis.running  # noqa: E402, F401
from ggtoolbox import registry  # noqa: E402

Input = tuple[str, tuple[str, ...]]


def outcomes(inputs: Sequence[Input], folder: Path, seconds: int = SECONDS) -> Iterator[Outcome]:
    """Run inputs one by one in a folder that is made for them."""
    fuzz_place.make(folder)
    for one in registry.all_registries():
        if isinstance(one, registry.Registry):
            one.known()  # its room is imported
    for number, (tool, words) in enumerate(inputs):
        yield run(tool, words, folder, folder / 'said' / str(number), seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--tool', help='inputs of this tool alone')
    parser.add_argument('--only', default='', metavar='TEXT', help='inputs that hold this text')
    parser.add_argument('--seconds', type=int, default=SECONDS, help='time of one input, until it hangs')
    args = parser.parse_args()
    inputs = [(tool, words) for tool, words in bad_commands.inputs()
              if args.tool in (None, tool) and args.only in ' '.join(words)]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for outcome in outcomes(inputs, Path(folder), args.seconds):
            found.append(outcome)
            if outcome.kind != 'sentence':
                print(outcome, flush=True)
    print(table(found))
    return int(any(outcome.kind != 'sentence' for outcome in found))


if __name__ == '__main__':
    sys.exit(main())
