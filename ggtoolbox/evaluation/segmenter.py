"""A segmentation network as a judge."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ggtoolbox.models.layers.pretrained import load_strictly, read_weights
from ggtoolbox.registry import BACKBONES

from .networks import describe, shared_extractor


class Segmenter:
    """Class maps of images.

    Args:
        network: of ``BACKBONES``, a module, or a judge's name; returns ``logits`` (B, C, h, w).
        weights: path or URL of its state dict; None where it is trained already, or loads its own.
        owner: the metric, for errors.
    """

    def __init__(self, network: dict | torch.nn.Module | str, weights: str | None, owner: str) -> None:
        self.owner = owner
        self.description = describe(network)
        if weights is not None:
            network = BACKBONES.build(network) if isinstance(network, dict) else network
            load_strictly(network, read_weights(weights), weights)
            self.description += f' ({Path(weights).name})'
        self.extractor = shared_extractor(network)

    def __call__(self, samples: list[dict], field: str) -> list[NDArray[np.int64]]:
        """(H, W) most probable classes of a field of each sample."""
        return [features['logits'].argmax(0).cpu().numpy()
                for features in self.extractor.of_field(samples, field, self.owner)]
