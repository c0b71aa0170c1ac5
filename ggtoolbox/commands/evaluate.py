"""Measure two folders of images: ggtoolbox evaluate --real DIR --fake DIR --metrics ssim psnr fid"""
import argparse
import json
import sys

from ggtoolbox.apis.command import whole
from ggtoolbox.apis.folders import FOLDER_METRICS, WEIGHTS, evaluate_folders
from ggtoolbox.apis.outputs import output_file, same_place
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.table import format_table
from ggtoolbox.writing import write_text


def main() -> None:
    parser = argparse.ArgumentParser(
        description='Measure generated images against real ones; docs/metrics.md explains the metrics.')
    parser.add_argument('--real', metavar='DIR', help='real images (or an .npz of feature statistics)')
    parser.add_argument('--fake', metavar='DIR', help='generated images; names as in --real')
    parser.add_argument('--metrics', nargs='+', required=True, metavar='NAME',
                        help=f'among {", ".join(FOLDER_METRICS)}')
    parser.add_argument('--weights', nargs='+', default=[], metavar='NAME=PATH',
                        help=f'files of weights, NAME among {", ".join(WEIGHTS)} (default: from the cache of '
                             'torch.hub)')
    parser.add_argument('--batch-size', type=whole(1), default=32)
    parser.add_argument('--keypoints', metavar='CSV', help='of the real images, for mask_ssim, mask_is, pckh')
    parser.add_argument('--predicted-keypoints', metavar='CSV', help='of the generated images, for pckh')
    parser.add_argument('--feature-network', metavar='NAME',
                        help='EfficientNetLite0, ResNet50, ..., or a judge, for those that compare features: '
                             'fid, kid, prdc, memorisation, lpips, diversity, frd')
    parser.add_argument('--training', metavar='DIR', help='training images, for memorisation')
    parser.add_argument('--num-classes', type=whole(1), help='of label maps, for miou')
    parser.add_argument('--out', metavar='JSON', help='write the table to this file, too')
    args = parser.parse_args()

    for pair in args.weights:
        if '=' not in pair:
            raise InputError(f'--weights: expected NAME=PATH, found {pair!r}')
    if args.out:
        output_file(args.out, [args.real, args.fake, args.keypoints, args.predicted_keypoints])
    if args.real and args.fake and same_place(args.real, args.fake):
        print(f'--real, --fake: both are {args.fake}, of which all measures are perfect', file=sys.stderr)
    rows = evaluate_folders(args.real, args.fake, args.metrics,
                            dict(pair.split('=', 1) for pair in args.weights), args.batch_size,
                            args.keypoints, args.predicted_keypoints, args.num_classes,
                            args.feature_network, args.training)
    print(format_table(rows), flush=True)
    if args.out:
        write_text(args.out, json.dumps([row._asdict() for row in rows], indent=2) + '\n')
