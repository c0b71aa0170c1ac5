"""Turn landmarks that a detector has found into the segmentations that SCGAN reads.

    ggtoolbox landmarks-to-segmentation faces.xml \\
        --images data/celeba_landmarks/images --out data/celeba_landmarks/segmentation

LANDMARKS is a file of dlib's imglab (``.xml``), or a folder of iBUG's ``.pts`` files or of OpenFace's
``.csv`` files of one row each; what is found for ``a.jpg`` is called ``a``.
Ids: 0 ground, 1 skin, 2 brows, 3 eyes, 4 nose, 5 lips, 6 mouth.
"""
from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ggtoolbox.apis.outputs import output_folder
from ggtoolbox.datasets.detections import read_dlib_xml, read_openface_csv, read_points
from ggtoolbox.datasets.face_landmarks import landmark_segmentation
from ggtoolbox.datasets.files import files_below, list_images, one_form, read_image
from ggtoolbox.errors import InputError


def read_landmarks(path: Path) -> dict[str, NDArray[np.float32]]:
    """Stem of an image -> (68, 3) landmarks; faces that were not found are left out."""
    if path.suffix == '.xml':
        found = {Path(name).stem: points for name, points in read_dlib_xml(path).items()}
    elif path.is_dir():
        found = {file.stem: read_points(file) for file in files_below(path, ('.pts',))}
        for file in files_below(path, ('.csv',)):
            rows = read_openface_csv(file)
            if rows:
                found[file.stem] = rows[0]
    else:
        raise InputError(f'{path}: expected an .xml file of dlib, or a folder of .pts or .csv files')
    return {one_form(stem): points for stem, points in found.items() if points[:, 2].all()}


def main() -> None:
    parser = argparse.ArgumentParser(description='Landmarks to segmentations.')
    parser.add_argument('landmarks', type=Path)
    parser.add_argument('--images', required=True, help='folder of the images, for their sizes')
    parser.add_argument('--out', required=True, type=Path, help='folder to write')
    args = parser.parse_args()
    landmarks = read_landmarks(args.landmarks)
    images = list_images(args.images)
    output_folder(args.out, [args.landmarks, args.images])
    lost = [image.stem for image in images if one_form(image.stem) not in landmarks]
    for image in images:
        if one_form(image.stem) in landmarks:
            label = landmark_segmentation(landmarks[one_form(image.stem)], read_image(image).shape[:2])
            Image.fromarray(label).save(args.out / f'{image.stem}.png')
    if len(lost) == len(images):
        raise InputError(f'{args.landmarks}: it has no landmarks of any image in {args.images}')
    print(f'{args.out}: {len(images) - len(lost)} segmentations; without landmarks: {len(lost)} '
          f'{", ".join(lost[:10])}')
