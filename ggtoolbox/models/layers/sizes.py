"""Heights and widths that a network can read."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.ops.recording import is_recorded


def check_size(owner: str, size: Sequence[int], step: int, why: str = '', least: int = 0) -> None:
    """Raise :class:`InputError` unless height and width are multiples of ``step``, and not too small.

    Args:
        owner: the network, for the sentence.
        why: where ``step`` comes from.
        least: of either length.
    """
    if any(length % step or length < least for length in size):
        reason, limit = f' ({why})' if why else '', f' and at least {least}' if least else ''
        raise InputError(f'{owner}: height and width must be multiples of {step}{reason}{limit}, found '
                         f'{tuple(size)}')


def check_halvings(owner: str, size: Sequence[int], num_downsamplings: int, left: int = 2) -> None:
    """Raise :class:`InputError` unless (height, width) can be halved so often and so many pixels are
    ``left`` of each; with 0 this is not looked at."""
    step = 2 ** num_downsamplings
    check_size(owner, size, step, f'2 to the power of num_downsamplings={num_downsamplings}', left * step)


def check_statistics(owner: str, network: nn.Module, grid: Sequence[int], batch: int) -> None:
    """Raise :class:`InputError` where a norm of ``network`` would take its statistics of a single value,
    which they would erase.

    Args:
        owner: the network, for the sentence.
        network: that reads the smallest features.
        grid: their height and width.
        batch: number of images, of which synchronised batch norm may see more on other devices.
    """
    if torch.compiler.is_compiling() or is_recorded() or tuple(grid) != (1, 1):
        return
    norms = [module for module in network.modules() if isinstance(module, (nn.BatchNorm2d, nn.InstanceNorm2d))
             and (module.training or not module.track_running_stats)]
    if any(isinstance(norm, nn.InstanceNorm2d) for norm in norms):
        raise InputError(f"{owner}: its smallest features are a single pixel, which norm='instance' cannot "
                         'normalise: expected larger images or fewer halvings')
    if norms and batch == 1:
        raise InputError(f'{owner}: batch norm of its smallest features, a single pixel, needs a batch of '
                         'two images or more, found one')
