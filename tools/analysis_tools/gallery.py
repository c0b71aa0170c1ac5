"""Write docs/gallery.md, every shipped model on the same inputs, and the pictures of README:
python tools/analysis_tools/gallery.py"""
import argparse
from pathlib import Path

import ggtoolbox.interrupts  # noqa: F401
from ggtoolbox.apis.command import run_command, whole
from ggtoolbox.apis.zoo.gallery import overview, shipped_models, write_gallery
from ggtoolbox.engine.sheets import write_image

DOCS = Path(__file__).resolve().parents[2] / 'docs'
STREETS = ('gaugan_sau_toyworld-64',) * 2
OTHERS = (('xinggan_toyworld-64', 'c2gan_toyworld-64'),
          ('lggan_cross_view_toyworld-64', 'gesturegan_toyworld-64'))


def main() -> None:
    parser = argparse.ArgumentParser(
        description='Write a page that shows every shipped model on the same inputs.')
    parser.add_argument('--out', type=Path, default=DOCS,
                        help='folder for gallery.md and images/ (default: docs)')
    parser.add_argument('--images', type=whole(1), default=3, metavar='N', help='scenes a task')
    args = parser.parse_args()
    print(write_gallery(args.out, shipped_models(), args.images))
    for name, models, images, columns in (
            ('gaugan_sau', [STREETS], 4, ('label', 'target_image', 'image')),
            ('views_faces_poses', OTHERS, 3, ('source_image', 'target_guide', 'target_image', 'image'))):
        write_image(args.out / f'images/{name}_toyworld-64.png', overview(models, images, columns))


if __name__ == '__main__':
    run_command(main)
