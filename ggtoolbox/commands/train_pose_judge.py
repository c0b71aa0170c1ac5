"""Train an ST-GCN that tells dances apart: ggtoolbox train-pose-judge

Without files it learns from ToyWorld's dances and is written as a judge, which metrics and configs find by
name. With --files it is the paper's network on a user's own, a file a kind of dance, for the pose perceptual
loss:

    ggtoolbox train-pose-judge --data-root data/mdvs --files kpop.json ballet.json --out
    work_dirs/gcn.safetensors
"""
import argparse
from pathlib import Path

from ggtoolbox.apis.command import SEED, whole
from ggtoolbox.apis.judging.pose_judge import make_pose_judge, train_on_files
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.judge import FOLDER


def main() -> None:
    parser = argparse.ArgumentParser(description='Train an ST-GCN on kinds of dances.')
    parser.add_argument('--name', default='toyworld_dance', help='of the judge (default: toyworld_dance)')
    parser.add_argument('--iterations', type=whole(1), default=600)
    parser.add_argument('--seed', type=SEED, default=0)
    parser.add_argument('--data-root', default='.', help='folder of --files')
    parser.add_argument('--files', nargs='+', help="clips in MDVS's format, a file a kind")
    parser.add_argument('--out', type=Path, help='folder of the judge, or file of weights with --files')
    args = parser.parse_args()
    if args.files is None:
        print(make_pose_judge(args.name, args.out or FOLDER, args.iterations, args.seed))
        return
    if args.out is None or args.out.suffix != '.safetensors':
        raise InputError(f'--out must be a .safetensors file with --files, found {args.out}')
    path, accuracy = train_on_files(args.data_root, args.files, args.out, args.iterations, args.seed)
    print(f'{path}: tells {accuracy:.1%} of the test dances')
