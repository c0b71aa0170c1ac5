"""See what a config's pipeline yields: ggtoolbox browse-dataset CONFIG --out DIR"""
from __future__ import annotations

import argparse

import torch

from ggtoolbox.apis.command import add_config_arguments, whole
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.outputs import input_folders, output_folder
from ggtoolbox.apis.reading.test_data import build_dataset
from ggtoolbox.engine.sheets import dataset_palette, sheet, write_image
from ggtoolbox.errors import InputError
from ggtoolbox.structures import IGNORED_LABEL, VOCABULARY

SHOWN = ('source_image', 'source_guide', 'target_guide', 'target_image', 'label', 'instance', 'edge')


def main() -> None:
    parser = argparse.ArgumentParser(description="Write sheets of a data set's samples; check labels.")
    add_config_arguments(parser)
    parser.add_argument('--split', choices=['train', 'val', 'test'], default='train')
    parser.add_argument('--out', default='work_dirs/browse', help='folder for the PNG sheets')
    parser.add_argument('--number', type=whole(1), default=16, help='number of samples')
    parser.add_argument('--rows', type=whole(1), default=8, help='samples a sheet')
    args = parser.parse_args()
    cfg = load_config(args.config, args.cfg_options)
    loader = cfg.get(f'{args.split}_dataloader')
    if not loader:
        raise InputError(f'{args.config}: the config has no {args.split}_dataloader')
    dataset = build_dataset(loader.dataset, f'{args.split}_dataloader.dataset')
    number = min(args.number, len(dataset))
    classes = dataset.metainfo.get('num_classes', 0)
    counts, wrong = torch.zeros(max(classes, IGNORED_LABEL) + 1, dtype=torch.int64), []
    rows: list[dict] = []
    for index in range(number):
        sample = dataset[index]
        rows.append(sample)
        if 'label' in sample:
            counts += torch.bincount(sample['label'].flatten(), minlength=len(counts))[:len(counts)]
            outside = (sample['label'] >= classes) & (sample['label'] != IGNORED_LABEL)
            wrong += [sample['name']] if outside.any() else []
        if len(rows) == args.rows or index == number - 1:
            out = output_folder(args.out, input_folders(dataset))
            path = out / f'{args.split}_{index // args.rows:03d}.png'
            write_image(path, sheet(rows, SHOWN, dataset_palette(dataset)))
            print(path)
            rows = []
    print(f'{number} of {len(dataset)} samples; {_describe(sample)}')
    if counts.sum():
        _print_histogram(counts, dataset.metainfo)
        print(f'ids outside 0..{classes - 1}: {", ".join(wrong) if wrong else "none"}')


def _describe(sample: dict) -> str:
    """Fields of a sample with their shapes."""
    return ', '.join(f'{key} {tuple(sample[key].shape)}' for key in VOCABULARY if key in sample)


def _print_histogram(counts: torch.Tensor, metainfo: dict) -> None:
    """Share of the pixels by class, the commonest first."""
    names, total = metainfo.get('classes', ()), int(counts.sum())
    for index in counts.argsort(descending=True, stable=True).tolist():
        if counts[index]:
            name = names[index] if index < len(names) else 'ignored' if index == IGNORED_LABEL else ''
            print(f'{index:4d} {name:24s} {100 * int(counts[index]) / total:6.2f} %')
