"""Do models follow their guides? ggtoolbox follows-guide MODEL [MODEL ...]

A line a model: how far its images are from the target and from the source, how far the source is from the
target (a model that is not nearer has learnt nothing), how much an image changes when only the guide does,
how much of a grid it has (1: as real images), and what ToyWorld's judges say.
"""
import argparse
import json
from pathlib import Path

from ggtoolbox.apis.command import add_trust_argument, whole
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.judging.following import following_table, follows_guide
from ggtoolbox.apis.outputs import output_file
from ggtoolbox.apis.settings.options import ConfigOptions
from ggtoolbox.apis.zoo.models import locate
from ggtoolbox.writing import write_text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('models', nargs='+', metavar='MODEL',
                        help='names of models of the zoo, or CONFIG=CHECKPOINT')
    parser.add_argument('--images', type=whole(2), metavar='N', help="default: the protocols' number")
    parser.add_argument('--json', type=Path, metavar='PATH', help='write the numbers to this file')
    parser.add_argument('--cfg-options', nargs='+', action=ConfigOptions, metavar='KEY=VALUE',
                        help='change settings of all the configs')
    add_trust_argument(parser)
    args = parser.parse_args()
    if args.json:
        output_file(args.json, flag='--json')
    rows = {}
    for model in args.models:
        path, checkpoint = locate(*model.split('=', 1))
        name = path.stem if '=' not in model else f'{path.stem}, {Path(checkpoint).name}'
        rows[name] = follows_guide(load_config(path, args.cfg_options), checkpoint, args.images)
    print(following_table(rows), end='')
    if args.json:
        write_text(args.json, json.dumps(rows, indent=1) + '\n')
