"""BiGraphGAN's attention-based image fusion (Tang et al., BMVC 2020; thesis section 4.4.3)."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import HEADS


@HEADS.register_module()
class AttentionImageFusion(nn.Module):
    """One intermediate image I~, and a mask A of where the source image I_a shows instead.

        I~ = tanh(convolution(F)),  A = sigmoid(convolution(F_A)),  image = I_a * A + I~ * (1 - A)

    (equation 4.15). F_A are ``attention_features``, where the generator decodes them, else F. Without a
    source image the image is I~.

    Paper and code differ: the code has two maps without bounds (``mask='linear'``), image = I~ * A_1 +
    I_a * A_2, which may leave [-1, 1]. What is written to a file is clipped; the released code lets such
    pixels wrap around.

    Args:
        in_channels: of the features, F.
        out_channels: of the image; of the source image, too.
        kernel_size: of the convolution that makes I~, odd; it pads by reflection.
        mask: ``'sigmoid'`` (paper) or ``'linear'`` (code; what the released weights need).
        attention_channels: of ``attention_features``; None where there are none.
        attention_bias: of the convolution to A, which has none in the released code of batch norm.
    """

    streams = ('attention_features',)

    def __init__(self, in_channels: int, out_channels: int = 3, kernel_size: int = 7, mask: str = 'sigmoid',
                 attention_channels: int | None = None, attention_bias: bool = True) -> None:
        super().__init__()
        if mask not in ('sigmoid', 'linear'):
            raise InputError(f"AttentionImageFusion: mask must be 'sigmoid' or 'linear', found {mask!r}")
        self.out_channels, self.mask = out_channels, mask
        self.to_image = nn.Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2,
                                  padding_mode='reflect')
        # Transposed, as its released weights are stored.
        self.to_attention = nn.ConvTranspose2d(
            attention_channels or in_channels, 1 if mask == 'sigmoid' else 2, 1, bias=attention_bias)

    def forward(self, features: Tensor, source_image: Tensor | None = None,
                attention_features: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            features: (B, in_channels, H, W).
            source_image: (B, out_channels, H, W) in [-1, 1]; None: it is not mixed in.
            attention_features: (B, attention_channels, H, W).

        Returns:
            ``image`` (B, out_channels, H, W), ``intermediate_image`` of the same shape, I~, in [-1, 1], and
            ``attention``: A (B, 1, H, W) in (0, 1), or A_1 and A_2 (B, 2, H, W).

        Raises:
            InputError: a source image of another number of channels.
        """
        image = torch.tanh(self.to_image(features))
        attention = self.to_attention(features if attention_features is None else attention_features)
        if self.mask == 'sigmoid':
            attention = torch.sigmoid(attention)
        outputs = dict(image=image, intermediate_image=image, attention=attention)
        if source_image is None:
            return outputs
        if source_image.shape[1] != self.out_channels:
            raise InputError(f'AttentionImageFusion: source_image must have the {self.out_channels} channels '
                             f'of the image, found {source_image.shape[1]}')
        own, source = attention.split(1, 1) if self.mask == 'linear' else (1 - attention, attention)
        return dict(outputs, image=image * own + source_image * source)
