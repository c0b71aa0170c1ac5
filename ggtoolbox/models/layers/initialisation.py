"""The initial weights of the released training code."""
from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from ggtoolbox.errors import InputError

_LAYERS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d, nn.Linear)
_FILLERS = {
    'normal': lambda weight, gain: nn.init.normal_(weight, 0.0, gain),
    'xavier': lambda weight, gain: nn.init.xavier_normal_(weight, gain=gain),
    'xavier_uniform': lambda weight, gain: nn.init.xavier_uniform_(weight, gain=1.0),
    'kaiming': lambda weight, gain: nn.init.kaiming_normal_(weight, a=0, mode='fan_in'),
    'orthogonal': lambda weight, gain: nn.init.orthogonal_(weight, gain=gain),
}


def initialise(module: nn.Module, method: str | None = 'xavier', gain: float = 0.02) -> nn.Module:
    """Fill all convolution and linear weights of ``module`` in place; their biases become 0.

    Affine batch norms get scales from N(1, ``gain``) and shifts 0. Spectrally normalised layers are
    filled before normalisation, their u and v keep their random start. (NVlabs/SPADE, ``init_type``
    and ``init_variance``.) A module whose ``draws_own_weights`` is true is left as it is, with all in it.

    Args:
        method: ``'xavier'`` (normal, times gain), ``'xavier_uniform'`` (gain 1 whatever ``gain``),
            ``'normal'`` (standard deviation ``gain``), ``'kaiming'`` (fan in), ``'orthogonal'``;
            None keeps PyTorch's defaults.
    """
    if method is None:
        return module
    if method not in _FILLERS:
        raise InputError(f'init: expected one of {", ".join(_FILLERS)} or None, found {method!r}')
    for layer in _layers(module):
        if isinstance(layer, _LAYERS):
            _FILLERS[method](layer.weight_orig if hasattr(layer, 'weight_orig') else layer.weight, gain)
        elif isinstance(layer, nn.modules.batchnorm._BatchNorm) and layer.affine:
            nn.init.normal_(layer.weight, 1.0, gain)
        else:
            continue
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    return module


def _layers(module: nn.Module) -> Iterator[nn.Module]:
    if not getattr(module, 'draws_own_weights', False):
        yield module
        for child in module.children():
            yield from _layers(child)
