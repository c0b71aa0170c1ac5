"""Which training image is each generated one most like?

    ggtoolbox nearest-training --training DIR --fake DIR --out sheet.png

Prints the generated images that are nearest to a training image by a network's features, and writes them
beside it. How many are too near, ggtoolbox evaluate --metrics memorisation says.
"""
import argparse

import numpy as np

from ggtoolbox.apis.command import whole
from ggtoolbox.apis.outputs import output_file
from ggtoolbox.datasets.files import list_images, read_image
from ggtoolbox.datasets.transforms.geometry import resize
from ggtoolbox.datasets.transforms.pack import image_to_tensor
from ggtoolbox.engine.sheets import sheet, write_image
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.feature_rows import DEFAULT, FeatureRows
from ggtoolbox.evaluation.metrics.memorisation import nearest_images


def main() -> None:
    parser = argparse.ArgumentParser(description='Generated images beside the nearest training images.')
    parser.add_argument('--training', required=True, metavar='DIR')
    parser.add_argument('--fake', required=True, metavar='DIR')
    parser.add_argument('--out', required=True, metavar='PNG', help='sheet of generated and training images')
    parser.add_argument('--number', type=whole(1), default=16, help='of those that are nearest')
    parser.add_argument('--feature-network', default=DEFAULT, metavar='NAME',
                        help=f"or a judge's name (default: {DEFAULT})")
    args = parser.parse_args()
    if not args.out.endswith('.png'):
        raise InputError(f'--out: expected a name that ends in .png, found {args.out}')
    output_file(args.out, [args.training, args.fake])
    features = FeatureRows('Memorisation', args.feature_network)
    sides = [list_images(folder) for folder in (args.fake, args.training)]
    rows = [features.of_images(read_image(file, eight_bits=True) for file in files) for files in sides]
    distances, places = nearest_images(*rows)
    samples = []
    for index in np.argsort(distances, kind='stable')[:args.number]:
        generated, training = sides[0][index], sides[1][places[index]]
        print(f'{distances[index]:.4f}  {generated}  {training}')
        image = read_image(generated, eight_bits=True)
        beside = resize(read_image(training, eight_bits=True), *image.shape[1::-1], smooth=True)
        samples.append(dict(image=image_to_tensor(image), nearest_training=image_to_tensor(beside)))
    write_image(args.out, sheet(samples, ('image', 'nearest_training')))
    print(args.out)
