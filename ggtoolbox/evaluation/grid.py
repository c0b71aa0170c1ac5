"""Grids in generated images: what upsampling repeats, real images do not."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PERIODS = (2.0, 8.0)  # in pixels


def axis_energies(images: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean energy of the brightness at each frequency along rows and along columns, summed over images.

    Args:
        images: (N, H, W, 3).

    Returns:
        (W // 2 + 1,) and (H // 2 + 1,): at periods of W / k and H / k pixels.
    """
    grey = images.astype(np.float64).mean(axis=-1)
    grey -= grey.mean(axis=(1, 2), keepdims=True)
    return tuple((np.abs(np.fft.rfft(grey, axis=axis)) ** 2).mean(axis=3 - axis).sum(axis=0)
                 for axis in (2, 1))


class GridEnergy:
    """How much more energy than real images generated ones have at the period where they have most of it.

    Energies are means over all rows, or columns, of all images; periods are those from 2 to 8 pixels, along
    both axes. 1 is a real image's; a blurred image lies below it at each period but may have a grid all the
    same, which a mean over periods would hide.
    """

    def __init__(self) -> None:
        self.sums: dict[str, list[NDArray[np.float64]]] = {}

    def add(self, generated: NDArray[np.uint8], real: NDArray[np.uint8]) -> None:
        """Batches of equal shape, (N, H, W, 3)."""
        for name, images in (('generated', generated), ('real', real)):
            found = axis_energies(images)
            self.sums[name] = [a + b for a, b in zip(self.sums.get(name, (0.0, 0.0)), found)]

    def value(self) -> float:
        """The largest quotient of energies."""
        return max(float((generated[chosen] / real[chosen]).max())
                   for generated, real in zip(self.sums['generated'], self.sums['real'])
                   for chosen in [_chosen(len(generated))])


def _chosen(number: int) -> NDArray[np.bool_]:
    with np.errstate(divide='ignore'):
        periods = 2 * (number - 1) / np.arange(number)
    return (periods >= PERIODS[0]) & (periods <= PERIODS[1])
