"""Write docs/gallery.md: every shipped model on the same inputs: python tools/analysis_tools/gallery.py"""
import argparse
from pathlib import Path

from ggtoolbox.apis.command import run_command, whole
from ggtoolbox.apis.zoo.gallery import shipped_models, write_gallery

DOCS = Path(__file__).resolve().parents[2] / 'docs'


def main() -> None:
    parser = argparse.ArgumentParser(
        description='Write a page that shows every shipped model on the same inputs.')
    parser.add_argument('--out', type=Path, default=DOCS,
                        help='folder for gallery.md and images/ (default: docs)')
    parser.add_argument('--images', type=whole(1), default=4, metavar='N', help='scenes a task')
    args = parser.parse_args()
    print(write_gallery(args.out, shipped_models(), args.images))


if __name__ == '__main__':
    run_command(main)
