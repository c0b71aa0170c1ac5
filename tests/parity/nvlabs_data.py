"""Label maps, instance edges, palettes and picture transforms of NVlabs/SPADE."""
from __future__ import annotations

import torch
from golden import Golden, NotCovered
from torch import Tensor


def semantics(case: Golden) -> dict[str, Tensor]:
    raise NotCovered('yet')


palette = transform = semantics


def batch_of(case: Golden, options: dict) -> dict[str, Tensor]:
    batch = dict(label=case.inputs['label'], target_image=case.inputs['image'])
    if not options['no_instance']:
        i = case.inputs['instance']
        e = torch.zeros_like(i, dtype=torch.bool)
        d = i[:, 1:] != i[:, :-1]; e[:, 1:] |= d; e[:, :-1] |= d
        d = i[:, :, 1:] != i[:, :, :-1]; e[:, :, 1:] |= d; e[:, :, :-1] |= d
        batch['edge'] = e.float()[:, None]
    return batch
