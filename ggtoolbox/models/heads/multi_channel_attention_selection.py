"""SelectionGAN's way to an image: choose, at each pixel, between several (Tang et al., Multi-Channel
Attention Selection GAN, CVPR 2019 and TPAMI 2022; thesis section 5.3.3)."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import HEADS

from ..layers.activation import build_activation
from ..layers.multi_scale_pooling import MultiScaleSelection


@HEADS.register_module()
class MultiChannelAttentionSelection(nn.Module):
    """N intermediate images and N attention maps; their sum of products is the image.

    From features F' (equations 5.4 to 5.6):

        I_i = tanh(convolution_i(F')),    A = softmax over i of convolution(F'),
        image = sum over i of A_i * I_i,  U = sigmoid(convolution(A)).

    The image needs no tanh of its own, being between the I_i. As it is, this is the head of the released
    semantic variant on GauGAN's generator, and fits any generator; with ``pooling_scales=(1, 4, 9),
    uncertainty='shared', pre_activation=None`` it is the last part of SelectionGAN's second stage, and with
    ``channel_selection=True`` that of SelectionGAN++.

    Args:
        in_channels: of the features.
        out_channels: of the image.
        num_intermediates: N (paper: 10).
        uncertainty: maps U for the pixel losses: None for none; a number K for as many, one a loss
            (paper: one for each of four losses); ``'shared'`` for a single one (released code).
        pooling_scales: multi-scale spatial pooling in front (:class:`MultiScaleSelection`); None for none.
        channel_selection: multi-scale channel selection behind the pooling.
        most_alike: of the channel selection, the paper's reading; see :class:`ChannelSelection`.
        pre_activation: ``'leaky_relu'`` (slope 0.2, as GauGAN has it in front of its last convolution),
            ``'relu'``, or None.
    """

    def __init__(self, in_channels: int, out_channels: int = 3, num_intermediates: int = 10,
                 uncertainty: int | str | None = None, pooling_scales: tuple[int, ...] | None = None,
                 channel_selection: bool = False, most_alike: bool = False,
                 pre_activation: str | None = 'leaky_relu') -> None:
        super().__init__()
        if num_intermediates < 1:
            raise InputError('MultiChannelAttentionSelection: num_intermediates must be at least 1, found '
                             f'{num_intermediates}')
        self.out_channels = out_channels
        self.pre_activation = build_activation(pre_activation, type(self).__name__)
        self.multi_scale = None
        if pooling_scales or channel_selection:
            self.multi_scale = MultiScaleSelection(in_channels, tuple(pooling_scales or ()),
                                                   channel_selection, most_alike)
        self.to_images = nn.Conv2d(in_channels, num_intermediates * out_channels, 3, padding=1)
        self.to_attention = nn.Conv2d(in_channels, num_intermediates, 1)
        self.to_uncertainty = None
        if uncertainty is not None:
            self.to_uncertainty = nn.Conv2d(num_intermediates, _number_of_maps(uncertainty), 1)

    def forward(self, features: Tensor, source_image: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            features: (B, in_channels, H, W).
            source_image: not used.

        Returns:
            ``image`` (B, out_channels, H, W) in [-1, 1]; ``attention`` (B, N, H, W), which sums to 1 over N;
            ``intermediate_images`` (B, N, out_channels, H, W) in [-1, 1]; ``uncertainty`` (B, K, H, W) in
            (0, 1), where it was asked for.
        """
        features = self.pre_activation(features)
        if self.multi_scale is not None:
            features = self.multi_scale(features)
        images = torch.tanh(self.to_images(features)).unflatten(1, (-1, self.out_channels))
        attention = self.to_attention(features).softmax(dim=1)
        outputs = dict(image=torch.einsum('bnhw,bnchw->bchw', attention.to(images.dtype), images),
                       attention=attention, intermediate_images=images)
        if self.to_uncertainty is not None:
            outputs['uncertainty'] = torch.sigmoid(self.to_uncertainty(attention))
        return outputs


def _number_of_maps(uncertainty: int | str) -> int:
    if uncertainty == 'shared':
        return 1
    if isinstance(uncertainty, str) or uncertainty < 1:
        raise InputError("MultiChannelAttentionSelection: uncertainty must be None, 'shared' or the number "
                         f'of maps, found {uncertainty!r}')
    return uncertainty
