"""Write ToyWorld's dances to disk as the data of DanceGAN's two stages lie there.

    ggtoolbox toyworld-dance-to-disk music --out data/mdvs
    ggtoolbox toyworld-dance-to-disk video --out data/dance_video

``music``: MDVS's JSON, a file a kind of dance; ``video``: frames with OpenPose's key points. A config of the
real data runs on the result with nothing but ``data_root`` changed.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from ggtoolbox.apis.command import whole
from ggtoolbox.datasets.dance_skeleton import WIDE_FRAME, motion_to_pixels
from ggtoolbox.datasets.music_dance import write_clips
from ggtoolbox.datasets.toyworld.dancer import describe_dance, draw_frames, motion_of
from ggtoolbox.datasets.toyworld.music import KINDS, play
from ggtoolbox.engine.sheets import write_image

CLIP = 100  # frames: ten seconds


def write_music(out: Path, number: int) -> None:
    """``<kind>.json`` of each kind: so many videos of a clip each."""
    for kind, name in enumerate(KINDS):
        dances = [describe_dance(kind, index, kind) for index in range(number)]
        write_clips(out / f"{name.replace('-', '')}.json", [
            [(play(dance.music, CLIP), motion_to_pixels(motion_of(dance, CLIP), WIDE_FRAME, whole=False))]
            for dance in dances])


def write_video(out: Path, number: int, size: int, frames: int = 12) -> None:
    """``<split>/<video>/<frame>.png`` with ``<frame>_keypoints.json``; a quarter of the videos for
    testing."""
    for index in range(number):
        folder = out / ('test' if index % 4 == 3 else 'train') / f'{index:04d}'
        dance = describe_dance(0, index)
        pixels = motion_to_pixels(motion_of(dance, frames), (size, size), whole=False)
        for frame, (image, points) in enumerate(zip(draw_frames(dance, frames, size, size, index), pixels)):
            write_image(folder / f'{frame:04d}.png', image)
            known = np.concatenate([points, np.ones((len(points), 1))], axis=1).round(3)
            person = dict(pose_keypoints_2d=known.ravel().tolist())
            (folder / f'{frame:04d}_keypoints.json').write_text(json.dumps(dict(people=[person])))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write ToyWorld's dances to disk.")
    parser.add_argument('format', choices=('music', 'video'))
    parser.add_argument('--out', type=Path, required=True, help='folder to write')
    parser.add_argument('--number', type=whole(4), default=20, help='of videos (music: of each kind)')
    parser.add_argument('--size', type=whole(16), default=256, help='side of the frames in pixels')
    args = parser.parse_args()
    if args.format == 'music':
        write_music(args.out, args.number)
    else:
        write_video(args.out, args.number, args.size)
    print(f"{args.out}: ToyWorld's dances as {args.format}")
