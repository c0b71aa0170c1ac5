"""Write the model zoo's page, index and counted fields: ggtoolbox model-zoo [--check]"""
import argparse

from ggtoolbox.apis.places import checkout
from ggtoolbox.apis.zoo.metafiles import zoo_files
from ggtoolbox.errors import InputError


def main() -> None:
    parser = argparse.ArgumentParser(description='Write model_zoo.md, model-index.yml and the fields of '
                                                 'configs/*/metafile.yml that are counted or measured.')
    parser.add_argument('--check', action='store_true',
                        help='write nothing; fail if a file is out of date (parameters are not recounted)')
    args = parser.parse_args()
    root = checkout()
    files = zoo_files(root, recount=not args.check)
    names = ', '.join(str(path.relative_to(root)) for path in files)
    if args.check and files:
        raise InputError(f'{names}: out of date; run ggtoolbox model-zoo')
    for path, text in files.items():
        path.write_text(text, encoding='utf-8')
    print(f'{names or "all files"}: {"written" if files else "up to date"}')
