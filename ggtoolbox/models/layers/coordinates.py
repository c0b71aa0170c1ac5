"""Where a feature lies, as further channels (Liu et al., An Intriguing Failing of Convolutional Neural
Networks and the CoordConv Solution, NeurIPS 2018)."""
from __future__ import annotations

import torch
from torch import Tensor


def append_coordinates(x: Tensor, rows_first: bool, unit_distance: bool) -> Tensor:
    """Behind the channels of (B, C, H, W) come column and row from -1 to 1, and the distance from the middle.

    Args:
        rows_first: the row comes before the column, as in StarGAN v2's face network.
        unit_distance: the distance is divided by its largest value.
    """
    rows, columns = (torch.linspace(-1, 1, length, device=x.device, dtype=x.dtype) for length in x.shape[2:])
    rows, columns = torch.meshgrid(rows, columns, indexing='ij')
    distance = (rows.square() + columns.square()).sqrt()
    distance = distance / distance.max() if unit_distance else distance
    places = torch.stack([*((rows, columns) if rows_first else (columns, rows)), distance])
    return torch.cat([x, places.expand(x.shape[0], -1, -1, -1)], dim=1)
