"""EdgeGAN's generator (Tang, PhD thesis, section 6.4: Edge Guided GAN)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS

from ..layers.derived import passed_on
from ..layers.layout import Layout
from ..layers.spectral_norm import spectral_norm_everywhere


class FeatureHead(nn.Module):
    """In place of a generator's head: its last features as they are, which makes it an encoder."""

    def __init__(self, in_channels: int, out_channels: int = 3) -> None:
        super().__init__()
        self.channels = in_channels

    def forward(self, features: Tensor, source_image: Tensor | None = None) -> dict[str, Tensor]:
        return dict(encoded=features)


class PictureGenerator(nn.Module):
    """Edge generator G_e or image generator G_i: 3x3 convolutions, and a head to an edge map or an image.

    The thesis does not say what lies between the convolutions. Here each reads leaky ReLU 0.2 of what is
    before it, as GauGAN's last convolution does.

    Args:
        in_channels: of the features F.
        channels: of the maps F^j.
        num_convolutions: n.
        head: default: ``RGBHead``, a convolution and tanh.
    """

    def __init__(self, in_channels: int, channels: int, num_convolutions: int,
                 head: dict | None = None) -> None:
        super().__init__()
        widths = [in_channels, *[channels] * num_convolutions]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, 3, padding=1) for before, after in zip(widths, widths[1:]))
        self.head = HEADS.build(head or dict(type='RGBHead', pre_activation='leaky_relu'),
                                default_args=dict(in_channels=channels, out_channels=3))

    def advance(self, index: int, x: Tensor) -> Tensor:
        """F^j from F^(j - 1), or from F."""
        return self.convolutions[index](F.leaky_relu(x, 0.2))


def transfer(image: Tensor, edge: Tensor) -> Tensor:
    """Attention guided edge transfer G_t: sigmoid(edge) * image + image (equations 6.12 and 6.13)."""
    return torch.sigmoid(edge) * image + image


