from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES, LOSSES


def perceptual_distance(fake_features: Sequence[Tensor], real_features: Sequence[Tensor],
                        layer_weights: Sequence[float], squared: bool = False) -> Tensor:
    """Sum over layers k of w_k * mean |phi_k(fake) - phi_k(real)|, or of the squared difference.

    Johnson et al., ECCV 2016, with L1 and the layers' mean as in the released code of pix2pixHD and
    GauGAN.
    """
    distance = F.mse_loss if squared else F.l1_loss
    return sum(weight * distance(fake, real)
               for fake, real, weight in zip(fake_features, real_features, layer_weights))


@LOSSES.register_module()
class PerceptualLoss(nn.Module):
    """See :func:`perceptual_distance`; the real side is a constant.

    The network's tensors stay out of the checkpoints: they never change, and come from their own file.

    Args:
        network: a feature network of ``BACKBONES`` (default: ``VGG19``, relu1_1 to relu5_1, which needs
            ``weights``). The images go in as they are, in [-1, 1], unless it is told to ``normalise``.
        layer_weights: one for each layer of the network, in order.
        squared: squares instead of magnitudes (``percep_is_l1=0`` in the pose transfer code).
    """

    def __init__(self, weight: float = 10.0, network: dict | None = None,
                 layer_weights: Sequence[float] = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1.0),
                 squared: bool = False) -> None:
        super().__init__()
        self.weight, self.layer_weights, self.squared = weight, tuple(layer_weights), squared
        self.network = BACKBONES.build(network or dict(type='VGG19'))
        expected, found = len(self.network.layers), len(self.layer_weights)
        if expected != found:
            raise InputError(f'PerceptualLoss: layer_weights must hold {expected} weights, one for each '
                             f'layer of the network, found {found}')
        self.register_state_dict_post_hook(leave_network_out)
        self.register_load_state_dict_pre_hook(keep_network)

    def forward(self, fake: Tensor, real: Tensor) -> Tensor:
        """fake and real (B, 3, H, W) in [-1, 1] -> scalar."""
        return self.against(fake, self.real_features(real))

    @torch.no_grad()
    def real_features(self, real: Tensor) -> tuple[Tensor, ...]:
        """The features of ``real``, for several fakes to be held :meth:`against`."""
        return tuple(self.network(real).values())

    def against(self, fake: Tensor, real_features: tuple[Tensor, ...]) -> Tensor:
        """As ``forward``, with the real side ready."""
        fake_features = tuple(self.network(fake).values())
        return self.weight * perceptual_distance(fake_features, real_features, self.layer_weights,
                                                 self.squared)

    @classmethod
    def example(cls) -> dict:
        return dict(network=dict(type='VGG19', layers=('relu1_1', 'relu2_1'), allow_random=True),
                    layer_weights=(0.5, 1.0))


def leave_network_out(module: PerceptualLoss, state: dict, prefix: str, _metadata: dict) -> None:
    for name in [name for name in state if name.startswith(f'{prefix}network.')]:
        del state[name]


def keep_network(module: PerceptualLoss, state: dict, prefix: str, *_) -> None:
    state.update(module.network.state_dict(prefix=f'{prefix}network.'))
