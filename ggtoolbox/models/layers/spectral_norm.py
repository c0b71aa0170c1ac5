"""Spectral normalisation with the legacy semantics, in which all released weights of this field are.

State: ``weight_orig``, ``weight_u``, ``weight_v`` as ``torch.nn.utils.spectral_norm`` names them.
That hook leaves a graph-bound ``weight`` behind each forward, so that neither ``copy.deepcopy`` (EMA)
nor ``torch.export`` works afterwards; its parametrised successor iterates in another order (u first)
and starts from 15 iterations, so that training differs. Here ``weight`` is a property.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.ops.precision import full_precision

from .adaptive_convolution import AdaptiveConv2d, AdaptiveConvTranspose2d
from .made_again import Again, as_now

EPSILON = 1e-12


def normalised_weight(weight: Tensor, u: Tensor, v: Tensor, dim: int = 0) -> Tensor:
    """W / sigma with sigma = u . (W v); gradients flow through sigma, u and v are constants.

    Args:
        weight: any shape; ``dim`` is the dimension of its output channels.
        u: (rows,), v: (columns,) of the matrix of ``weight``, of length one.
    """
    with full_precision(weight.device):
        return weight / torch.dot(u, torch.mv(_matrix(weight, dim), v))


def _matrix(weight: Tensor, dim: int) -> Tensor:
    return weight.movedim(dim, 0).flatten(1)


class _Spectral:
    """Mixed in front of a layer whose ``weight`` is to be divided by its largest singular value."""

    output_dim = 0
    iterates = True

    @property
    def weight(self) -> Tensor:
        # Copies: the next forward, or DDP's broadcast, changes the buffers before this backward.
        return normalised_weight(self.weight_orig, self.weight_u.clone(), self.weight_v.clone(),
                                 self.output_dim)

    def weight_again(self) -> Again:
        """What gives this layer's weight once more, as it is now."""
        again, vectors = as_now(self.weight_orig), (self.weight_u.clone(), self.weight_v.clone())
        return lambda: normalised_weight(again(), *vectors, self.output_dim)

    @torch.no_grad()
    def iterate(self) -> None:
        """One power iteration: v = normalise(W^T u), u = normalise(W v)."""
        with full_precision(self.weight_orig.device):
            matrix = _matrix(self.weight_orig, self.output_dim)
            self.weight_v.copy_(F.normalize(torch.mv(matrix.t(), self.weight_u), dim=0, eps=EPSILON))
            self.weight_u.copy_(F.normalize(torch.mv(matrix, self.weight_v), dim=0, eps=EPSILON))

    def forward(self, *inputs) -> Tensor:
        if self.training and self.iterates:
            self.iterate()
        return super().forward(*inputs)


class SpectralConv2d(_Spectral, AdaptiveConv2d):
    """See :func:`spectral_norm`."""


class SpectralConvTranspose2d(_Spectral, AdaptiveConvTranspose2d):
    """See :func:`spectral_norm`."""

    output_dim = 1


class SpectralLinear(_Spectral, nn.Linear):
    """See :func:`spectral_norm`."""


_SPECTRAL = {nn.Conv2d: SpectralConv2d, AdaptiveConv2d: SpectralConv2d,
             nn.ConvTranspose2d: SpectralConvTranspose2d, AdaptiveConvTranspose2d: SpectralConvTranspose2d,
             nn.Linear: SpectralLinear}


def spectral_norm(module: nn.Module, enabled: bool = True) -> nn.Module:
    """Give a Conv2d, ConvTranspose2d or Linear spectral normalisation (Miyato et al. 2018), in place.

    One power iteration each forward in train mode; in eval mode the stored u and v serve. The
    matrix has the output channels first (dimension 1 of a transposed convolution's weight).

    Args:
        enabled: where False, ``module`` comes back as it is.
    """
    if not enabled:
        return module
    weight = module.weight
    module.__class__ = _SPECTRAL[type(module)]
    del module._parameters['weight']
    module.register_parameter('weight_orig', weight)
    for name, length in zip(('weight_u', 'weight_v'), _matrix(weight, module.output_dim).shape):
        module.register_buffer(name, F.normalize(weight.new_empty(length).normal_(), dim=0, eps=EPSILON))
    return module


def spectral_norm_everywhere(network: nn.Module) -> nn.Module:
    """Give every convolution and linear layer inside ``network`` spectral normalisation, in place."""
    for module in network.modules():
        if type(module) in _SPECTRAL:
            spectral_norm(module)
    return network


def spectral_vectors(network: nn.Module) -> list[Tensor]:
    """u and v of each spectrally normalised layer inside ``network``."""
    return [vector for module in network.modules() if isinstance(module, _Spectral)
            for vector in (module.weight_u, module.weight_v)]


@contextmanager
def iterations_done(network: nn.Module) -> Iterator[None]:
    """Forward passes within see the spectral norm of the last one before: there is no power iteration."""
    layers = [module for module in network.modules() if isinstance(module, _Spectral) and module.iterates]
    for layer in layers:
        layer.iterates = False
    try:
        yield
    finally:
        for layer in layers:
            layer.iterates = True


@torch.no_grad()
def fold_spectral_norm(network: nn.Module) -> nn.Module:
    """Make each spectrally normalised layer inside ``network``, in place, the plain one that equals it in
    eval mode: for a network that is trained no more."""
    plain = {spectral: kind for kind, spectral in _SPECTRAL.items()}
    for module in network.modules():
        if type(module) in plain:
            weight = module.weight
            del module.weight_orig, module.weight_u, module.weight_v
            module.__class__ = plain[type(module)]
            module.register_parameter('weight', nn.Parameter(weight))
    return network


def weight_again(layer: nn.Module) -> Again:
    """What gives ``layer.weight`` once more, as it is now."""
    return layer.weight_again() if isinstance(layer, _Spectral) else as_now(layer.weight)


def next_weight(layer: nn.Module) -> Tensor:
    """``layer.weight`` as ``layer``'s own forward would use it, for those who convolve by themselves: in
    train mode a spectrally normalised layer iterates first."""
    if layer.training and isinstance(layer, _Spectral) and layer.iterates:
        layer.iterate()
    return layer.weight
