"""Statistics of a folder of images: ggtoolbox feature-statistics DIR --out real.npz

Mean, covariance and rows of features, as FID, KID and PRDC take them in the real images' place
(statistics=..., or --real of ggtoolbox evaluate). The file says of which network and layer they are.
"""
import argparse
from pathlib import Path

import numpy as np

from ggtoolbox.apis.folders import BY_STATISTICS
from ggtoolbox.apis.outputs import output_file
from ggtoolbox.datasets.files import list_images, read_image
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.feature_rows import DEFAULT, FeatureRows


def main() -> None:
    parser = argparse.ArgumentParser(description=f'Statistics of real images for {", ".join(BY_STATISTICS)}.')
    parser.add_argument('folder', metavar='DIR')
    parser.add_argument('--out', required=True, metavar='NPZ')
    parser.add_argument('--feature-network', default=DEFAULT, metavar='NAME',
                        help=f"or a judge's name (default: {DEFAULT})")
    parser.add_argument('--layer', help="default: pool, of a judge features")
    parser.add_argument('--weights', metavar='PATH', help="of the network (default: from torch.hub's cache)")
    args = parser.parse_args()
    if Path(args.out).suffix != '.npz':
        raise InputError(f'--out: expected a name that ends in .npz, found {args.out}')
    output_file(args.out, [args.folder])
    features = FeatureRows('FID', args.feature_network, args.layer, args.weights)
    files = list_images(args.folder)
    if len(files) < 2:
        raise InputError(f'{args.folder}: expected two images or more, found {len(files)}')
    rows = features.of_images(read_image(file, eight_bits=True) for file in files).astype(np.float64)
    np.savez(args.out, mu=rows.mean(0), sigma=np.cov(rows, rowvar=False), features=rows.astype(np.float32),
             network=f'{features.network}/{features.layer}')
    print(f'{args.out}: {len(rows)} images, {features.protocol}')
