"""StarGAN's generator (Choi et al., StarGAN: Unified Generative Adversarial Networks for Multi-Domain
Image-to-Image Translation, CVPR 2018, appendix 7.2)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS, UPSAMPLERS

from ..layers.convolution import normalised_convolution
from ..layers.layout import one_hot
from ..layers.normalisation import build_norm
from ..layers.residual import ResidualBlock
from ..layers.sizes import check_halvings


@GENERATORS.register_module()
class StarGANGenerator(nn.Module):
    """An image and what it should become: halvings, residual blocks, doublings back.

    Behind the image's channels stand constant planes: one an attribute, one a domain. Where there are both
    kinds, the planes of the kind that is not given are 0, and two more say which is meant (equation 8's mask
    vector; section 3.3, of two data sets). All convolutions pad by zeros and have no bias; instance norm has
    scale and shift. (With reflecting padding a constant plane would stay constant and be normalised away.)

    Args:
        num_attributes: of ``attributes``, 0 for none.
        num_domains: of ``domain``, 0 for none.
        source_channels: of the image.
        channels: width at full size (64); 4 times that in the blocks.
        num_blocks: 6.
        track_running_stats: of instance norm: the released code keeps them and never uses them, not even at
            test, for which ``norm_at_test='batch'`` stands; False has none.
        upsampler: what doubles (default: ``DeconvolutionUpsampler`` with ``kernel_size=4``); gets
            ``in_channels``, ``out_channels`` and ``scale=2``, and image and planes as guide.
        head: what makes the image (default: ``RGBHead``, 7x7 without bias).
    """

    def __init__(self, num_attributes: int = 0, num_domains: int = 0, source_channels: int = 3,
                 channels: int = 64, num_blocks: int = 6, track_running_stats: bool = False,
                 upsampler: dict | None = None, head: dict | None = None, out_channels: int = 3) -> None:
        super().__init__()
        if not num_attributes and not num_domains:
            raise InputError('StarGANGenerator: expected num_attributes or num_domains, found neither')
        self.num_attributes, self.num_domains = num_attributes, num_domains
        self.names = ('source_image', *('attributes',) * bool(num_attributes),
                      *('domain',) * bool(num_domains))
        both = 2 * bool(num_attributes and num_domains)
        options = dict(norm='instance', affine=True, track_running_stats=track_running_stats, bias=False)
        self.stem = normalised_convolution(source_channels + num_attributes + num_domains + both, channels, 7,
                                           **options)
        widths = [channels, 2 * channels, 4 * channels]
        self.downs = nn.ModuleList(normalised_convolution(i, o, 4, stride=2, padding=1, **options)
                                   for i, o in zip(widths, widths[1:]))
        self.blocks = nn.ModuleList(ResidualBlock(widths[-1], padding_mode='zeros', **options)
                                    for _ in range(num_blocks))
        default = dict(type='DeconvolutionUpsampler', kernel_size=4, bias=False)
        narrowing = list(zip(widths[:0:-1], widths[-2::-1]))
        self.upsamplers = nn.ModuleList(
            UPSAMPLERS.build(upsampler or default, default_args=dict(in_channels=i, out_channels=o, scale=2))
            for i, o in narrowing)
        self.norms = nn.ModuleList(build_norm('instance', o, True, track_running_stats) for _, o in narrowing)
        self.head = HEADS.build(head or dict(type='RGBHead', kernel_size=7, pre_activation=None, bias=False),
                                default_args=dict(in_channels=channels, out_channels=out_channels))

    def forward(self, source_image: Tensor, attributes: Tensor | None = None,
                domain: Tensor | None = None) -> dict[str, Tensor]:
        """Translate.

        Args:
            source_image: (B, source_channels, H, W) in [-1, 1]; H and W are multiples of 4, from 8 on.
            attributes: (B, num_attributes) in {0, 1}: what the image should have.
            domain: (B,) int64: where it should be from. Of two kinds one is given.

        Returns:
            ``image`` (B, 3, H, W) in [-1, 1], and what else the head returns.

        Raises:
            InputError: neither is given, or both; a wrong number of attributes; an unknown domain; a size
                that cannot be halved.
        """
        check_halvings('StarGANGenerator', source_image.shape[-2:], len(self.downs))
        wanted = self.planes(attributes, domain).to(source_image.dtype)
        given = torch.cat([source_image, wanted[..., None, None].expand(-1, -1, *source_image.shape[2:])], 1)
        x = F.relu(self.stem(given))
        for down in self.downs:
            x = F.relu(down(x))
        for block in self.blocks:
            x = block(x)
        for upsampler, norm in zip(self.upsamplers, self.norms):
            x = F.relu(norm(upsampler(x, given)))
        return self.head(x, source_image)

    def planes(self, attributes: Tensor | None, domain: Tensor | None) -> Tensor:
        """(B, planes): what each plane is filled with."""
        if (attributes is None) == (domain is None):
            raise InputError('StarGANGenerator: expected attributes or domain, found '
                             f'{"neither" if domain is None else "both"}')
        kind, count = ('attributes', self.num_attributes) if domain is None else ('domain', self.num_domains)
        if not count or (domain is None and attributes.shape[1] != count):
            raise InputError(f'StarGANGenerator: expected {self.num_attributes} attributes or one of '
                             f'{self.num_domains} domains, found {kind} of shape '
                             f'{tuple((attributes if domain is None else domain).shape)}')
        if domain is None:
            filled = F.pad(attributes.float(), (0, self.num_domains))
        else:
            filled = F.pad(one_hot(domain, count, name='StarGANGenerator: domain'), (self.num_attributes, 0))
        if self.num_attributes and self.num_domains:
            mask = filled.new_tensor([1.0, 0.0] if domain is None else [0.0, 1.0])
            filled = torch.cat([filled, mask.expand(len(filled), 2)], dim=1)
        return filled

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 24).reshape(2, 3, 16, 24)
        return (dict(num_attributes=3, channels=2, num_blocks=1),
                dict(source_image=image, attributes=torch.tensor([[1.0, 0, 1], [0, 1, 1]])))
