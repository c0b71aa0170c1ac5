"""What lies behind a pixel of a generated picture: maps of the generator, kernels of its upsamplers."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ggtoolbox.errors import InputError

from .inferencer import Inferencer

if TYPE_CHECKING:
    from ggtoolbox.models.upsamplers.reassembly import Reassembly

Place = tuple[int, int]


class Kernel(NamedTuple):
    """The weights by which an upsampler made one place of its result.

    Attributes:
        layer: the upsampler's name in the generator; one that serves several places is there several times.
        weights: (G, k, k) float32, one kernel a group, each with the sum 1.
        place: row and column of the result.
        size: (H, W) of the grid that the window lies on: the features, or (``window='expanded'``) the result.
        centre: row and column of the window's middle on that grid; what lies outside counts as 0.
    """

    layer: str
    weights: NDArray[np.float32]
    place: Place
    size: Place
    centre: Place

    def footprint(self) -> NDArray[np.float32]:
        """(H, W): the mean weight that each place of the grid has, over the groups."""
        side = self.weights.shape[-1]
        padded = np.zeros([length + side - 1 for length in self.size], np.float32)
        row, column = self.centre
        padded[row:row + side, column:column + side] = self.weights.mean(axis=0)
        margin = side // 2
        return padded[margin:margin + self.size[0], margin:margin + self.size[1]]


class Inside(NamedTuple):
    """What :func:`look_inside` found.

    Attributes:
        result: as of :class:`Inferencer`: ``image`` and the generator's maps.
        values: of each map (C, H, W) at the pixel, (C,).
        kernels: those of all upsamplers that predict any, in the order in which they were asked.
    """

    result: dict[str, Any]
    values: dict[str, NDArray]
    kernels: list[Kernel]


def look_inside(inferencer: Inferencer, inputs: dict[str, Any], pixel: Place, seed: int | None = None
                ) -> Inside:
    """Generate one picture, and tell what made one of its pixels.

    Maps are what the paper names: ``weight_map`` of LGGAN (of the local and the global image),
    ``attention`` and ``intermediate_images`` of SelectionGAN, and so on. Kernels are those of SAU and CARAFE.

    ::

        given = dict(source_image='above.png', label='map.png')
        inside = look_inside(Inferencer('lggan_plus_cross_view_toyworld-128'), given, pixel=(40, 12))
        inside.values['weight_map']        # how much of the local, how much of the global image

    Args:
        inferencer: the model; not one of ``fast``, which computes in other ways.
        inputs: field -> one value each, as of :class:`Inferencer`.
        pixel: row and column in the generated picture.
        seed: as there.

    Raises:
        InputError: as :class:`Inferencer`; several pictures; a pixel outside of the picture.
    """
    if inferencer.fast is not None:
        raise InputError(f'{inferencer.name}: look_inside needs a model without fast')
    with _watched(inferencer.model.generator) as seen:
        results = list(inferencer.iterate(inputs, seed=seed, progress=False))
    if len(results) != 1:
        raise InputError(f'{inferencer.name}: expected the inputs of one picture, found those of '
                         f'{len(results)}')
    result = results[0]
    size = result['image'].shape[:2]
    if not all(0 <= at < length for at, length in zip(pixel, size)):
        raise InputError(f'pixel must lie in the picture of {size[0]} x {size[1]}, found {tuple(pixel)}')
    maps = {name: value for name, value in result.items()
            if isinstance(value, np.ndarray) and name != 'image' and value.shape[-2:] == size}
    values = {name: value[..., pixel[0], pixel[1]] for name, value in maps.items()}
    return Inside(result, values, [_kernel(*asked, pixel, size) for asked in seen])


@contextmanager
def _watched(generator: nn.Module) -> Iterator[list[tuple[str, Reassembly, Tensor]]]:
    """Name, module and features of each upsampling by predicted kernels, as they come."""
    from ggtoolbox.models.upsamplers.reassembly import Reassembly
    seen: list[tuple[str, Reassembly, Tensor]] = []

    def watch(name: str, module: Reassembly) -> torch.utils.hooks.RemovableHandle:
        return module.register_forward_pre_hook(lambda _, given: seen.append((name, module, given[0])))

    handles = [watch(name, module) for name, module in generator.named_modules()
               if isinstance(module, Reassembly)]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


@torch.no_grad()
def _kernel(name: str, module: Reassembly, features: Tensor, pixel: Place, size: Place) -> Kernel:
    height, width = (module.scale * length for length in features.shape[-2:])
    row, column = pixel[0] * height // size[0], pixel[1] * width // size[1]
    weights = module.kernels(features[:1])[0, ..., row, column].float().cpu().numpy()
    if module.window == 'expanded':
        return Kernel(name, weights, (row, column), (height, width), (row, column))
    grid = height // module.scale, width // module.scale
    return Kernel(name, weights, (row, column), grid, (row // module.scale, column // module.scale))
