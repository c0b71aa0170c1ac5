"""Pictures from a trained model: ggtoolbox infer MODEL_OR_CONFIG [CHECKPOINT] INPUT... --out DIR

    ggtoolbox infer gaugan_sau_toyworld-64 maps/ --out out
    ggtoolbox infer my_config.py work_dirs/mine/iter_1000.pth map.png --instance ids.png --out out
    ggtoolbox infer xinggan_toyworld-128 person.png --source-guide person.json --target-guide poses/ --out out
    ggtoolbox infer scgan.py scgan.pth face_map.png --attributes male,young --samples 8 --seed 1 --out out
    ggtoolbox infer stargan_v2_toyworld-64 faces/ --domain male --exemplar-image man.png --out out
    ggtoolbox infer my_config.py work_dirs/mine/iter_1000.pth --samples 16 --out out
    ggtoolbox infer xinggan_toyworld-128 a.png --source-guide a.json --target-guide poses/ --out dance.mp4
    ggtoolbox infer my_config.py work_dirs/mine/iter_1000.pth street.mp4 --out night.mp4

A video stands for the folder of its frames, and an --out that ends in .mp4, .mov, .mkv or .gif is a video of
the pictures.
"""
import argparse
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from numpy.typing import NDArray

from ggtoolbox.apis.command import SEED, add_trust_argument, whole
from ggtoolbox.apis.frames import as_folders, rate_of
from ggtoolbox.apis.inferencer import Inferencer
from ggtoolbox.apis.outputs import output_file, output_folder
from ggtoolbox.apis.reading.fields import Fields
from ggtoolbox.apis.reading.inputs import files_of
from ggtoolbox.apis.settings.options import ConfigOptions
from ggtoolbox.apis.videos import WITH_SOUND, write_video
from ggtoolbox.errors import InputError

VIDEOS = (*WITH_SOUND, '.gif')
IN_WORDS = ('attributes', 'domain')
CHECKPOINT_SUFFIXES = ('.pth', '.pt', '.ckpt', '.safetensors')
FLAGS = dict(
    label='label maps (class ids, or colours of the palette)', instance='instance maps, for the edges',
    source_image='pictures to start from', source_guide='pictures or key points of the source',
    target_guide='pictures or key points of what is to be made', keypoints='key points for the target guide',
    source_keypoints='key points for the source guide', attributes="numbers or names: '0,1,0', 'male,young'",
    target_image='pictures whose style is taken', exemplar_image='pictures of another layout, likewise',
    exemplar_label='their label maps', style_shares="classes that have the exemplar's style: 'hair,mouth'",
    exemplar_guide='their pictures or key points', mask='masks of what lies over a class (glasses)',
    exemplar_mask='those of the exemplars', domain="what they become, number or name: 'male'",
    latent='.npy files of latent vectors', style='.npy files of styles',
    audio='sound files that are danced to')


def field_order(fields: Fields) -> list[str]:
    """The fields that INPUT may be, first of all what is given as files: a sketch, not the class it is of."""
    files = [field for field in fields.required if field not in IN_WORDS]
    guides = [field for field in fields.optional if field.endswith(('_image', '_guide'))]
    return list(dict.fromkeys((*(files or guides[:1]), *fields.required)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('model', help='name of a model of the zoo, or name or path of a config')
    parser.add_argument('inputs', nargs='*', metavar='INPUT',
                        help="[CHECKPOINT, default: the zoo's] and files, folders or patterns of the first\n"
                             'field that the model reads: label maps, source images, ...')
    parser.add_argument('--out', required=True, metavar='DIR', help='folder for pictures, or a video of them')
    parser.add_argument('--fps', type=float, help="of a video (default: that of the first input, else 25)")
    for field, meaning in FLAGS.items():
        parser.add_argument(f'--{field.replace("_", "-")}', nargs='+', metavar='PATH', help=meaning)
    parser.add_argument('--keypoints-size', type=whole(1), nargs=2, metavar=('HEIGHT', 'WIDTH'),
                        help="of the pictures that key points belong to (default: the source image's)")
    parser.add_argument('--samples', type=whole(1), default=1,
                        help='pictures of each input, where they differ')
    parser.add_argument('--seed', type=SEED, help='of what is drawn at random')
    parser.add_argument('--keep-size', action='store_true', help="give the picture its input's size")
    parser.add_argument('--save-maps', action='store_true', help="write the generator's other maps, too")
    parser.add_argument('--device', help='such as cpu or cuda:1 (default: a GPU, if there is one)')
    parser.add_argument('--amp', action='store_true', help='compute in bfloat16')
    parser.add_argument('--fast', action='store_true',
                        help="compute in the fastest way that the first pictures are the same with, to one\n"
                             'of 255 levels: bfloat16 as far as it goes, channels last')
    parser.add_argument('--batch-size', type=whole(1), default=8)
    parser.add_argument('--no-progress', action='store_true', help='show no bar')
    parser.add_argument('--cfg-options', nargs='+', action=ConfigOptions, metavar='KEY=VALUE',
                        help='change settings of the config')
    add_trust_argument(parser)
    args = parser.parse_intermixed_args()

    inputs, checkpoint = list(args.inputs), None
    if inputs and inputs[0].endswith(CHECKPOINT_SUFFIXES):
        checkpoint = inputs.pop(0)
    inferencer = Inferencer(args.model, checkpoint, args.device, args.amp, args.batch_size, args.cfg_options,
                            args.fast)
    fields = {field: getattr(args, field) for field in FLAGS}
    if inputs:
        free = [field for field in field_order(inferencer.fields) if fields[field] is None]
        if not free:
            raise InputError(f'{inputs[0]}: there is no field left for this INPUT; {args.model} reads '
                             f'{inferencer.fields}')
        fields[free[0]] = inputs
    as_video = Path(args.out).suffix.lower() in VIDEOS
    if as_video and (args.save_maps or args.samples > 1):
        raise InputError(f'--out: {args.out} is a video, of one picture an input; --save-maps and --samples '
                         'need a folder')
    guard = output_file if as_video else output_folder
    guard(args.out, files_of({field: given for field, given in fields.items() if given}))
    fps, count = args.fps or rate_of(fields) or 25.0, 0
    with as_folders(fields) as fields:
        results = inferencer.iterate(
            fields, None if as_video else args.out, args.save_maps, args.samples, args.seed,
            not args.keep_size, args.keypoints_size and tuple(args.keypoints_size), not args.no_progress)

        def pictures() -> Iterator[NDArray]:
            nonlocal count
            for result in results:
                count += 1
                yield result['image']

        if as_video:
            write_video(args.out, pictures(), fps)
        else:
            deque(pictures(), maxlen=0)
    print(f'{args.out}: pictures of {count} inputs' + (f' ({inferencer.fast})' if args.fast else ''))
