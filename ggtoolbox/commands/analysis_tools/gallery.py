"""Write the gallery, every shipped model on the same inputs, and the pictures of README: ggtoolbox gallery"""
import argparse
from pathlib import Path

from ggtoolbox.apis.command import whole
from ggtoolbox.apis.places import checkout
from ggtoolbox.apis.zoo.gallery import changing_hands, overview, shipped_models, write_gallery
from ggtoolbox.engine.sheets import write_image

STREETS = (('gaugan_sau_toyworld-64',) * 2, ('gaugan_sau_vae_toyworld-128',) * 2)
OTHERS = (('lggan_plus_cross_view_toyworld-128', 'xinggan_toyworld-128'),
          ('c2gan_toyworld-128', 'gesturegan_toyworld-128'))


def main() -> None:
    parser = argparse.ArgumentParser(
        description='Write a page that shows every shipped model on the same inputs.')
    parser.add_argument('--out', type=Path,
                        help='folder for gallery.md and images/ (default: docs)')
    parser.add_argument('--images', type=whole(1), default=3, metavar='N', help='scenes a task')
    args = parser.parse_args()
    out = args.out or checkout() / 'docs'
    print(write_gallery(out, shipped_models(), args.images))
    for name, models, images, columns in (
            ('gaugan_sau', STREETS, 2, ('label', 'target_image', 'image')),
            ('views_faces_poses', OTHERS, 2, ('source_image', 'target_guide', 'target_image', 'image'))):
        write_image(out / f'images/{name}_toyworld.png', overview(models, images, columns))
    write_image(out / 'images/gesturegan_hands-96.png', changing_hands('gesturegan_hands-96'))
