"""Exported generators beside PyTorch: differences, sizes and times of one image with one thread.

    python benchmarks/export.py                        # every ToyWorld model of the zoo that has weights
    python benchmarks/export.py --random-weights       # every ToyWorld config, with weights drawn anew
    python benchmarks/export.py gaugan_sau_toyworld-64 lggan_toyworld-64

With drawn weights a network is run a few times in train mode first, so that running statistics and spectral
vectors fit its features, as a trained one's do.
"""
from __future__ import annotations

import argparse
import tempfile

from ggtoolbox.apis.analysis.untrained import untrained_model
from ggtoolbox.apis.command import run_command
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.export.check import check_export, format_checks
from ggtoolbox.apis.export.exporting import FORMATS, export_model
from ggtoolbox.apis.inference import init_model
from ggtoolbox.apis.zoo.models import find_model, list_models
from ggtoolbox.errors import InputError


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('models', nargs='*', help='names of models of the zoo')
    parser.add_argument('--random-weights', action='store_true', help='draw the weights')
    parser.add_argument('--format', nargs='+', choices=FORMATS, default=['onnx'])
    parser.add_argument('--out', help='folder that keeps the files')
    args = parser.parse_args()
    names = args.models or [name for name in list_models('*_toyworld-64')
                            if args.random_weights or find_model(name).weights]
    if not names:
        raise InputError('no ToyWorld model of the zoo has weights; --random-weights draws some')
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            drawn = args.random_weights
            model = untrained_model(load_config(find_model(name).config)) if drawn else init_model(name)
            model.options = model.options.changed(dict(dropout_at_test=False))
            files = export_model(model, args.out or folder, name, args.format, outputs=None)
            rows += [(name, check) for check in check_export(model, files)]
            print(format_checks(rows[-len(files):]).splitlines()[-1], flush=True)
    print(format_checks(rows))


if __name__ == '__main__':
    run_command(main)
