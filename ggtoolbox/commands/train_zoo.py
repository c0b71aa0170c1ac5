"""Train what a list names, publish it, judge it, ship it: ggtoolbox train-zoo LIST --out DIR

LIST is a text file: a config a line, in the order in which they are wanted; # begins a remark. May be stopped
at any time (Ctrl-C, SIGTERM), and goes on to the bit with the same command; what is done is not done again.
"""
import argparse
from pathlib import Path

from ggtoolbox.apis.config_files import find_config
from ggtoolbox.apis.judging.everything import add_judging_arguments, judge_everything
from ggtoolbox.apis.judging.row import Place
from ggtoolbox.apis.judging.shipping import ship
from ggtoolbox.apis.judging.training import end_by_signal, is_finished, plan_run
from ggtoolbox.apis.places import checkout, zoo_root
from ggtoolbox.errors import InputError


def read_list(path: Path) -> list[Path]:
    """The configs of a list, by path or name.

    Raises:
        InputError: no such list, nothing in it, or no such config.
    """
    if not path.is_file():
        raise InputError(f'{path}: there is no such list of configs')
    lines = [line.split('#')[0].strip() for line in path.read_text(encoding='utf-8').splitlines()]
    if not any(lines):
        raise InputError(f'{path}: expected a config a line, found none')
    try:
        return [find_config(line) for line in lines if line]
    except InputError as error:
        raise InputError(f'{path}: {error}') from None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('list', type=Path, metavar='LIST')
    add_judging_arguments(parser)
    parser.add_argument('--finished', action='store_true',
                        help='train nothing: publish and judge what has finished')
    parser.add_argument('--ship', action='store_true',
                        help='put weights, figures and metafiles into this checkout')
    args = parser.parse_args()
    end_by_signal()
    runs = [plan_run(config, args.out / 'runs', args.seed) for config in read_list(args.list)]
    if args.finished:
        runs = [run for run in runs if is_finished(run)]
    rows = judge_everything(runs, Place(args.out, zoo_root() / 'tools'), args.cores, args.timing)
    print(args.out / 'toyworld.md')
    if args.ship:
        print('\n'.join(map(str, ship(rows, args.out, checkout()))))
