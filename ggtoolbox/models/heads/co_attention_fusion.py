"""XingGAN's co-attention fusion (Tang et al., ECCV 2020; thesis section 4.3.3)."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import HEADS


@HEADS.register_module()
class CoAttentionFusion(nn.Module):
    """2N intermediate images, of appearance and of shape, and the source image, chosen from at each pixel.

        I^I_i = tanh(convolution_i(F^I)),  I^P_i = tanh(convolution_i(F^P))                 (equation 4.5)
        A = softmax over the 2N + 1 channels of convolution([F^I, F^P])                     (4.6)
        image = sum over i of A_i * I^I_i + sum over i of A_{N+i} * I^P_i + A_{2N+1} * I_s  (4.7)

    It fits any generator: one that decodes no ``shape_features`` has its features in their place, with
    convolutions of their own; ``joint_features`` are the streams side by side unless the generator decodes
    them itself. Without a source image the choice is between the intermediate images.

    Paper and code differ: convolutions of 3x3 make the images in the paper, of 7x7 with reflection in the
    code (the default).

    Args:
        in_channels: of the features, F^I.
        out_channels: of the image; of the source image, too.
        num_intermediates: N (paper: 10).
        kernel_size: of the convolutions that make the images, odd.
        shape_channels: of ``shape_features``, F^P; None where there are none.
        joint_channels: of ``joint_features``; None where there are none.
        attention_bias: of the convolution of equation 4.6, which has none in the released code of batch norm.
    """

    streams = ('shape_features', 'joint_features')

    def __init__(self, in_channels: int, out_channels: int = 3, num_intermediates: int = 10,
                 kernel_size: int = 7, shape_channels: int | None = None, joint_channels: int | None = None,
                 attention_bias: bool = True) -> None:
        super().__init__()
        if num_intermediates < 1:
            raise InputError(f'CoAttentionFusion: num_intermediates must be at least 1, found '
                             f'{num_intermediates}')
        self.out_channels, self.num_intermediates = out_channels, num_intermediates
        self.to_appearance_images, self.to_shape_images = (
            nn.Conv2d(channels, num_intermediates * out_channels, kernel_size, padding=kernel_size // 2,
                      padding_mode='reflect') for channels in (in_channels, shape_channels or in_channels))
        # Transposed, as its released weights are stored.
        self.to_attention = nn.ConvTranspose2d(
            joint_channels or in_channels + (shape_channels or 0), 2 * num_intermediates + 1, 1,
            bias=attention_bias)

    def forward(self, features: Tensor, source_image: Tensor | None = None,
                shape_features: Tensor | None = None,
                joint_features: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            features: (B, in_channels, H, W).
            source_image: (B, out_channels, H, W) in [-1, 1]; None: not among the candidates.
            shape_features: (B, shape_channels, H, W).
            joint_features: (B, joint_channels, H, W).

        Returns:
            ``image`` (B, out_channels, H, W) in [-1, 1]; ``attention`` (B, 2N + 1, H, W), which sums to 1
            (2N without a source image); ``intermediate_images`` (B, 2N, out_channels, H, W) in [-1, 1].

        Raises:
            InputError: a source image of another number of channels.
        """
        if joint_features is None:
            joint_features = features if shape_features is None else torch.cat([features, shape_features], 1)
        images = torch.cat([self.to_appearance_images(features),
                            self.to_shape_images(features if shape_features is None else shape_features)], 1)
        candidates = images = torch.tanh(images).unflatten(1, (-1, self.out_channels))
        scores = self.to_attention(joint_features)
        if source_image is None:
            scores = scores[:, :-1]
        elif source_image.shape[1] != self.out_channels:
            raise InputError(f'CoAttentionFusion: source_image must have the {self.out_channels} channels of '
                             f'the image, found {source_image.shape[1]}')
        else:
            candidates = torch.cat([images, source_image.to(images.dtype).unsqueeze(1)], dim=1)
        attention = scores.softmax(dim=1)
        return dict(image=torch.einsum('bnhw,bnchw->bchw', attention.to(images.dtype), candidates),
                    attention=attention, intermediate_images=images)
