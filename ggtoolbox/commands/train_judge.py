"""Train a judge: ggtoolbox train-judge NAME [--data-root DIR]

Of ToyWorld, or of real data (their training split alone), in minutes on one core. Weights and metafile, with
the measures of real images and the floors, go where the metrics look for them, or to --out.
"""
import argparse
from pathlib import Path

from ggtoolbox.apis.command import SEED, whole
from ggtoolbox.apis.judging.judge_making import make_judge
from ggtoolbox.apis.judging.judge_recipes import ALL_RECIPES


def main() -> None:
    parser = argparse.ArgumentParser(description='Train a judge, measure it, write its weights.')
    parser.add_argument('name', help=f'among {", ".join(ALL_RECIPES)}')
    parser.add_argument('--iterations', type=whole(1), help="default: the recipe's")
    parser.add_argument('--seed', type=SEED, default=0)
    parser.add_argument('--images', type=whole(2),
                        help="real ones that it is measured on (default: the protocol's)")
    parser.add_argument('--data-root', help='of real data (default: where their config looks)')
    parser.add_argument('--out', type=Path,
                        help='folder for weights and metafile (default: where metrics look)')
    args = parser.parse_args()
    print(make_judge(args.name, args.iterations, args.seed, args.out, args.images,
                     args.data_root))
