"""A store of images generated earlier (Shrivastava et al., CVPR 2017, section 2.3)."""
from __future__ import annotations

import random

import torch
from torch import Tensor

from ggtoolbox.errors import InputError


class ImagePool:
    """Shows a discriminator former fakes among the new ones, so that it forgets none.

    Each image of a batch in turn: while there is room it is stored and comes back itself. Once the
    pool is full, with probability 1/2 a stored image comes back and the new one takes its place,
    otherwise the new one comes back. The draws are those of the released code (Python's ``random``:
    ``uniform(0, 1)``, above one half ``randint(0, size - 1)``), so that its runs can be repeated.

    Args:
        size: how many images it holds (50 in CycleGAN); 0: every batch comes back as it is.
    """

    def __init__(self, size: int = 50) -> None:
        if size < 0:
            raise InputError(f'ImagePool: size must not be negative, found {size}')
        self.size = size
        self.images: list[Tensor] = []

    def exchange(self, images: Tensor) -> Tensor:
        """(B, C, H, W) -> the same shape, detached."""
        if self.size == 0:
            return images.detach()
        return torch.stack([self._exchange(image) for image in images.detach()])

    def _exchange(self, image: Tensor) -> Tensor:
        if len(self.images) < self.size:
            self.images.append(image.clone())
            return image
        if random.uniform(0, 1) <= 0.5:
            return image
        index = random.randint(0, self.size - 1)
        stored, self.images[index] = self.images[index], image.clone()
        return stored

    def state_dict(self) -> dict[str, list[Tensor]]:
        """``images``: those in store, each (C, H, W) of its own size; absent while there is none."""
        return dict(images=list(self.images)) if self.images else {}

    def load_state_dict(self, state: dict[str, list[Tensor]]) -> None:
        """Take up what :meth:`state_dict` gave.

        Raises:
            InputError: it holds more images than there is room for.
        """
        images = list(state.get('images', ()))
        if len(images) > self.size:
            raise InputError(f'ImagePool: the state holds {len(images)} images, expected at most {self.size}')
        self.images = images
