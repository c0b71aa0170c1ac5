"""Write ToyWorld's people, hands and faces to disk as real data sets lie there.

    ggtoolbox toyworld-people-to-disk market --out data/market_data --train 500
    ggtoolbox toyworld-people-to-disk ntu --out data/ntu

A config of the real data set runs on the result with nothing but ``data_root`` changed. Sizes are those of
the real data unless ``--size`` says otherwise.
"""
from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ggtoolbox.apis.command import whole
from ggtoolbox.apis.outputs import output_folder
from ggtoolbox.datasets.celeba_attributes import CELEBA_ATTRIBUTES
from ggtoolbox.datasets.face_landmarks import landmark_picture, landmark_segmentation
from ggtoolbox.datasets.hand_pose import skeleton_picture
from ggtoolbox.datasets.person_files import deepfashion_name, write_annotations, write_pairs
from ggtoolbox.datasets.person_pose import heat_maps, single_pixel_maps
from ggtoolbox.datasets.pictures import write_picture
from ggtoolbox.datasets.toyworld.figure import FigurePair, draw_figure_pair
from ggtoolbox.datasets.toyworld.gesture import draw_hand_pair
from ggtoolbox.datasets.toyworld.portrait import draw_face_pair
from ggtoolbox.errors import InputError

SPLITS = ('train', 'test')
Size = tuple[int, int]


def _write_pairs_of_people(out: Path, split: str, size: Size, pairs: list[FigurePair], prefix: str,
                           name: Callable[[int, int], str], maps: Callable) -> None:
    """Images, pose maps, pair list and key points; of each person both orders are a pair."""
    keypoints, listed = {}, []
    for index, pair in enumerate(pairs):
        names = [name(index, number) for number in (0, 1)]
        listed += [(names[0], names[1]), (names[1], names[0])]
        for file, image, points in zip(names, pair[:2], pair[2:]):
            write_picture(image, out / split / file)
            (out / f'{split}K').mkdir(parents=True, exist_ok=True)
            np.save(out / f'{split}K' / f'{file}.npy', maps(points, size))
            keypoints[file] = points
    write_pairs(listed, out / f'{prefix}pairs-{split}.csv')
    write_annotations(keypoints, out / f'{prefix}annotation-{split}.csv')


def write_market(out: Path, split: str, seed: int, count: int, size: Size) -> None:
    """Two images of each person; the persons of training and test differ."""
    pairs = [draw_figure_pair(seed, index, *size) for index in range(count)]
    _write_pairs_of_people(
        out, split, size, pairs, 'market-', lambda i, n: f'{i + 1:04d}_c{n + 1}s1_{i:06d}_00.jpg',
        lambda points, size: heat_maps(points, size).transpose(1, 2, 0))


def write_deepfashion(out: Path, split: str, seed: int, count: int, size: Size) -> None:
    """In-shop names, maps of 8 bits with one pixel a joint, and the list of the split's images."""
    pairs = [draw_figure_pair(seed, index, *size) for index in range(count)]
    name = lambda i, n: deepfashion_name(f'fashion/WOMEN/Dresses/id_{seed}{i:07d}/01_{n + 1}_front.jpg')
    _write_pairs_of_people(
        out, split, size, pairs, 'fasion-resize-', name,
        lambda points, size: single_pixel_maps(points, size).transpose(1, 2, 0).astype(np.uint8))
    files = [name(i, n) for i in range(count) for n in (0, 1)]
    (out / f'{split}.lst').write_text('\n'.join(files) + '\n')


def _write_hands(out: Path, split: str, seed: int, count: int, size: Size, name: str) -> None:
    for index in range(count):
        pair = draw_hand_pair(seed, index, *size)
        skeletons = [skeleton_picture(points, size) for points in pair[2:]]
        write_picture(np.concatenate([*pair[:2], *skeletons], axis=1), out / split / name.format(i=index))


def write_ntu(out: Path, split: str, seed: int, count: int, size: Size) -> None:
    """Strips: source | target | skeleton of the source | skeleton of the target."""
    _write_hands(out, split, seed, count, size, 'color_P{i}_G1_1_color_P{i}_G2_2.png')


def write_senz3d(out: Path, split: str, seed: int, count: int, size: Size) -> None:
    """Strips as NTU's, by other names."""
    _write_hands(out, split, seed, count, size, 'G1_S{i}_1-color_G1_S{i}_2-color.png')


def write_radboud(out: Path, split: str, seed: int, count: int, size: Size) -> None:
    """C2GAN's strips: neutral | expression | landmarks of the expression | landmarks of the neutral face."""
    for index in range(count):
        pair = draw_face_pair(seed, index, *size)
        landmarks = [landmark_picture(points, size)
                     for points in (pair.target_keypoints, pair.source_keypoints)]
        sex = 'male' if pair.attributes[CELEBA_ATTRIBUTES.index('Male')] else 'female'
        write_picture(np.concatenate([*pair[:2], *landmarks], axis=1),
             out / split / f'Rafd045_{index:04d}_Toyworld_{sex}_{pair.expression}_frontal.jpg')


def write_celeba(out: Path, split: str, seed: int, count: int, size: Size) -> None:
    """Images, segmentations and the attribute list; one set for both splits, which the data set divides."""
    lines = []
    for index in range(count):
        pair, name = draw_face_pair(seed, index, *size), f'{index + 1:06d}'
        write_picture(pair.target_image, out / 'images' / f'{name}.jpg')
        label = landmark_segmentation(pair.target_keypoints, size)
        write_picture(label, out / 'segmentation' / f'{name}.png')
        lines.append(' '.join([f'{name}.jpg', *('1' if value else '-1' for value in pair.attributes)]))
    head = [str(count), ' '.join(CELEBA_ATTRIBUTES)]
    (out / 'list_attr_celeba_s.txt').write_text('\n'.join(head + lines) + '\n')


class Format(NamedTuple):
    """``write(out, split, seed, count, size)``, and the real size (height, width)."""

    write: Callable[[Path, str, int, int, Size], None]
    size: Size
    splits: tuple[str, ...] = SPLITS


FORMATS = dict(market=Format(write_market, (128, 64)), deepfashion=Format(write_deepfashion, (256, 176)),
               ntu=Format(write_ntu, (256, 256)), senz3d=Format(write_senz3d, (256, 256)),
               radboud=Format(write_radboud, (256, 256)),
               celeba=Format(write_celeba, (218, 178), ('train',)))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write ToyWorld's people, hands and faces to disk.")
    parser.add_argument('format', choices=list(FORMATS))
    parser.add_argument('--out', required=True, help='folder to write')
    parser.add_argument('--train', type=whole(1), default=64,
                        help='number of training pairs (celeba: of images)')
    parser.add_argument('--test', type=whole(1), default=16, help='number of test pairs')
    parser.add_argument('--size', type=int, nargs='+', metavar='PIXELS',
                        help='side of the pictures (panels), or height and width')
    args = parser.parse_args()
    chosen = FORMATS[args.format]
    size = tuple(args.size or chosen.size)
    if len(size) > 2 or min(size) < 16:
        raise InputError(f'--size: expected one or two numbers of at least 16, found {list(size)}')
    out = output_folder(args.out)
    for seed, split in enumerate(chosen.splits):
        chosen.write(out, split, seed, getattr(args, split), (size[0], size[-1]))
    print(f'{out}: ToyWorld as {args.format}, {" and ".join(chosen.splits)}')
