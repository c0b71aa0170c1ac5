"""Score of copying the source image: ggtoolbox copy-baseline CONFIG

A system that turns a source image into a target image has learnt something when it scores better than the
source image itself, by the config's own metrics on its own test data.
"""
import argparse

from ggtoolbox.apis.baseline import copy_baseline
from ggtoolbox.apis.command import add_config_arguments
from ggtoolbox.apis.config import load_config


def main() -> None:
    parser = argparse.ArgumentParser(description='Evaluate the source image in place of a generated one.')
    add_config_arguments(parser)
    parser.add_argument('--key', default='source_image', help='field of the sample to be judged')
    args = parser.parse_args()
    for name, value in copy_baseline(load_config(args.config, args.cfg_options), args.key).items():
        print(f'{name}: {value:.4f}')
