"""Write a generator as ONNX and as an exported program of PyTorch:

    ggtoolbox export gaugan_sau_toyworld-64 --out exported --check
    ggtoolbox export CONFIG CHECKPOINT --out exported --format onnx --outputs all
"""
import argparse
from pathlib import Path

from ggtoolbox.apis.command import add_trust_argument, whole
from ggtoolbox.apis.export.check import TOLERANCE, check_export, format_checks
from ggtoolbox.apis.export.exporting import FORMATS, export_model, input_names
from ggtoolbox.apis.inference import init_model
from ggtoolbox.apis.zoo.models import locate
from ggtoolbox.errors import InputError
from ggtoolbox.fetching import file_sha256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('model', help='name of a model of the zoo, or name or path of a config')
    parser.add_argument('checkpoint', nargs='?', help="path or URL of a checkpoint (default: the zoo's)")
    parser.add_argument('--out', required=True, help='folder for <name>.onnx and <name>.pt2')
    parser.add_argument('--format', nargs='+', choices=FORMATS, default=list(FORMATS))
    parser.add_argument('--outputs', nargs='+', default=['image'], metavar='NAME',
                        help="what the file returns, such as image weight_map, or 'all' (default: image)")
    parser.add_argument('--opset', type=whole(1), help="of ONNX (default: PyTorch's)")
    parser.add_argument('--dynamic-size', action='store_true', help='height and width are free, too')
    parser.add_argument('--without-dropout', action='store_true',
                        help='switch off dropout that the model would leave active at test')
    parser.add_argument('--check', action='store_true',
                        help='run the files beside PyTorch and print differences, sizes and times')
    add_trust_argument(parser)
    args = parser.parse_args()

    config, checkpoint = locate(args.model, args.checkpoint)
    model = init_model(config, checkpoint)
    if args.without_dropout:
        model.options = model.options.changed(dict(dropout_at_test=False))
    outputs = None if args.outputs == ['all'] else args.outputs
    name = Path(config).stem
    files = export_model(model, args.out, name, args.format, outputs, args.opset, args.dynamic_size,
                         file_sha256(checkpoint))
    for file in files:
        print(f'{file}: {", ".join(input_names(model))} -> {", ".join(args.outputs)}')
    if args.check:
        checks = check_export(model, files)
        print(format_checks([(name, check) for check in checks]))
        for check in checks:
            if not check.difference <= TOLERANCE:
                raise InputError(f"{check.file}: expected PyTorch's outputs within {TOLERANCE:.0e}, found a "
                                 f'difference of {check.difference:.1e}')
