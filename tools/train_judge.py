"""Train a judge of ToyWorld: python tools/train_judge.py NAME

Minutes on one core. Weights and metafile go where the metrics look for them, or to --out.
"""
import argparse
from pathlib import Path

from ggtoolbox.apis.command import SEED, run_command, whole
from ggtoolbox.apis.judging.judge_making import make_judge
from ggtoolbox.apis.judging.judge_training import RECIPES
from ggtoolbox.evaluation.judge import FOLDER


def main() -> None:
    parser = argparse.ArgumentParser(description='Train a judge of ToyWorld, measure it, write its weights.')
    parser.add_argument('name', help=f'among {", ".join(RECIPES)}')
    parser.add_argument('--iterations', type=whole(1), help="default: the recipe's")
    parser.add_argument('--seed', type=SEED, default=0)
    parser.add_argument('--images', type=whole(2),
                        help="real ones that it is measured on (default: the protocol's)")
    parser.add_argument('--out', type=Path, default=FOLDER, help='folder for weights and metafile')
    args = parser.parse_args()
    print(make_judge(args.name, args.iterations, args.seed, args.out, args.images))


if __name__ == '__main__':
    run_command(main)
