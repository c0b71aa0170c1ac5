"""Join pictures of your own to strips, or add label panels to strips that have none.

    ggtoolbox make-strips --panels aerial ground - ground_maps --size 256 \\
        --out data/mine/train
    ggtoolbox make-strips --strips data/dayton_a2g/train --labels \\
        --out data/dayton_a2g_with_labels/train

Pictures of the folders are brought together by name. ``--labels`` appends two panels, E and F: the
Cityscapes colours of the third and fourth as grey values 10 to 60 of the six merged classes that LGGAN
uses; other colours stay as they are and mean no class.
"""
from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ggtoolbox.apis.outputs import output_folder
from ggtoolbox.datasets.files import list_images, pair_files
from ggtoolbox.datasets.merged_classes import grey_panel, ids_of_greys
from ggtoolbox.datasets.pictures import levels, open_picture, refuse_lossy
from ggtoolbox.datasets.strip_folder import StripFolder
from ggtoolbox.datasets.transforms.geometry import resize
from ggtoolbox.errors import InputError
from ggtoolbox.structures import IGNORED_LABEL

BLACK = '-'
MAPS = 2, 3  # the panels of colours, in a strip with labels
FOUR = ('source_image', 'target_image', 'source_guide', 'target_guide')

Panels = list[NDArray[np.uint8]]


def panels_of_folders(folders: list[str], exact: tuple[int, ...]) -> Iterator[tuple[str, Panels]]:
    """Name and pictures of each sample; ``-`` stands for a black panel. Those of the folders ``exact`` must
    be stored without loss."""
    lossless = {f'panel {i + 1}' for i in exact}
    files = {f'panel {i + 1}': list_images(folder) for i, folder in enumerate(folders) if folder != BLACK}
    if not files:
        raise InputError(f'--panels: expected at least one folder, found {" ".join(folders)}')
    for sample in pair_files(files, lambda path: path.stem):
        read = {role: read_panel(path, role in lossless) for role, path in sample.items()}
        first = next(iter(read.values()))
        yield next(iter(sample.values())).stem, [
            read.get(f'panel {i + 1}', np.zeros_like(first)) for i in range(len(folders))]


def read_panel(path: Path, lossless: bool) -> NDArray[np.uint8]:
    """(H, W, 3) RGB; a picture whose colours are classes may not be a JPEG."""
    picture = open_picture(path)
    if lossless:
        refuse_lossy(picture, path, 'panel of colours that are classes (but for --lossy-labels)')
    return levels(picture, path)


def panels_of_strips(folder: str, exact: tuple[int, ...]) -> Iterator[tuple[str, Panels]]:
    """Name and panels of each strip of four."""
    strips = StripFolder(folder, split='', panels=FOUR)
    for sample in (strips[i] for i in range(len(strips))):
        read_panel(Path(sample['image_path']), True) if exact else None
        yield sample['name'], [sample[name] for name in FOUR]


def bring_to_size(panels: Panels, size: int | None, smooth: list[bool], name: str) -> Panels:
    """All panels as squares of ``size``, or as they are if they agree."""
    if size is not None:
        return [resize(panel, size, size, is_smooth) for panel, is_smooth in zip(panels, smooth)]
    if len({panel.shape for panel in panels}) > 1:
        found = ', '.join(f'{panel.shape[1]} x {panel.shape[0]}' for panel in panels)
        raise InputError(f'{name}: the panels of a strip must have one size, found {found}; give --size')
    return panels


def main() -> None:
    parser = argparse.ArgumentParser(description='Join pictures to strips; add label panels.')
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument('--panels', nargs='+', metavar='DIR',
                        help=f'a folder for each panel, from left to right; {BLACK} for a black one')
    source.add_argument('--strips', metavar='DIR', help='folder of strips of four panels')
    parser.add_argument('--out', required=True, help='folder to write')
    parser.add_argument('--size', type=int, metavar='PIXELS', help='side of a panel; default: as it is')
    parser.add_argument('--labels', action='store_true',
                        help='append label panels; panels 3 and 4 have Cityscapes colours')
    parser.add_argument('--lossy-labels', action='store_true',
                        help='take colours of classes from JPEGs, as the sample strips of CVUSA have them')
    args = parser.parse_args()
    if args.panels and args.labels and len(args.panels) != 4:
        raise InputError(f'--labels: expected four panels, found {len(args.panels)}')
    if args.size is not None and args.size < 1:
        raise InputError(f'--size: expected at least 1, found {args.size}')
    exact = MAPS if args.labels and not args.lossy_labels else ()
    samples = panels_of_strips(args.strips, exact) if args.strips else panels_of_folders(args.panels, exact)
    read = [folder for folder in args.panels or [args.strips] if folder != BLACK]
    out, count, void = output_folder(args.out, read), 0, 0.0
    for name, panels in samples:
        smooth = [not (args.labels and i in MAPS) for i in range(len(panels))]
        panels = bring_to_size(panels, args.size, smooth, name)
        if args.labels:
            panels += [grey_panel(panels[i]) for i in MAPS]
            void += float((ids_of_greys(panels[-1]) == IGNORED_LABEL).mean())
        Image.fromarray(np.concatenate(panels, axis=1)).save(out / f'{name}.png')
        count += 1
    print(f'{args.out}: {count} strips of {len(panels)} panels'
          + (f'; {100 * void / count:.1f} % of the fourth panels have no class' if args.labels else ''))