class SemanticPreserving(nn.Module):
    """Semantic preserving module G_s: one map a class, each scaled by its importance.

    F_c = conv(x), gamma' = sigmoid(mean of F_c over all places) (equation 6.14),
    F_c' = F_c * gamma' + F_c (equation 6.15), then conv(F_c'). Two 3x3 convolutions without an activation
    between them: the thesis names none.

    Args:
        channels: of x, and of what comes out.
        num_classes: N, the maps of F_c.
    """

    def __init__(self, channels: int, num_classes: int) -> None:
        super().__init__()
        self.to_classes = nn.Conv2d(channels, num_classes, 3, padding=1)
        self.from_classes = nn.Conv2d(num_classes, channels, 3, padding=1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, channels, H, W) -> F' of the same shape and the scaling factors gamma' (B, num_classes)."""
        classes = self.to_classes(x)
        factors = torch.sigmoid(classes.mean((2, 3), keepdim=True))
        return self.from_classes(classes * factors + classes), factors.flatten(1)


@GENERATORS.register_module()
class EdgeGANGenerator(nn.Module):
    """An encoder shared by an edge generator and an image generator, whose edges guide its images.

    F = E(S) is read by the edge generator G_e, which makes an edge map I_e', and the image generator G_i,
    which makes an image I_i'. Each map of G_i passes G_t before the next convolution, and so does I_i', which
    gives I'. G_s reads S, I_e', I' and F; a last convolution with tanh makes I'' of what it puts out.

    I' may be as large as 1.74, for equation 6.13 multiplies a tanh by up to 1 + sigmoid(1). The losses read
    it as it is (``intermediate_image``); where it is the result, ``image`` is cut off at -1 and 1.

    Args:
        encoder: config of ``GENERATORS``: E, any generator that takes a head and returns what that returns
            (GauGAN's in the thesis, and CC-FPSE's in its test of generality). Its features F in front of
            that head have full size.
        num_convolutions: n of G_e and G_i.
        hidden_channels: width of the maps F_e^j and F_i^j; None takes half of F's C. The thesis gives C = 64
            alone. With 32 the parameters are those of its table 6.14 on each of three data sets (93.2, 97.2
            and 98.4 M); with 64 they would be 0.15 M more (93.3, 97.3 and 98.6 M).
        edge_generator: G_e (table 6.15, row 2); without it the image generator stands alone (row 1).
        edge_transfer: G_t (row 3).
        semantic_preserving: G_s (row 4). N is the number of S's channels.
        spectral: spectral normalisation of all layers, the encoder's as well (section 6.4.4). False: of
            those that the encoder gives it to by itself (GauGAN's: its blocks' own convolutions).
        upsampler: the encoder's, where it is not in ``encoder``.
        num_classes, edge: likewise: what the encoder reads.
        head: what makes the final image, I'' or (without G_s) I_i'. Default: ``RGBHead``; on G_s without
            an activation in front, of which the thesis knows nothing.
    """

    def __init__(self, encoder: dict, num_convolutions: int = 3, hidden_channels: int | None = None,
                 edge_generator: bool = True, edge_transfer: bool = True, semantic_preserving: bool = True,
                 spectral: bool = True, upsampler: dict | None = None, head: dict | None = None,
                 num_classes: int | None = None, edge: bool | None = None) -> None:
        super().__init__()
        if edge_transfer and not edge_generator:
            raise InputError('EdgeGANGenerator: edge_transfer=True must come with edge_generator=True, found '
                             'edge_generator=False')
        if num_convolutions < 1:
            raise InputError('EdgeGANGenerator: num_convolutions must be at least 1, found '
                             f'{num_convolutions}')
        given = dict(upsampler=upsampler) if upsampler is not None else {}
        encoder = passed_on(encoder, GENERATORS, dict(num_classes=num_classes, edge=edge),
                            'EdgeGANGenerator', 'encoder')
        self.encoder = GENERATORS.build({**encoder, **given, 'head': dict(type=FeatureHead)})
        self.guided_input = self.encoder.guided_input
        features = next(m.channels for m in self.encoder.modules() if isinstance(m, FeatureHead))
        hidden = hidden_channels or max(1, features // 2)

        self.image_generator = PictureGenerator(features, hidden, num_convolutions,
                                                None if semantic_preserving else head)
        self.edge_generator = PictureGenerator(features, hidden, num_convolutions) if edge_generator else None
        self.edge_transfer = edge_transfer
        self.semantic_preserving = self.head = None
        if semantic_preserving:
            joined = self.guided_input.channels + (6 if edge_generator else 3) + features
            self.semantic_preserving = SemanticPreserving(joined, self.guided_input.channels)
            self.head = HEADS.build(head or dict(type='RGBHead', pre_activation=None),
                                    default_args=dict(in_channels=joined, out_channels=3))
        if spectral:
            spectral_norm_everywhere(self)

    def forward(self, source_image: Tensor | None = None, label: Tensor | None = None,
                edge: Tensor | None = None, target_guide: Tensor | None = None,
                latent: Tensor | None = None, instance: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            source_image, label, edge, target_guide: S, as the encoder takes it.
            latent: (B, latent_dim) for an encoder that starts from one.
            instance: (B, H, W) int64, for panoptic aware upsampling.

        Returns:
            ``image`` (B, 3, H, W) in [-1, 1]: I'', or without G_s I'; ``intermediate_image`` (B, 3, H, W):
            I'; with G_e ``edge_image`` (B, 3, H, W) in [-1, 1]: I_e'; with G_s ``scaling_factors`` (B, N):
            gamma'; and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`.
        """
        guidance = dict(source_image=source_image, label=label, edge=edge, target_guide=target_guide)
        dtype = self.image_generator.convolutions[0].bias.dtype
        layout = Layout(self.guided_input(**guidance, dtype=dtype))
        given = dict(guidance, latent=latent, instance=instance)
        inputs = {name: value for name, value in given.items() if value is not None}
        features = self.encoder(**inputs)['encoded']

        image_map = edge_map = features
        for index in range(len(self.image_generator.convolutions)):
            image_map = self.image_generator.advance(index, image_map)
            if self.edge_generator is not None:
                edge_map = self.edge_generator.advance(index, edge_map)
            if self.edge_transfer:
                image_map = transfer(image_map, edge_map)  # equation 6.12

        pictures = {}
        if self.edge_generator is not None:
            pictures['edge_image'] = self.edge_generator.head(edge_map)['image']
        drawn = self.image_generator.head(image_map, source_image)
        image = drawn['image']
        if self.edge_transfer:
            image = transfer(image, pictures['edge_image'])  # equation 6.13
        pictures['intermediate_image'] = image
        if self.semantic_preserving is None:
            return {**drawn, **pictures, 'image': image.clamp(-1, 1)}

        joined = torch.cat([layout.at(features.shape[-2:]), *pictures.values(), features], dim=1)
        preserved, factors = self.semantic_preserving(joined)
        return {**self.head(preserved, source_image), **pictures, 'scaling_factors': factors}

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        encoder = GENERATORS.get('SPADEGenerator')
        arguments, inputs = encoder.example()
        return dict(encoder=dict(type='SPADEGenerator', **arguments)), inputs
