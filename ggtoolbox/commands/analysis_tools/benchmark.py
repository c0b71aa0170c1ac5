"""Step time and peak memory of a config: ggtoolbox benchmark CONFIG"""
import argparse
import json
from pathlib import Path

from ggtoolbox.apis.analysis.benchmark import MODES, Settings, benchmark
from ggtoolbox.apis.command import add_config_arguments, whole
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.outputs import output_file
from ggtoolbox.writing import write_text


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Measure a config's own steps on its own data, which are drawn before.")
    add_config_arguments(parser)
    parser.add_argument('--mode', nargs='+', choices=MODES, default=MODES, help='default: both')
    parser.add_argument('--iterations', type=whole(1), default=20, help='steps of which the median is told')
    parser.add_argument('--batch-size', type=whole(1), help="default: the config's")
    parser.add_argument('--device', choices=('cpu', 'cuda'), default='cpu')
    parser.add_argument('--threads', type=whole(1), help='of the CPU')
    parser.add_argument('--amp', action='store_true', help='mixed precision (bfloat16)')
    parser.add_argument('--compile', action='store_true', help='torch.compile every network')
    parser.add_argument('--fast', action='store_true',
                        help='what was measured to be fastest for this system (in training)')
    parser.add_argument('--noise', action='store_true', help='noise in place of the data')
    parser.add_argument('--json', type=Path, metavar='PATH', help='write the numbers to this file')
    args = parser.parse_args()

    if args.json:
        output_file(args.json, flag='--json')
    cfg, rows = load_config(args.config, args.cfg_options), []
    for mode in args.mode:
        found = benchmark(cfg, Settings(mode, args.iterations, args.batch_size, args.device, args.threads,
                                        args.amp, args.compile, args.noise, args.fast))
        rows.append(dict(config=Path(args.config).stem, **found._asdict()))
        print(f'{Path(args.config).stem}  {mode:<9}  batch {found.batch_size}  {found.step_seconds:8.4f} s  '
              f'peak {found.peak_mb:8.1f} MB  ({found.hardware})', flush=True)
    if args.json:
        write_text(args.json, json.dumps(rows, indent=1) + '\n')
