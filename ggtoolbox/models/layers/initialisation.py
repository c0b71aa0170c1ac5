"""The initial weights of the released training code."""
from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError

_LAYERS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d, nn.Linear)
_FILLERS = {
    'uniform': lambda weight, gain: nn.init.uniform_(weight, 0.0, gain),
    'normal': lambda weight, gain: nn.init.normal_(weight, 0.0, gain),
    'xavier': lambda weight, gain: nn.init.xavier_normal_(weight, gain=gain),
    'xavier_uniform': lambda weight, gain: nn.init.xavier_uniform_(weight, gain=1.0),
    'kaiming': lambda weight, gain: nn.init.kaiming_normal_(weight, a=0, mode='fan_in'),
    'orthogonal': lambda weight, gain: nn.init.orthogonal_(weight, gain=gain),
}


def initialise(module: nn.Module, method: str | None = 'xavier', gain: float = 0.02,
               keep_biases: bool = False, norm_scales: tuple[float, float] | None = None) -> nn.Module:
    """Fill all convolution and linear weights of ``module`` in place; their biases become 0.

    Affine batch norms get scales from N(1, ``gain``) and shifts 0. Spectrally normalised layers are
    filled before normalisation, their u and v keep their random start. (NVlabs/SPADE, ``init_type``
    and ``init_variance``; the pix2pix code of 2018 does the same with ``'normal'``.) A module whose
    ``draws_own_weights`` is true is left as it is, with all in it.

    Args:
        method: ``'xavier'`` (normal, times gain), ``'xavier_uniform'`` (gain 1 whatever ``gain``),
            ``'normal'`` (standard deviation ``gain``), ``'kaiming'`` (fan in), ``'orthogonal'``,
            ``'uniform'`` (between 0 and ``gain``: the option that C2GAN's code calls normal); None keeps
            PyTorch's defaults.
        keep_biases: convolutions and linear layers keep PyTorch's biases, as in the pix2pix code of 2017.
        norm_scales: scales of batch norms come uniformly from this range: (0.02, 1.0) in the code of 2017,
            which meant them to be N(1, 0.02).
    """
    if method is None:
        return module
    if method not in _FILLERS:
        raise InputError(f'init: expected one of {", ".join(_FILLERS)} or None, found {method!r}')
    for layer in _layers(module):
        if isinstance(layer, _LAYERS):
            _FILLERS[method](layer.weight_orig if hasattr(layer, 'weight_orig') else layer.weight, gain)
        elif isinstance(layer, nn.modules.batchnorm._BatchNorm) and layer.affine:
            _draw_scales(layer.weight, gain, norm_scales)
        else:
            continue
        if layer.bias is not None and not (keep_biases and isinstance(layer, _LAYERS)):
            nn.init.zeros_(layer.bias)
    return module


@torch.no_grad()
def zero_convolution_biases(networks: Iterable[nn.Module]) -> None:
    """Set the biases of all convolutions inside ``networks`` to 0; those of norms stay."""
    for network in networks:
        for layer in network.modules():
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)) and layer.bias is not None:
                layer.bias.zero_()


def _draw_scales(weight: Tensor, gain: float, between: tuple[float, float] | None) -> None:
    if between is None:
        nn.init.normal_(weight, 1.0, gain)
    else:
        nn.init.uniform_(weight, *between)


def _layers(module: nn.Module) -> Iterator[nn.Module]:
    if not getattr(module, 'draws_own_weights', False):
        yield module
        for child in module.children():
            yield from _layers(child)
