"""SCGAN's generator (Jiang et al., Spatially Constrained Generative Adversarial Networks for Conditional
Image Generation, section 4.2.1 and table 2; released as jackyjsy/SCGAN)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS, UPSAMPLERS

from ..layers.adaptive_convolution import AdaptiveConv2d
from ..layers.convolution import normalised_convolution
from ..layers.guided_input import GuidedInput
from ..layers.normalisation import build_norm


class UpsamplingResidualBlock(nn.Module):
    """RESBLKUP (figure 3): convolution, norm, ReLU, doubling, convolution, norm; beside it doubling and a
    1x1 convolution; ReLU of the sum.

    Args:
        in_channels, out_channels: of x and y.
        upsampler: as of :class:`SCGANGenerator`.
    """

    def __init__(self, in_channels: int, out_channels: int, upsampler: dict | None = None) -> None:
        super().__init__()
        self.first, self.second = (
            normalised_convolution(before, out_channels, norm='instance', affine=True)
            for before in (in_channels, out_channels))
        self.bypass = nn.Conv2d(in_channels, out_channels, 1)
        self.upsampler, self.bypass_upsampler = (
            UPSAMPLERS.build(upsampler or dict(type='NearestUpsampler'),
                             default_args=dict(in_channels=out_channels, scale=2)) for _ in range(2))

    def forward(self, x: Tensor, guide: Tensor | None = None) -> Tensor:
        """(B, in_channels, h, w) -> (B, out_channels, 2h, 2w); ``guide`` is for upsamplers that use it."""
        main = self.second(self.upsampler(F.relu(self.first(x)), guide))
        # The 1x1 convolution comes first: it commutes with nearest upsampling and costs a quarter there.
        return F.relu(main + self.bypass_upsampler(self.bypass(x), guide))


@GENERATORS.register_module()
class SCGANGenerator(nn.Module):
    """Doublings from a small grid up, which segmentation, latent vector and attributes join step by step.

    The grid is ``image_size / 2**n``, with n doublings. A *step* is the number of doublings in front of
    which an input is concatenated; widths behind them are 8, 4, 2, 1 times ``channels`` with n = 4. The
    segmentation is brought down to the grid of its step by convolutions of stride 2.

    ====================  ==========  ===========  ==============  ===============  ============  ============
    reading               label_step  latent_step  attribute_step  latent_channels  doublings     merge
    ====================  ==========  ===========  ==============  ===============  ============  ============
    paper, table 2        0           0            2               64               4             concatenate
    paper, reversed       2           0            2               512              4             concatenate
    code, trained (SC_3)  0           0            0               None             4             concatenate
    code, SC_2            0           0            1               None             3             convolve
    ====================  ==========  ===========  ==============  ===============  ============  ============

    Paper: "from the whole to the detail", so that attributes join last; in the generator that the released
    code trains, latent vector and attributes join together. The paper gives no table of the generator of
    reversed order (section 5.9): latent vector first, then segmentation and attributes; where they join is
    our choice, and so is the one of the baselines WGAN-GP (latent vector alone) and ACWGAN (with
    attributes), of which it says nothing.

    Args:
        num_classes: of the segmentation; 0 for none.
        num_attributes: 0 for none.
        latent_dim: length of the latent vector.
        image_size: (height, width), multiples of 2**n; None takes the label's, whatever it is, and needs
            ``latent_channels=None``.
        channels: width of the last block.
        num_doublings: n.
        label_step, latent_step, attribute_step: what is concatenated where; something must be at step 0.
        latent_channels: a linear layer, norm and ReLU make so many maps of the latent vector, at the size of
            its step (table 2 has 8192 neurons for 64 maps of 8x8, of which half have no place; here 4096).
            None: each of its numbers becomes a constant map.
        merge: ``'concatenate'``: the next block reads all; ``'convolve'``: norm and ReLU (but at step 0)
            come before a concatenation, a 3x3 convolution after it.
        upsampler: what doubles (default: ``NearestUpsampler``), two in each block; gets ``in_channels`` and
            ``scale=2``, and the segmentation as guide.
        head: what turns the last features, normalised and behind a ReLU, into an image (default: ``RGBHead``
            without activation); gets ``in_channels`` and ``out_channels``.

    Attributes:
        names: the inputs that it was built for, by the vocabulary's names.

    Raises:
        InputError: nothing at step 0, a step beyond the last doubling, a size that cannot be halved n times
            or leaves one pixel, which instance norm cannot normalise, or an unknown ``merge``.
    """

    def __init__(self, num_classes: int = 7, num_attributes: int = 5, latent_dim: int = 512,
                 image_size: tuple[int, int] | None = (128, 128), channels: int = 64,
                 num_doublings: int = 4, label_step: int = 0, latent_step: int = 0, attribute_step: int = 2,
                 latent_channels: int | None = 64, merge: str = 'concatenate',
                 upsampler: dict | None = None, head: dict | None = None, out_channels: int = 3) -> None:
        super().__init__()
        self.num_attributes, self.latent_dim, self.num_doublings = num_attributes, latent_dim, num_doublings
        self.image_size = None if image_size is None else tuple(image_size)
        self.steps = dict(latent=latent_step)
        self.guided_input = None
        if num_classes:
            self.guided_input = GuidedInput(num_classes=num_classes, owner=type(self).__name__)
            self.steps['label'] = label_step
        if num_attributes:
            self.steps['attributes'] = attribute_step
        self.names = tuple(name for name in ('label', 'latent', 'attributes') if name in self.steps)
        self._check(latent_channels, merge)

        widths = [channels * 2 ** i for i in reversed(range(num_doublings))]
        joined = dict(latent=latent_channels or latent_dim, attributes=num_attributes)
        self.label_encoder = None
        if num_classes:
            down = [channels * 2 ** i for i in range(num_doublings - label_step)]
            self.label_encoder = nn.Sequential(*(
                normalised_convolution(before, after, 4, stride=2, padding=1, norm='instance',
                                       affine=True).append(nn.ReLU())
                for before, after in zip([num_classes, *down], down)))
            joined['label'] = down[-1]
        self.latent_layer = self.latent_norm = None
        if latent_channels is not None:
            height, width = self._grid(self.image_size, latent_step)
            self.latent_layer = nn.Linear(latent_dim, latent_channels * height * width)
            self.latent_norm = build_norm('instance', latent_channels, affine=True)

        self.merge_norms, self.merge_convolutions = nn.ModuleDict(), nn.ModuleDict()
        self.blocks, before = nn.ModuleList(), 0
        for step, after in enumerate(widths):
            new = sum(joined[name] for name, place in self.steps.items() if place == step)
            if new and merge == 'convolve':
                if step:
                    self.merge_norms[str(step)] = build_norm('instance', before, affine=True)
                self.merge_convolutions[str(step)] = AdaptiveConv2d(before + new, 2 * after, 3, padding=1)
                before, new = 2 * after, 0
            self.blocks.append(UpsamplingResidualBlock(before + new, after, upsampler))
            before = after
        self.norm = build_norm('instance', channels, affine=True)
        self.head = HEADS.build(head or dict(type='RGBHead', pre_activation=None),
                                default_args=dict(in_channels=channels, out_channels=out_channels))

    def _check(self, latent_channels: int | None, merge: str) -> None:
        name = type(self).__name__
        if merge not in ('concatenate', 'convolve'):
            raise InputError(f"{name}: merge must be 'concatenate' or 'convolve', found {merge!r}")
        wrong = {place for place in self.steps.values() if not 0 <= place < self.num_doublings}
        if wrong or 0 not in self.steps.values():
            found = ', '.join(f'{word} at {place}' for word, place in self.steps.items())
            raise InputError(f'{name}: steps must lie in 0 .. {self.num_doublings - 1} (num_doublings='
                             f'{self.num_doublings}), one of them at 0, found {found}')
        if self.image_size is not None:
            self._grid(self.image_size)
        elif latent_channels is not None or self.guided_input is None:
            raise InputError(f'{name}: image_size must be given unless there is a label and latent_channels '
                             'is None, found None')

    def _grid(self, size: tuple[int, int], step: int = 0) -> tuple[int, int]:
        """(height, width) in front of the doubling ``step``."""
        factor = 2 ** self.num_doublings
        if any(length < factor or length % factor for length in size) or size[0] * size[1] == factor ** 2:
            raise InputError(f'{type(self).__name__}: height and width must be multiples of {factor} (2 to '
                             f'the power of num_doublings={self.num_doublings}) and one of them more, found '
                             f'{tuple(size)}')
        return size[0] * 2 ** step // factor, size[1] * 2 ** step // factor

    def forward(self, label: Tensor | None = None, latent: Tensor | None = None,
                attributes: Tensor | None = None) -> dict[str, Tensor]:
        """Generate G(z, c, s).

        Args:
            label: s (B, H, W) int64 class ids, 255 = ignored, or a map (B, num_classes, H, W).
            latent: z (B, latent_dim); drawn from N(0, 1) where it is not given.
            attributes: c (B, num_attributes) of 0 and 1.

        Returns:
            ``image`` (B, 3, H, W) in [-1, 1], and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`; an input of another length or size than it was built for,
                one that is missing or unasked for.
        """
        layout = self._layout(label)
        size = self.image_size if layout is None else layout.shape[-2:]
        batch = next((given.shape[0] for given in (layout, latent, attributes) if given is not None), 1)
        if latent is None:
            like = self.norm.weight
            latent = torch.randn(batch, self.latent_dim, dtype=like.dtype, device=like.device)
        self._check_vector('latent', latent, batch, self.latent_dim)
        self._check_vector('attributes', attributes, batch, self.num_attributes)
        given, x = dict(label=layout, latent=latent, attributes=attributes), None
        for step, block in enumerate(self.blocks):
            grid = self._grid(size, step)
            joining = [self._maps(name, given[name], grid) for name in self.names if self.steps[name] == step]
            x = block(self._merge(step, x, joining), layout)
        return self.head(F.relu(self.norm(x)))

    def _layout(self, label: Tensor | None) -> Tensor | None:
        """(B, num_classes, H, W), of the size that this was built for."""
        if self.guided_input is None:
            if label is not None:
                raise InputError(f'{type(self).__name__}: label must be absent with num_classes=0, found '
                                 f'{tuple(label.shape)}')
            return None
        layout = self.guided_input(label=label, dtype=self.norm.weight.dtype)
        size = tuple(layout.shape[-2:])
        if self.image_size not in (None, size):
            raise InputError(f'{type(self).__name__}: label must have the size {self.image_size} by '
                             f'image_size, found {size}')
        return layout

    def _check_vector(self, name: str, value: Tensor | None, batch: int, length: int) -> None:
        expected, found = (batch, length) if length else None, None if value is None else tuple(value.shape)
        if found != expected:
            raise InputError(f'{type(self).__name__}: {name} must have shape {expected}, found {found}')

    def _maps(self, name: str, value: Tensor, grid: tuple[int, int]) -> Tensor:
        """What one input adds to the channels at its step, (B, ., *grid)."""
        if name == 'label':
            return self.label_encoder(value)
        value = value.to(self.norm.weight.dtype)
        if name == 'latent' and self.latent_layer is not None:
            return F.relu(self.latent_norm(self.latent_layer(value).unflatten(1, (-1, *grid))))
        return value[:, :, None, None].expand(-1, -1, *grid)

    def _merge(self, step: int, x: Tensor | None, joining: list[Tensor]) -> Tensor:
        """The features so far (none at step 0) with what joins them (nothing at most steps)."""
        key = str(step)
        if key in self.merge_norms:
            x = F.relu(self.merge_norms[key](x))
        x = torch.cat(joining if x is None else [x, *joining], dim=1)
        return self.merge_convolutions[key](x) if key in self.merge_convolutions else x

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        arguments = dict(num_classes=3, num_attributes=2, latent_dim=4, image_size=(16, 24), channels=2,
                         num_doublings=3, latent_channels=2)
        inputs = dict(label=torch.arange(2 * 16 * 24).reshape(2, 16, 24) // 37 % 3,
                      latent=torch.linspace(-1, 1, 8).reshape(2, 4),
                      attributes=torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
        return arguments, inputs
