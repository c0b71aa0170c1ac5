"""Train, publish and judge systems on ToyWorld: ggtoolbox judge-everything --out DIR"""
import argparse
import glob
from pathlib import Path

from ggtoolbox.apis.command import whole
from ggtoolbox.apis.config_files import find_config
from ggtoolbox.apis.judging.everything import add_judging_arguments, judge_everything
from ggtoolbox.apis.judging.row import Place
from ggtoolbox.apis.judging.training import end_by_signal, plan_run
from ggtoolbox.apis.places import zoo_root
from ggtoolbox.apis.settings.options import ConfigOptions
from ggtoolbox.errors import InputError

DEFAULT = '*/*_toyworld-64.py'


def find_configs(patterns: list[str] | None) -> list[Path]:
    """Configs by path, name or shell pattern, in order; no two of one name, which is that of a row."""
    if not patterns:
        found = sorted((zoo_root() / 'configs').glob(DEFAULT))
    else:
        found = [find_config(path) for pattern in patterns
                 for path in sorted(glob.glob(pattern)) or [pattern]]
    names = [path.stem for path in found]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f'--configs: expected configs of different names, found two of {name}')
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description='Train, publish and judge systems on ToyWorld, a row each. A call that was broken off '
                    'goes on; what is done is not done again.')
    add_judging_arguments(parser)
    parser.add_argument('--configs', nargs='+', metavar='GLOB',
                        help=f'configs on ToyWorld (default: all of configs/{DEFAULT})')
    parser.add_argument('--images', type=whole(1), metavar='N',
                        help="budget of each system, in pictures seen (default: each config's schedule)")
    parser.add_argument('--iterations', type=whole(1), metavar='N',
                        help='budget of each system, in iterations')
    parser.add_argument('--test-images', type=whole(2), metavar='N', help="default: the protocols' number")
    parser.add_argument('--cfg-options', nargs='+', action=ConfigOptions, metavar='KEY=VALUE',
                        help='change settings of all the configs')
    args = parser.parse_args()
    end_by_signal()
    runs = [plan_run(config, args.out / 'runs', args.seed, args.images, args.iterations, args.cfg_options)
            for config in find_configs(args.configs)]
    judge_everything(runs, Place(args.out, zoo_root() / 'tools', args.test_images), args.cores, args.timing)
    print(args.out / 'toyworld.md')
