"""Take the frames of videos, with their key points from files: ggtoolbox video-to-frames VIDEO ... --out DIR

    ggtoolbox video-to-frames dance.mp4 --out data/dance/train --keypoints openpose/ --every 2
    ggtoolbox video-to-frames street.mp4 --out frames --start 10 --seconds 5

Writes DIR/<video>/<video>_<number>.png, and beside each frame the file of that name that OpenPose wrote; so
the DanceVideo data set reads them. By these names, a folder of its files goes with the folder of frames in
ggtoolbox infer, too.
"""
import argparse
from pathlib import Path

from ggtoolbox.apis.command import whole
from ggtoolbox.apis.frames import extract_frames
from ggtoolbox.apis.outputs import output_folder
from ggtoolbox.errors import InputError


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('videos', nargs='+', metavar='VIDEO')
    parser.add_argument('--out', required=True, metavar='DIR', help='a folder a video is made in it')
    parser.add_argument('--keypoints', metavar='DIR',
                        help="OpenPose's files, <video>_<number>_keypoints.json")
    parser.add_argument('--every', type=whole(1), default=1, metavar='N', help='take each n-th frame')
    parser.add_argument('--start', type=float, default=0.0, help='second to start at')
    parser.add_argument('--seconds', type=float, help='how long (default: to the end)')
    args = parser.parse_args()
    names = [Path(video).stem for video in args.videos]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f'expected videos of different names, found two of {name}')
    for video, name in zip(args.videos, names):
        folder = output_folder(Path(args.out, name), [video, args.keypoints])
        frames = extract_frames(video, folder, args.keypoints, args.every, args.start, args.seconds)
        print(f'{folder}: {len(frames)} frames')
