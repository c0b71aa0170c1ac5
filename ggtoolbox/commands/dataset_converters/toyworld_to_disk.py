"""Write ToyWorld to disk as a real data set lies there.

    ggtoolbox toyworld-to-disk cityscapes --out data/cityscapes
    ggtoolbox toyworld-to-disk strips_with_labels --out data/dayton_a2g_with_labels

Labels are translated to the data set's own ids, so a config of the real data set runs on the result
with nothing but ``data_root`` changed. The sun becomes 255 (no class) where the data set has that.
Faces and clothes have no counterpart in a street: their formats hold ToyWorld's own ids.
"""
from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.apis.command import SEED, whole
from ggtoolbox.apis.outputs import output_folder
from ggtoolbox.datasets.ade20k import ADE20K
from ggtoolbox.datasets.cityscapes import Cityscapes
from ggtoolbox.datasets.coco_stuff import COCOStuff
from ggtoolbox.datasets.facades import Facades
from ggtoolbox.datasets.merged_classes import grey_panel
from ggtoolbox.datasets.palette import CITYSCAPES_PALETTE, colourise
from ggtoolbox.datasets.pictures import write_picture
from ggtoolbox.datasets.toyworld.aerial import draw_aerial
from ggtoolbox.datasets.toyworld.figure import draw_figure_pair
from ggtoolbox.datasets.toyworld.portrait import draw_face_pair
from ggtoolbox.datasets.toyworld.shading import Picture
from ggtoolbox.datasets.toyworld.street import draw_street
from ggtoolbox.datasets.toyworld.street_classes import CLASSES, FIRST_INSTANCE
from ggtoolbox.datasets.toyworld_domains import DOMAINS, ToyWorldDomains
from ggtoolbox.datasets.toyworld_objects import ToyWorldObjects
from ggtoolbox.datasets.toyworld_on_disk import (
    write_celeba,
    write_celeba_hq_parts,
    write_expressions,
    write_fashion_poses,
)
from ggtoolbox.errors import InputError

NOTHING = 255
FACES_APART = 100  # among so many there are both sexes
# By class of ToyWorld: the class of Cityscapes, ADE20K, COCO-Stuff and Facades; None = no class.
TRANSLATION = {
    'sky': ('sky', 'sky', 'sky-other', 'background'),
    'cloud': ('sky', 'sky', 'clouds', 'background'),
    'sun': ('sky', None, None, 'background'),
    'building': ('building', 'building', 'building-other', 'facade'),
    'roof': ('building', 'building', 'roof', 'molding'),
    'window': ('building', 'windowpane', 'window-other', 'window'),
    'road': ('road', 'road', 'road', 'background'),
    'lane marking': ('road', 'road', 'road', 'background'),
    'pavement': ('sidewalk', 'sidewalk', 'pavement', 'background'),
    'grass': ('terrain', 'grass', 'grass', 'background'),
    'trunk': ('vegetation', 'tree', 'tree', 'background'),
    'foliage': ('vegetation', 'tree', 'tree', 'background'),
    'car': ('car', 'car', 'car', 'unknown'),
    'wheel': ('car', 'car', 'car', 'unknown'),
    'person': ('person', 'person', 'person', 'unknown'),
    'pole': ('pole', 'pole', 'metal', 'unknown'),
    'traffic sign': ('traffic sign', 'signboard', 'stop sign', 'unknown'),
}
CITIES = ('aachen', 'zurich')
COUNTED_IN_CITYSCAPES = ('person', 'car')


def translate(scene: Picture, column: int, classes: tuple[str, ...]) -> NDArray[np.uint8]:
    """ToyWorld's ids to those of another data set, in which a car's windows belong to the car."""
    label, car, window = scene.label.copy(), CLASSES.index('car'), CLASSES.index('window')
    cars = np.unique(scene.instance[label == car])
    label[(label == window) & np.isin(scene.instance, cars)] = car
    names = [TRANSLATION[name][column] for name in CLASSES]
    return np.array([NOTHING if n is None else classes.index(n) for n in names], np.uint8)[label]


