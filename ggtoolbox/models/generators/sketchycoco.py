"""SketchyCOCO's object generators (Gao et al., SketchyCOCO: Image Generation from Freehand Scene Sketches,
CVPR 2020, section 3.1): of edges and of images, from one latent."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS, UPSAMPLERS

from ..layers.layout import one_hot
from ..layers.tensorflow_layers import DeviationNorm, SameConvTranspose2d


@GENERATORS.register_module()
class ClassLatentGenerator(nn.Module):
    """A picture of a class from a latent: a linear layer to a small grid, four doublings, tanh.

    The norm behind the linear layer is batch norm with the statistics of the batch, at test too (in the
    released code whatever its option says); behind the doublings each channel's own. 5,249,155 parameters.

    Args:
        num_classes: of ``domain``, whose one-hot vector joins the latent.
        latent_dim: of the latent (100).
        image_size: (height, width), multiples of 16.
        channels: width behind the last but one doubling (64).
        upsampler: what doubles (default: a 5x5 transposed convolution with TensorFlow's padding); gets
            ``in_channels``, ``out_channels`` and ``scale=2``.
        head: what makes the image. None, as released: the last doubling itself, then tanh. Otherwise (ours)
            that leads to ``channels`` features, then norm and ReLU.
    """

    def __init__(self, num_classes: int = 14, latent_dim: int = 100, image_size: tuple[int, int] = (64, 64),
                 channels: int = 64, upsampler: dict | None = None, head: dict | None = None) -> None:
        super().__init__()
        self.num_classes, self.latent_dim, self.names = num_classes, latent_dim, ('latent', 'domain')
        if any(length % 16 for length in image_size):
            raise InputError(f'ClassLatentGenerator: image_size must be multiples of 16, found '
                             f'{tuple(image_size)}')
        self.grid = image_size[0] // 16, image_size[1] // 16
        widths = [8 * channels, 4 * channels, 2 * channels, channels, 3 if head is None else channels]
        self.linear = nn.Linear(latent_dim + num_classes, self.grid[0] * self.grid[1] * widths[0])
        self.norm = nn.BatchNorm2d(widths[0], track_running_stats=False)
        self.ups = nn.ModuleList(
            SameConvTranspose2d(before, after) if upsampler is None else
            UPSAMPLERS.build(upsampler, default_args=dict(in_channels=before, out_channels=after, scale=2))
            for before, after in zip(widths, widths[1:]))
        self.pixel_norm = DeviationNorm()
        self.head = None if head is None else HEADS.build(head, default_args=dict(in_channels=channels,
                                                                                  out_channels=3))

    def forward(self, latent: Tensor, domain: Tensor) -> dict[str, Tensor]:
        """Generate.

        Args:
            latent: (B, latent_dim).
            domain: (B,) int64 class.

        Returns:
            ``image`` (B, 3, *image_size) in [-1, 1], and what else the head returns.

        Raises:
            InputError: a latent of another length, an unknown class.
        """
        if latent.shape[1:] != (self.latent_dim,):
            raise InputError(f'ClassLatentGenerator: latent must be (B, {self.latent_dim}), found '
                             f'{tuple(latent.shape)}')
        classes = one_hot(domain, self.num_classes, latent.dtype, 'ClassLatentGenerator: domain')
        code = torch.cat([latent, classes], dim=1)
        x = self.linear(code).unflatten(1, (*self.grid, -1)).permute(0, 3, 1, 2)  # channels last, as released
        x = F.relu(self.norm(x))
        for up in self.ups[:-1]:
            x = F.relu(self.pixel_norm(up(x, x)))
        last = self.ups[-1](x, x)
        return dict(image=torch.tanh(last)) if self.head is None else self.head(F.relu(self.pixel_norm(last)))

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        return (dict(num_classes=3, latent_dim=4, image_size=(16, 32), channels=2),
                dict(latent=torch.linspace(-1, 1, 12).reshape(3, 4), domain=torch.tensor([2, 0, 1])))
