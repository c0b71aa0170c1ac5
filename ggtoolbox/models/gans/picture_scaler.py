"""A batch on its way to the device."""
from __future__ import annotations

import torch
from mmengine.model import BaseDataPreprocessor
from torch import Tensor

from ggtoolbox.structures import VOCABULARY, picture_of_levels


class PictureScaler(BaseDataPreprocessor):
    """Moves a batch to the device, and there takes pictures and frames that came as 8 bits
    (``PackTensors(scale=False)``) to [-1, 1]: the numbers are those that data sets yield, to the bit."""

    def __init__(self) -> None:
        super().__init__()
        levels = picture_of_levels(torch.arange(256, dtype=torch.uint8))
        self.register_buffer('levels', levels, persistent=False)

    def forward(self, data: dict, training: bool = False) -> dict:
        """A batch by the vocabulary's names -> the same, as it describes them."""
        return {name: self._scaled(name, value) for name, value in super().forward(data, training).items()}

    def _scaled(self, name: str, value: object) -> object:
        field = VOCABULARY.get(name)
        if field is None or not isinstance(value, Tensor) or value.dtype != torch.uint8:
            return value
        if not field.dtype.is_floating_point:
            return value
        # looked up on a GPU, which would divide by multiplying and round otherwise
        return picture_of_levels(value) if value.device.type == 'cpu' else self.levels[value.int()]