def write_generic(scene: Picture, out: Path, split: str, index: int) -> None:
    """``{split}/{images,labels,instances}/street_000000.png`` with ToyWorld's own ids."""
    for kind, array in (('images', scene.image), ('labels', scene.label), ('instances', scene.instance)):
        write_picture(array, out / split / kind / f'street_{index:06d}.png')


def write_cityscapes(scene: Picture, out: Path, split: str, index: int) -> None:
    """Label ids, and instance ids of 16 bits: 1000 x label id + number for what is counted."""
    city = CITIES[index % len(CITIES)]
    stem = f'{city}_{index:06d}_000019'
    classes = Cityscapes.METAINFO['classes']
    label = translate(scene, 0, classes)
    counted = np.isin(label, [classes.index(name) for name in COUNTED_IN_CITYSCAPES])
    instance = np.where(counted, label.astype(np.int32) * 1000 + scene.instance - FIRST_INSTANCE, label)
    images, maps = (out / kind / split / city for kind in ('leftImg8bit', 'gtFine'))
    write_picture(scene.image, images / f'{stem}_leftImg8bit.png')
    write_picture(label, maps / f'{stem}_gtFine_labelIds.png')
    write_picture(instance.astype(np.uint16), maps / f'{stem}_gtFine_instanceIds.png')


def write_ade20k(scene: Picture, out: Path, split: str, index: int) -> None:
    """The challenge's folders: ``images/training``, ``annotations/training``."""
    folder, stem = dict(train='training', val='validation')[split], f'ADE_{split}_{index + 1:08d}'
    write_picture(scene.image, out / 'images' / folder / f'{stem}.jpg')
    label = translate(scene, 1, ADE20K.METAINFO['classes'])
    write_picture(label, out / 'annotations' / folder / f'{stem}.png')


def write_coco_stuff(scene: Picture, out: Path, split: str, index: int) -> None:
    """Label and instance maps of 8 bits; every third training scene goes to the portrait twins."""
    twin = '_portrait' if split == 'train' and index % 3 == 2 else ''
    stem = f'{index:012d}'
    write_picture(scene.image, out / f'{split}_img{twin}' / f'{stem}.jpg')
    write_picture(translate(scene, 2, COCOStuff.METAINFO['classes']),
         out / f'{split}_label{twin}' / f'{stem}.png')
    write_picture((scene.instance % 256).astype(np.uint8), out / f'{split}_inst{twin}' / f'{stem}.png')


def write_facades(scene: Picture, out: Path, split: str, index: int) -> None:
    """Images and label maps only."""
    write_picture(scene.image, out / f'{split}_img' / f'cmp_b{index:04d}.jpg')
    write_picture(translate(scene, 3, Facades.METAINFO['classes']),
         out / f'{split}_label' / f'cmp_b{index:04d}.png')


def write_celebamask_hq(scene: Picture, out: Path, split: str, index: int) -> None:
    """``images/train_img`` and ``labels/train_label``."""
    split = dict(train='train', val='test')[split]
    write_picture(scene.image, out / 'images' / f'{split}_img' / f'{index}.jpg')
    write_picture(scene.label, out / 'labels' / f'{split}_label' / f'{index}.png')


def write_deepfashion(scene: Picture, out: Path, split: str, index: int) -> None:
    """``train_img`` and ``train_label``."""
    write_picture(scene.image, out / f'{split}_img' / f'{index:06d}.jpg')
    write_picture(scene.label, out / f'{split}_label' / f'{index:06d}.png')


def write_strips(views: tuple[Picture, Picture], out: Path, split: str, index: int,
                 labels: bool = False) -> None:
    """Aerial | ground | aerial map | ground map in Cityscapes colours, and with labels both maps once
    more as grey values of the merged classes."""
    classes = Cityscapes.METAINFO['classes']
    maps = [colourise(translate(view, 0, classes), CITYSCAPES_PALETTE) for view in views]
    panels = [view.image for view in views] + maps + ([grey_panel(m) for m in maps] if labels else [])
    write_picture(np.concatenate(panels, axis=1),
         out / dict(train='train', val='test')[split] / f'street_{index:06d}.a2g.png')


