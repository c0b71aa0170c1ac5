"""OASIS's generator (Schonfeld et al., You Only Need Adversarial Supervision for Semantic Image Synthesis,
ICLR 2021, section 3.2)."""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.registry import GENERATORS

from ..layers.layout import Layout
from ..layers.upsampling import read_instances
from .spade import SPADEGenerator


@GENERATORS.register_module()
class OASISGenerator(SPADEGenerator):
    """GauGAN's generator whose layout has noise behind its classes (3-D noise): at the start, in all norms.

    One draw of z holds for all pixels of an image. The paper may draw another for each region, which is not
    here; and it leaves out GauGAN's first block, while here GauGAN's blocks are kept.

    Args:
        noise_channels: length of z (64).

    The other arguments are :class:`~ggtoolbox.models.generators.spade.SPADEGenerator`'s.
    """

    def __init__(self, num_classes: int, edge: bool = False, image_size: tuple[int, int] | None = (256, 512),
                 channels: int = 64, num_upsamplings: int = 6, noise_channels: int = 64, norm: str = 'batch',
                 norm_kernel_size: int = 3, norm_hidden_channels: int = 128, spectral: bool = True,
                 upsampler: dict | None = None, share_upsamplers: bool = True, head: dict | None = None,
                 out_channels: int = 3) -> None:
        super().__init__(num_classes, edge, noise_channels, image_size, channels, num_upsamplings, None, norm,
                         norm_kernel_size, norm_hidden_channels, spectral, upsampler, share_upsamplers, head,
                         out_channels)
        self.guided_input = self.layout_input.only(('label', 'edge') if edge else ('label',))
        self.latent_dim = noise_channels
        read_instances(self, self.guided_input)

    def forward(self, label: Tensor, edge: Tensor | None = None, latent: Tensor | None = None,
                instance: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            label: (B, H, W) int64 class ids, 255 = ignored (no class), or a map (B, num_classes, H, W).
            edge: (B, 1, H, W) in {0, 1}.
            latent: z, (B, noise_channels); drawn from N(0, 1) where it is not given.
            instance: (B, H, W) int64, for panoptic aware upsampling.

        Returns:
            ``image`` (B, 3, *image_size) in [-1, 1], and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`, and for a latent of another length.
        """
        if latent is None:
            latent = torch.randn(label.shape[0], self.latent_dim, device=label.device)
        self.check_latent(latent)
        noise = latent[..., None, None].expand(*latent.shape, *label.shape[-2:])
        return super().forward(label, edge, target_guide=noise, instance=instance)

    def start(self, layout: Layout, size: tuple[int, int], latent: Tensor | None = None,
              features: Tensor | None = None) -> Tensor:
        """From the layout, noise included."""
        return self.convolve_stem(layout, self.grid(size))

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        arguments, inputs = super().example()
        return dict(arguments, noise_channels=3), inputs
