"""Let a person dance to a song: ggtoolbox dance SONG PERSON --out dance.mp4

    ggtoolbox dance song.wav person.png --out dance.mp4
    ggtoolbox dance song.flac person.png --out dance.gif --seconds 5 --skeletons

Both stages of DanceGAN: skeletons from the music, then the person of the picture in these poses. The video
has the song as its sound; a .gif, or a folder of pictures (an --out without a suffix), has it beside it as
.wav.
"""
import argparse
from pathlib import Path

import numpy as np

from ggtoolbox.apis.command import SEED, add_trust_argument
from ggtoolbox.apis.dancing import Choreographer
from ggtoolbox.apis.outputs import output_file, output_folder
from ggtoolbox.apis.videos import write_video, written_files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('song', help='a sound file: WAV, FLAC, OGG, MP3')
    parser.add_argument('person', help='picture of who is to dance')
    parser.add_argument('--out', required=True, metavar='FILE', help='.mp4, .gif, or a folder for pictures')
    parser.add_argument('--motion', default='dancegan_motion_toyworld-64', metavar='MODEL',
                        help='first stage: name of the zoo or path of a config')
    parser.add_argument('--motion-checkpoint', metavar='PATH', help="its weights (default: the zoo's)")
    parser.add_argument('--video', default='dancegan_video_toyworld-64', metavar='MODEL', help='second stage')
    parser.add_argument('--video-checkpoint', metavar='PATH', help="its weights (default: the zoo's)")
    parser.add_argument('--seconds', type=float, help='of the song (default: all of it)')
    parser.add_argument('--start', type=float, default=0.0, help='second of the song to start at')
    parser.add_argument('--seed', type=SEED, help='of the dance; another one is another dance')
    parser.add_argument('--skeletons', action='store_true', help='show the skeletons beside the person')
    parser.add_argument('--device', help='such as cpu or cuda:1 (default: a GPU, if there is one)')
    add_trust_argument(parser)
    args = parser.parse_args()
    for file in written_files(args.out):
        output_file(file, [args.song, args.person])
    if not Path(args.out).suffix:
        output_folder(args.out, [args.song, args.person])
    choreographer = Choreographer(args.motion, args.video, args.motion_checkpoint, args.video_checkpoint,
                                  args.device)
    made = choreographer(args.song, args.person, args.seconds, args.start, args.seed)
    frames = np.concatenate([made.skeletons, made.frames], axis=2) if args.skeletons else made.frames
    path = write_video(args.out, frames, made.fps, made.sound, made.rate)
    print(f'{path}: {len(frames)} frames, {len(frames) / made.fps:.1f} s')
