"""Make the files of the person papers from raw data.

    ggtoolbox person-lists market-pairs \\
        data/market_data/market-annotation-test.csv \\
        --out data/market_data/market-pairs-test.csv --sample 12000
    ggtoolbox person-lists deepfashion-images img \\
        --list data/fashion_data/train.lst --out data/fashion_data/train
    ggtoolbox person-lists deepfashion-annotations raw.csv --out cropped.csv
"""
from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

from ggtoolbox.apis.command import whole
from ggtoolbox.apis.outputs import output_file, output_folder
from ggtoolbox.datasets.files import list_images, read_image
from ggtoolbox.datasets.person_files import (
    DEEPFASHION_LEFT,
    DEEPFASHION_WIDTH,
    crop_deepfashion,
    deepfashion_name,
    market_pairs,
    read_annotations,
    sample_pairs,
    write_annotations,
    write_pairs,
)
from ggtoolbox.errors import InputError
from ggtoolbox.plain_files import read_lines

RAW_SIZE = 256


def make_market_pairs(args: argparse.Namespace) -> str:
    """All ordered pairs of one person's images, or a sample of them."""
    pairs = market_pairs(read_annotations(args.source))
    if args.sample is not None:
        pairs = sample_pairs(pairs, args.sample)
    write_pairs(pairs, output_file(args.out, [args.source]))
    return f'{len(pairs)} pairs'


def crop_deepfashion_images(args: argparse.Namespace) -> str:
    """Rename, select and crop DeepFashion's In-shop images."""
    if args.list is None:
        raise InputError('deepfashion-images: --list (train.lst or test.lst) says which images are taken')
    wanted = {line.strip() for line in read_lines(args.list, 'list of images') if line.strip()}
    output_folder(args.out, [args.source, args.list])
    for path in list_images(args.source):
        name = deepfashion_name(Path('fashion', *path.relative_to(args.source).parts))
        if name not in wanted:
            continue
        image = read_image(path)
        if image.shape[:2] != (RAW_SIZE, RAW_SIZE):
            raise InputError(f'{path}: this image is {image.shape[1]} x {image.shape[0]} pixels, expected '
                             f'the In-shop images of {RAW_SIZE} x {RAW_SIZE}')
        cropped = image[:, DEEPFASHION_LEFT:DEEPFASHION_LEFT + DEEPFASHION_WIDTH]
        Image.fromarray(cropped).save(args.out / name, quality=95)
        wanted.remove(name)
    if wanted:
        raise InputError(f'{args.list}: {len(wanted)} of its images were not found below {args.source}, the '
                         f'first is {min(wanted)}')
    return 'images'


def crop_deepfashion_annotations(args: argparse.Namespace) -> str:
    """Move key points of 256 x 256 pictures into the crop."""
    keypoints = read_annotations(args.source)
    write_annotations({name: crop_deepfashion(points) for name, points in keypoints.items()},
                      output_file(args.out, [args.source]))
    return f'key points of {len(keypoints)} images'


COMMANDS = {'market-pairs': make_market_pairs, 'deepfashion-images': crop_deepfashion_images,
            'deepfashion-annotations': crop_deepfashion_annotations}


def main() -> None:
    parser = argparse.ArgumentParser(description='Make the files of the person papers from raw data.')
    parser.add_argument('command', choices=list(COMMANDS))
    parser.add_argument('source', type=Path, help='key points (.csv), or the folder of the raw images')
    parser.add_argument('--out', required=True, type=Path, help='file (or, for images, folder) to write')
    parser.add_argument('--sample', type=whole(1), help='market-pairs: so many pairs; all if left out')
    parser.add_argument('--list', type=Path, help='deepfashion-images: names of the images to take')
    args = parser.parse_args()
    print(f'{args.out}: {COMMANDS[args.command](args)}')
