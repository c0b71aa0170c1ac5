"""Write the model zoo's page, index and counted fields: python tools/model_zoo.py [--check]"""
import argparse
from pathlib import Path

import ggtoolbox.interrupts  # noqa: F401
from ggtoolbox.apis.command import run_command
from ggtoolbox.apis.zoo.metafiles import zoo_files
from ggtoolbox.errors import InputError

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description='Write model_zoo.md, model-index.yml and the fields of '
                                                 'configs/*/metafile.yml that are counted or measured.')
    parser.add_argument('--check', action='store_true',
                        help='write nothing; fail if a file is out of date (parameters are not recounted)')
    args = parser.parse_args()
    files = zoo_files(ROOT, recount=not args.check)
    names = ', '.join(str(path.relative_to(ROOT)) for path in files)
    if args.check and files:
        raise InputError(f'{names}: out of date; run python tools/model_zoo.py')
    for path, text in files.items():
        path.write_text(text, encoding='utf-8')
    print(f'{names or "all files"}: {"written" if files else "up to date"}')


if __name__ == '__main__':
    run_command(main)
