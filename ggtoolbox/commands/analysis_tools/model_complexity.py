"""Parameters and FLOPs of a config's networks: ggtoolbox model-complexity CONFIG"""
import argparse
import json
from pathlib import Path

from ggtoolbox.apis.analysis.complexity import model_complexity
from ggtoolbox.apis.command import add_config_arguments, whole
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.outputs import output_file
from ggtoolbox.apis.reading.sizes import picture_size
from ggtoolbox.writing import write_text


def main() -> None:
    parser = argparse.ArgumentParser(description="Count the parameters and FLOPs of a config's networks.")
    add_config_arguments(parser)
    parser.add_argument('--shape', type=whole(1), nargs=2, metavar=('H', 'W'),
                        help='size of a picture (default: of the training data)')
    parser.add_argument('--json', type=Path, metavar='PATH', help='write the numbers to this file')
    args = parser.parse_args()

    if args.json:
        output_file(args.json, flag='--json')
    cfg = load_config(args.config, args.cfg_options)
    costs = model_complexity(cfg, args.shape)
    height, width = args.shape or picture_size(cfg)
    print(f'{Path(args.config).stem}, pictures of {height} x {width} pixels (height x width)')
    print(f'{"network":<28}  {"player":<26}  {"parameters":>13}  {"GFLOPs":>10}')
    for cost in costs:
        print(f'{cost.network:<28}  {cost.player:<26}  {cost.parameters:>13,}  {cost.flops / 1e9:>10.4f}')
    if args.json:
        write_text(args.json, json.dumps([cost._asdict() for cost in costs], indent=1) + '\n')
