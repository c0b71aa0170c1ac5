"""Patch discriminators: every logit judges one patch of the image (Isola et al., CVPR 2017)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.adaptive_convolution import AdaptiveConv2d
from ..layers.attention import PooledAttention
from ..layers.derived import passed_on
from ..layers.normalisation import build_norm
from ..layers.spectral_norm import spectral_norm


def join_condition(image: Tensor, condition: Tensor | None) -> Tensor:
    """Condition first, image after it, along the channels."""
    if condition is None:
        return image
    if condition.shape[-2:] != image.shape[-2:]:
        raise InputError(f'discriminator: the condition must have the size {tuple(image.shape[-2:])} of '
                         f'the image, found {tuple(condition.shape[-2:])}')
    return torch.cat([condition, image], dim=1)


@DISCRIMINATORS.register_module()
class PatchDiscriminator(nn.Module):
    """``num_layers`` convolutions with leaky ReLU 0.2, then one to a single map of logits.

    Widths double up to ``max_channels``. Strides are 2, but 1 in the last of the ``num_layers`` (unless
    it is the first) and in the one to logits. The first and the one to logits have a bias and no
    normalisation.

    GauGAN (the default): ``num_layers=4, padding=2, norm='instance', spectral=True``. pix2pix with n
    layers: ``num_layers=n + 1, padding=1, max_channels=8 * channels, spectral=False`` and
    ``norm='batch'``, or ``norm='instance', bias_before_norm=True``. pix2pixHD: as
    GauGAN, with ``spectral=False`` (and ``bias_before_norm=True`` in NVIDIA's code).

    Args:
        in_channels: of condition and image together.
        norm: ``'instance'`` (without scale and shift), ``'batch'`` (with both) or None.
        track_running_stats: of instance norm (pix2pix code of 2018: True).
        bias_before_norm: give convolutions in front of a norm a bias, as pix2pix does before instance
            norm; without a norm they always have one.
        spectral: spectral normalisation of the convolutions between the first and the one to logits.
        return_features: list the activations too, for feature matching.
        last_stride: of the last of the ``num_layers``; 2 in SEAN's, whose ``num_layers`` is 3.
        spectral_ends: spectral normalisation of the first convolution and the one to logits, too (the
            papers of GauGAN and EdgeGAN: on all layers; GauGAN's released code: not on these).
        attention: :class:`PooledAttention` in front of the last convolution before the logits (CoCosNet).
    """

    def __init__(self, in_channels: int, channels: int = 64, num_layers: int = 4,
                 max_channels: int = 512, kernel_size: int = 4, padding: int = 2,
                 norm: str | None = 'instance', track_running_stats: bool = False,
                 bias_before_norm: bool = False, spectral: bool = True,
                 return_features: bool = True, spectral_ends: bool = False,
                 attention: bool = False, last_stride: int = 1) -> None:
        super().__init__()
        self.return_features = return_features
        first = spectral_norm(nn.Conv2d(in_channels, channels, kernel_size, stride=2, padding=padding),
                              spectral_ends)
        self.layers = nn.ModuleList([nn.Sequential(first, nn.LeakyReLU(0.2))])
        for index in range(1, num_layers):
            before, channels = channels, min(2 * channels, max_channels)
            stride = last_stride if index == num_layers - 1 else 2
            convolution = AdaptiveConv2d(before, channels, kernel_size, stride, padding,
                                         bias=norm is None or bias_before_norm)
            attends = attention and index == num_layers - 1
            self.layers.append(nn.Sequential(
                *([PooledAttention(before, spectral)] if attends else []),
                spectral_norm(convolution, spectral),
                build_norm(norm, channels, norm == 'batch', track_running_stats),
                nn.LeakyReLU(0.2)))
        self.to_logits = spectral_norm(nn.Conv2d(channels, 1, kernel_size, padding=padding), spectral_ends)

    def forward(self, image: Tensor, condition: Tensor | None = None) -> list[DiscriminatorOutput]:
        """image (B, 3, H, W) and condition (B, in_channels - 3, H, W) -> one scale."""
        x = join_condition(image, condition)
        features = []
        for layer in self.layers:
            x = layer(x)
            features.append(x)
        return [DiscriminatorOutput(self.to_logits(x), features if self.return_features else [])]

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 64 * 64).reshape(2, 3, 64, 64)
        return dict(in_channels=5, channels=4), dict(image=image, condition=image[:, :2].abs())


@DISCRIMINATORS.register_module()
class MultiScaleDiscriminator(nn.Module):
    """The same discriminator, with weights of its own, on the image at 1, 1/2, 1/4, ... of its size.

    From scale to scale condition and image are average-pooled together (3x3, stride 2, padding 1 that
    does not count). (Wang et al., pix2pixHD, CVPR 2018, section 3.2; GauGAN's has two scales.)

    Args:
        in_channels: of condition and image together.
        discriminator: what judges one scale (default: ``PatchDiscriminator``); gets ``in_channels``.
    """

    def __init__(self, in_channels: int, num_scales: int = 2, discriminator: dict | None = None) -> None:
        super().__init__()
        self.scales = nn.ModuleList(
            DISCRIMINATORS.build(passed_on(
                discriminator or dict(type='PatchDiscriminator'), DISCRIMINATORS,
                dict(in_channels=in_channels), type(self).__name__, 'discriminator'))
            for _ in range(num_scales))

    def forward(self, image: Tensor, condition: Tensor | None = None) -> list[DiscriminatorOutput]:
        """image (B, 3, H, W) and condition (B, in_channels - 3, H, W) -> the scales, finest first."""
        x, outputs = join_condition(image, condition), []
        for index, discriminator in enumerate(self.scales):
            if index > 0:
                x = F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False)
            outputs += discriminator(x)
        return outputs

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        _, inputs = PatchDiscriminator.example()
        return dict(in_channels=5, discriminator=dict(type='PatchDiscriminator', channels=4)), inputs