def write_unpaired(views: tuple[Picture, Picture], out: Path, split: str, index: int) -> None:
    """``trainA`` from above, ``trainB`` from the ground; two of three, so that counts differ."""
    split = dict(train='train', val='test')[split]
    write_picture(views[0].image, out / f'{split}A' / f'{index:06d}.jpg')
    if index % 3 < 2:
        write_picture(views[1].image, out / f'{split}B' / f'{index:06d}.jpg')


def write_domains(face: dict, out: Path, split: str, index: int) -> None:
    """A folder a domain: ``train/female``, ``train/male``."""
    domain = DOMAINS['sex'][face['source_domain']]
    write_picture(face['source_image'], out / split / domain / f'{index:06d}.jpg')


def write_class_strips(thing: dict, out: Path, split: str, index: int) -> None:
    """``train/<class id>``: edges | photograph."""
    strip = np.concatenate([thing['target_guide'], thing['target_image']], axis=1)
    folder = out / dict(train='train', val='test')[split] / str(thing['domain'])
    write_picture(strip, folder / f'{index:06d}.png')


def draw_face(seed: int, index: int, height: int, width: int) -> dict:
    """A woman's and a man's face in turn."""
    faces = ToyWorldDomains('sex', (height, width), seed=seed)
    return faces.draw(next(face for face in count(FACES_APART * index)
                           if faces.domain_of(face) == index % len(DOMAINS['sex'])))


def draw_thing(seed: int, index: int, height: int, width: int) -> dict:
    """Object ``index`` and its edges."""
    return ToyWorldObjects((height, width), seed=seed).draw(index)


def draw_both_views(seed: int, index: int, height: int, width: int) -> tuple[Picture, Picture]:
    """Scene ``index`` from above and from the ground."""
    return draw_aerial(seed, index, height, width), draw_street(seed, index, height, width)


class Format(NamedTuple):
    """``draw(seed, index, height, width)`` gives what ``write`` takes, with folder, split and index."""

    write: Callable[[Any, Path, str, int], None]
    draw: Callable[[int, int, int, int], Any] = draw_street


FORMATS = dict(
    generic=Format(write_generic), cityscapes=Format(write_cityscapes), ade20k=Format(write_ade20k),
    coco_stuff=Format(write_coco_stuff), facades=Format(write_facades),
    celebamask_hq=Format(write_celebamask_hq), deepfashion=Format(write_deepfashion),
    strips=Format(write_strips, draw_both_views),
    strips_with_labels=Format(partial(write_strips, labels=True), draw_both_views),
    unpaired=Format(write_unpaired, draw_both_views), domains=Format(write_domains, draw_face),
    class_strips=Format(write_class_strips, draw_thing), celeba=Format(write_celeba, draw_face_pair),
    expressions=Format(write_expressions, draw_face_pair),
    celeba_hq_parts=Format(write_celeba_hq_parts, draw_face_pair),
    fashion_poses=Format(write_fashion_poses, draw_figure_pair))


def main() -> None:
    parser = argparse.ArgumentParser(description='Write ToyWorld to disk.')
    parser.add_argument('format', choices=list(FORMATS))
    parser.add_argument('--out', required=True, help='folder to write')
    parser.add_argument('--train', type=whole(0), default=64, help='number of training scenes')
    parser.add_argument('--val', type=whole(0), default=16, help='number of validation scenes')
    parser.add_argument('--size', type=int, nargs='+', default=[64], metavar='PIXELS',
                        help='side of the pictures (panels), or height and width')
    parser.add_argument('--seed', type=SEED, default=0, help='of the training; validation has the next')
    args = parser.parse_args()
    if len(args.size) > 2 or min(args.size) < 16:
        raise InputError(f'--size: expected one or two numbers of at least 16, found {args.size}')
    if not args.train + args.val:
        raise InputError('--train, --val: expected one scene at least, found none')
    height, width, out = args.size[0], args.size[-1], output_folder(args.out)
    for seed, (split, number) in enumerate((('train', args.train), ('val', args.val)), args.seed):
        for index in range(number):
            scene = FORMATS[args.format].draw(seed, index, height, width)
            FORMATS[args.format].write(scene, out, split, index)
    print(f'{args.out}: {args.train} training and {args.val} validation scenes as {args.format}')
