"""How well a CoCosNet matches places of ToyWorld's streets where the true correspondence is known: the
exemplar is the street's mirror image.

    python benchmarks/correspondence_accuracy.py cocosnet_toyworld-64 [CHECKPOINT] --pairs 128
"""
from __future__ import annotations

import argparse
from pathlib import Path

import torch
from _records import write_record
from torch import Tensor

from ggtoolbox.apis.command import run_command
from ggtoolbox.apis.inference import init_model
from ggtoolbox.datasets.transforms.pack import PackTensors
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.protocols import JUDGED_SEED
from ggtoolbox.models.gans.cocosnet import resize_ids
from ggtoolbox.registry import DATASETS


def likeliest_places(correlation: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """(..., N, places) -> row and column of the place that each is likest."""
    place = correlation.argmax(-1)
    return place // width, place % width


def mirrored_accuracy(correlation: Tensor, label: Tensor, mirrored_label: Tensor) -> dict[str, Tensor]:
    """Shares of places, 0 to 1, a sample each.

    Args:
        correlation: (B, h * w, h * w) of a picture's places with those of its mirror image.
        label, mirrored_label: (B, h, w) classes of the places of both.

    Returns:
        ``exact``: matched with their own mirror image; ``near``: with it or one of its eight neighbours;
        ``class``: with a place of their class; ``chance``: of an exact match by guessing.
    """
    height, width = label.shape[-2:]
    row, column = likeliest_places(correlation, width)
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing='ij')
    off = torch.maximum((row - rows.flatten()).abs(), (column - (width - 1 - columns).flatten()).abs())
    matched = mirrored_label.flatten(1).gather(1, row * width + column)
    shares = {'exact': off == 0, 'near': off <= 1, 'class': matched == label.flatten(1)}
    return {**{name: hit.float().mean(1) for name, hit in shares.items()},
            'chance': torch.full((len(label),), 1 / (height * width))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('model')
    parser.add_argument('checkpoint', nargs='?')
    parser.add_argument('--pairs', type=int, default=128)
    parser.add_argument('--json', type=Path, metavar='PATH')
    args = parser.parse_args()
    model = init_model(args.model, args.checkpoint, device='cpu')
    if not hasattr(model, 'correspondence_network'):
        raise InputError(f'{args.model}: expected a model with a correspondence network, found '
                         f'{type(model).__name__}')
    streets = DATASETS.build(dict(
        type='ToyWorldStreet', size=(64, 64), seed=JUDGED_SEED, length=args.pairs,
        pipeline=[PackTensors(['target_image', 'label'])]))
    found: dict[str, list[Tensor]] = {}
    for street in streets:
        image, label = street['target_image'][None], street['label'][None]
        with torch.no_grad():
            drawn = model.generate(dict(label=label, exemplar_image=image.flip(-1),
                                        exemplar_label=label.flip(-1)))
        network = model.correspondence_network
        small, mirrored = (resize_ids(ids, drawn['query'].shape[2:]) for ids in (label, label.flip(-1)))
        accuracy = mirrored_accuracy(network.correlation(drawn['query'], drawn['key']), small, mirrored)
        for name, share in accuracy.items():
            found.setdefault(name, []).append(share)
    row = dict(model=args.model, pairs=args.pairs,
               **{name: torch.cat(shares).mean().item() for name, shares in found.items()})
    print(row)
    write_record([row], args.json)


if __name__ == '__main__':
    run_command(main)
