"""Pictures between two faces or people: ggtoolbox interpolate CONFIG CHECKPOINT --out grid.png

    --rows latent --columns landmarks --landmarks mirrored      from the left to the right face
    --rows attributes --columns landmarks --landmarks expression   from a face at rest to its expression
    --rows latent --columns attributes                          between the attributes of two samples
"""
from __future__ import annotations

import argparse

import torch

from ggtoolbox.apis.command import SEED, add_config_arguments, add_trust_argument, whole
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.inference import init_model
from ggtoolbox.apis.interpolation import (
    Axis,
    interpolation_grid,
    landmark_axis,
    landmark_ends,
    latent_pair,
    linear_axis,
)
from ggtoolbox.apis.outputs import output_file
from ggtoolbox.apis.reading.test_data import build_dataset
from ggtoolbox.engine.sheets import dataset_palette, write_image
from ggtoolbox.errors import InputError

AXES = ('latent', 'attributes', 'landmarks')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_config_arguments(parser)
    parser.add_argument('checkpoint', help='path of a checkpoint')
    parser.add_argument('--out', required=True, help='PNG file to write')
    parser.add_argument('--rows', choices=AXES, default='latent', help='what varies from row to row')
    parser.add_argument('--columns', choices=AXES, default='attributes', help='what varies along a row')
    parser.add_argument('--steps', type=whole(1), nargs=2, default=(5, 8), metavar=('ROWS', 'COLUMNS'))
    parser.add_argument('--samples', type=int, nargs=2, default=(0, 1), metavar=('FROM', 'TO'),
                        help='numbers of test samples; all that does not vary is that of the first')
    parser.add_argument('--landmarks', nargs='+', default=['samples'], metavar='WAY',
                        help="expression, mirrored, samples, or two text files of 68 lines 'x y'")
    parser.add_argument('--seed', type=SEED, default=0, help='of the latent vectors')
    add_trust_argument(parser)
    args = parser.parse_args()
    out, cfg = output_file(args.out), load_config(args.config, args.cfg_options)
    model = init_model(cfg, args.checkpoint)
    if not cfg.get('test_dataloader'):
        raise InputError(f'{args.config}: expected a test_dataloader, found none')
    settings = cfg.test_dataloader.dataset
    if 'landmarks' in (args.rows, args.columns) and len(args.landmarks) == 1:
        keys = ['keypoints', *(['source_keypoints'] if args.landmarks == ['expression'] else [])]
        settings.pipeline[-1]['keys'] += keys
    dataset = build_dataset(settings, 'test_dataloader.dataset')
    for number in args.samples:
        if not 0 <= number < len(dataset):
            raise InputError(f'--samples: the test data hold samples 0 to {len(dataset) - 1}, found {number}')
    first, second = (dataset[number] for number in args.samples)
    size = tuple(first['target_image'].shape[-2:])

    def axis(name: str, steps: int) -> Axis:
        if name == 'landmarks':
            return landmark_axis(*landmark_ends(args.landmarks, first, second, size), size, steps)
        if name == 'latent':
            return linear_axis('latent', *latent_pair(model, args.seed), steps)
        if 'attributes' not in first:
            raise InputError(f'{args.config}: its test samples have no attributes, found {", ".join(first)}')
        return linear_axis('attributes', first['attributes'], second['attributes'], steps)

    fixed = {name: value for name, value in first.items() if isinstance(value, torch.Tensor)}
    if 'latent' not in (args.rows, args.columns) and model.latent_dim:
        fixed['latent'] = latent_pair(model, args.seed)[0]
    grid = interpolation_grid(model, fixed, axis(args.rows, args.steps[0]), axis(args.columns, args.steps[1]),
                              dataset_palette(dataset))
    write_image(out, grid)
    print(f'{args.out}: {args.rows} from row to row, {args.columns} along a row')
