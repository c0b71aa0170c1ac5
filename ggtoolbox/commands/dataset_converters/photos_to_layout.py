"""Make label maps for photographs, so that somebody with photographs alone can start.

    ggtoolbox photos-to-layout DIR --out data/photos --classes 12 --size 64
    ggtoolbox photos-to-layout --skimage --out data/photos --instances

Each photograph is scaled to a common short side and divided into SLIC superpixels; the superpixels of
all photographs (mean and spread of their Lab colour, position) are clustered by k-means with a fixed
seed; a cluster is a class, numbered from dark to bright. The same input and settings give the same
maps. Photographs, not crops, are divided into train and test.

Writes OUT/{train,test}/{images,labels[,instances]} and OUT/meta.json for the LabelMapFolder data set.
"""
from __future__ import annotations

import argparse
import json
import shutil
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import skimage
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2, vq
from skimage.color import rgb2lab
from skimage.measure import label as connected_regions
from skimage.segmentation import slic

from ggtoolbox.apis.command import whole
from ggtoolbox.apis.outputs import output_folder
from ggtoolbox.datasets.files import list_images, read_image
from ggtoolbox.datasets.pictures import write_picture
from ggtoolbox.datasets.transforms.geometry import Crop, crop, resize
from ggtoolbox.errors import InputError

# The colour photographs that lie in scikit-image's wheel itself (nothing is downloaded).
SKIMAGE_PHOTOS = ('astronaut.png', 'chelsea.png', 'coffee.png', 'hubble_deep_field.jpg', 'ihc.png',
                  'motorcycle_left.png', 'retina.jpg', 'rocket.jpg')
SKIMAGE_TEST = ('astronaut', 'chelsea')  # the pair whose classes the others show best
SUPERPIXELS, COMPACTNESS = 400, 10.0
SPREAD_WEIGHT, POSITION_WEIGHT = 1.0, 20.0  # in units of Lab
KMEANS_ITERATIONS = 50


class Photo(NamedTuple):
    """A photograph with its superpixels.

    Attributes:
        name: file stem.
        image: (H, W, 3) uint8 RGB.
        segments: (H, W) superpixel numbers from 0.
        features: (superpixels, 6).
    """

    name: str
    image: NDArray[np.uint8]
    segments: NDArray[np.int64]
    features: NDArray[np.float64]


def segment(name: str, image: NDArray[np.uint8], short_side: int) -> Photo:
    """Scale a photograph to ``short_side``, find its superpixels and describe them."""
    height, width = image.shape[:2]
    scale = short_side / min(height, width)
    image = resize(image, max(short_side, round(width * scale)), max(short_side, round(height * scale)),
                   smooth=True)
    height, width = image.shape[:2]
    raw = slic(image, SUPERPIXELS, COMPACTNESS, start_label=0, channel_axis=-1)
    segments = np.unique(raw, return_inverse=True)[1].reshape(height, width)
    count = np.bincount(segments.ravel())
    mean = lambda plane: np.bincount(segments.ravel(), plane.ravel()) / count
    lab = rgb2lab(image)
    colour = np.stack([mean(lab[..., c]) for c in range(3)], axis=1)
    spread = np.sqrt(np.maximum(mean(lab[..., 0] ** 2) - colour[:, 0] ** 2, 0))
    rows, columns = np.mgrid[:height, :width]
    position = np.stack([mean(rows / height), mean(columns / width)], axis=1)
    features = np.concatenate([colour, SPREAD_WEIGHT * spread[:, None], POSITION_WEIGHT * position],
                              axis=1)
    return Photo(name, image, segments, features)


def fit_classes(photos: list[Photo], num_classes: int) -> NDArray[np.float64]:
    """(num_classes, 6) cluster centres over all photographs, from dark to bright."""
    features = np.concatenate([photo.features for photo in photos])
    if num_classes > len(features):
        raise InputError(f'--classes: {num_classes} classes were asked for, but the photographs have '
                         f'only {len(features)} superpixels')
    centres, _ = kmeans2(features, num_classes, iter=KMEANS_ITERATIONS, minit='++', seed=0)
    return centres[np.lexsort(centres.T[::-1])]


def label_map(photo: Photo, centres: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(H, W) class ids of a photograph."""
    return vq(photo.features, centres)[0].astype(np.uint8)[photo.segments]


def mean_colours(photos: list[Photo], labels: list[NDArray[np.uint8]], num_classes: int) -> list:
    """(R, G, B) of each class over all photographs; black where a class has no pixel."""
    ids = np.concatenate([label.ravel() for label in labels])
    pixels = np.concatenate([photo.image.reshape(-1, 3) for photo in photos])
    count = np.maximum(np.bincount(ids, minlength=num_classes), 1)
    sums = [np.bincount(ids, pixels[:, c], num_classes) for c in range(3)]
    return np.round(np.stack(sums, axis=1) / count[:, None]).astype(int).tolist()


def crops_of(name: str, height: int, width: int, size: int, number: int) -> list[Crop]:
    """Square boxes with sides from ``size`` to twice that, drawn from the photograph's name."""
    rng = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))
    sides = rng.integers(size, min(2 * size, height, width) + 1, number)
    return [Crop(int(rng.integers(width - side + 1)), int(rng.integers(height - side + 1)),
                 int(side), int(side)) for side in sides]


def find_photos(args: argparse.Namespace) -> dict[str, Path]:
    """Stem -> file of the photographs asked for."""
    if args.skimage and args.photos:
        raise InputError(f'photos_to_layout: expected a folder of photographs or --skimage, found both '
                         f'({args.photos})')
    if args.skimage:
        folder = Path(skimage.__file__).parent / 'data'
        files = [folder / name for name in SKIMAGE_PHOTOS if (folder / name).is_file()]
    elif args.photos:
        files = list_images(args.photos)
    else:
        raise InputError('photos_to_layout: give a folder of photographs, or --skimage')
    found: dict[str, Path] = {}
    for path in files:
        if path.stem in found:
            raise InputError(f'{path}: a photograph of the same name was found at {found[path.stem]}')
        found[path.stem] = path
    if len(found) < 2:
        raise InputError(f'photos_to_layout: at least 2 photographs are needed (one for testing), '
                         f'found {len(found)}')
    return found


def choose_test(names: list[str], args: argparse.Namespace) -> set[str]:
    """The photographs kept for testing: those named, or every n-th."""
    chosen = args.test or (SKIMAGE_TEST if args.skimage else ())
    unknown = set(chosen) - set(names)
    if unknown:
        raise InputError(f'--test: there is no photograph {sorted(unknown)[0]!r} '
                         f'(there are {", ".join(names)})')
    every = max(2, round(1 / args.test_fraction))
    test = set(chosen) or set(names[every - 1::every]) or {names[-1]}
    if len(test) == len(names):
        raise InputError('--test: no photograph is left for training')
    return test


def write_photo(photo: Photo, label: NDArray[np.uint8], folder: Path, args: argparse.Namespace,
                number: int) -> int:
    """Write a photograph's crops, or all of it where no size is asked for; returns how many files."""
    planes = {'images': photo.image, 'labels': label}
    if args.instances:
        planes['instances'] = connected_regions(label, background=-1, connectivity=1).astype(np.uint16)
    height, width = label.shape
    boxes = [Crop(0, 0, width, height)]
    if args.size:
        boxes = crops_of(photo.name, height, width, args.size, number)
    for i, box in enumerate(boxes):
        name = f'{photo.name}_{i:04d}.png' if args.size else f'{photo.name}.png'
        for kind, plane in planes.items():
            piece = crop(plane, box)
            if args.size:
                piece = resize(piece, args.size, args.size, smooth=kind == 'images').astype(plane.dtype)
            write_picture(np.ascontiguousarray(piece), folder / kind / name)
    return len(boxes)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description='Make label maps for photographs.')
    parser.add_argument('photos', nargs='?', metavar='DIR', help='folder of photographs')
    parser.add_argument('--skimage', action='store_true',
                        help="use the photographs in scikit-image's wheel instead of a folder")
    parser.add_argument('--out', required=True, help='folder to write')
    parser.add_argument('--classes', type=int, default=12, help='number of classes, 2 to 255')
    parser.add_argument('--short-side', type=whole(16), default=192,
                        help='photographs are scaled to this many pixels first')
    parser.add_argument('--size', type=int, default=64,
                        help='side of the crops in pixels; 0 writes whole photographs')
    parser.add_argument('--crops', type=whole(1), default=160, help='crops of each training photograph')
    parser.add_argument('--test-crops', type=whole(1), default=32, help='crops of each test photograph')
    parser.add_argument('--test', nargs='+', metavar='NAME', help='photographs kept for testing')
    parser.add_argument('--test-fraction', type=float, default=0.2,
                        help='share of photographs kept for testing where none are named')
    parser.add_argument('--instances', action='store_true',
                        help='write connected regions of a class as instance maps')
    parser.add_argument('--overwrite', action='store_true', help='replace what an earlier run wrote')
    args = parser.parse_args()
    if not 2 <= args.classes <= 255:
        raise InputError(f'--classes: expected 2 to 255, found {args.classes}')
    if not 0 <= args.size <= args.short_side:
        raise InputError(f'--size: expected 0 to --short-side ({args.short_side}), found {args.size}')
    if not 0 < args.test_fraction < 1:
        raise InputError(f'--test-fraction: expected a share in (0, 1), found {args.test_fraction}')
    return args


def main() -> None:
    args = parse()
    files = find_photos(args)
    test, out = choose_test(list(files), args), output_folder(args.out, [args.photos])
    for split in ('train', 'test'):
        if (out / split).exists() and not args.overwrite:
            raise InputError(f'{out / split}: this folder exists already; use --overwrite to replace it')
        shutil.rmtree(out / split, ignore_errors=True)

    photos = [segment(name, read_image(path), args.short_side) for name, path in files.items()]
    centres = fit_classes(photos, args.classes)
    labels = [label_map(photo, centres) for photo in photos]
    written = dict(train=0, test=0)
    for photo, label in zip(photos, labels):
        split = 'test' if photo.name in test else 'train'
        number = args.test_crops if split == 'test' else args.crops
        written[split] += write_photo(photo, label, out / split, args, number)
    meta = dict(num_classes=args.classes, classes=[f'cluster {i}' for i in range(args.classes)],
                palette=mean_colours(photos, labels, args.classes), test=sorted(test),
                train=sorted(set(files) - test))
    (out / 'meta.json').write_text(json.dumps(meta, indent=1) + '\n')
    print(f'{out}: {written["train"]} training pictures of {len(files) - len(test)} photographs, '
          f'{written["test"]} test pictures of {len(test)}, {args.classes} classes')
