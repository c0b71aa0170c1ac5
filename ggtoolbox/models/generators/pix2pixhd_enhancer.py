"""pix2pixHD's local enhancer (Wang et al., CVPR 2018, section 3.2: G2), from coarse to fine."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS

from ..layers.derived import passed_on
from ..layers.residual_trunk import ResidualTrunk
from ..layers.sizes import check_halvings
from ..layers.upsampling import panoptic_map, read_instances


@GENERATORS.register_module()
class LocalEnhancer(nn.Module):
    """The global generator at a fraction of the size, and an enhancer for each doubling of it.

    An enhancer reads the inputs at twice the size of what it enhances. Its front end (a 7x7 convolution and
    one halving) gives features of the same size and width as the last ones of the network before it; their
    sum goes through residual blocks and one doubling. (Figure 3.) Inputs shrink by average pooling (3x3,
    stride 2, padding 1 that does not count; one-hot classes become shares of classes).

    The global generator is trained first, alone; then the enhancer with it held fixed, then both:
    ``CoarseToFineHook``. Its head serves that first step only; here it has none.

    Args:
        global_generator: arguments of ``Pix2pixHDGenerator``. 64 channels in the paper, 32 at the size of the
            image.
        num_enhancers: n; the global generator works at 1 / 2**n of the size. 1 in the paper.
        num_blocks: residual blocks of an enhancer.
        upsampler, head: as of ``Pix2pixHDGenerator``, for the enhancers.
        num_classes, edge: what is read, where it is not in ``global_generator``.
    """

    def __init__(self, global_generator: dict, num_enhancers: int = 1, num_blocks: int = 3,
                 upsampler: dict | None = None, head: dict | None = None, out_channels: int = 3,
                 num_classes: int | None = None, edge: bool | None = None) -> None:
        super().__init__()
        self.global_generator = GENERATORS.build(passed_on(
            {'type': 'Pix2pixHDGenerator', **global_generator}, GENERATORS,
            dict(num_classes=num_classes, edge=edge), 'LocalEnhancer', 'global_generator'))
        self.global_generator.head = None
        channels = self.global_generator.channels
        if num_enhancers < 1 or channels % 2 ** num_enhancers:
            raise InputError('LocalEnhancer: num_enhancers must be at least 1, and the channels of the '
                             f'global generator ({channels}) a multiple of 2**num_enhancers, found '
                             f'{num_enhancers}')
        self.guided_input = self.global_generator.guided_input
        self.feature_channels = self.global_generator.feature_channels
        self.enhancers = nn.ModuleList(
            ResidualTrunk(self.global_generator.in_channels, channels // 2 ** (index + 1), num_blocks,
                          num_downsamplings=1, upsampler=upsampler, **self.global_generator.normalisation)
            for index in range(num_enhancers))
        self.head = HEADS.build(
            head or dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None),
            default_args=dict(in_channels=channels // 2 ** num_enhancers, out_channels=out_channels))
        read_instances(self, self.guided_input)

    def forward(self, label: Tensor | None = None, edge: Tensor | None = None,
                target_guide: Tensor | None = None, source_image: Tensor | None = None,
                instance_features: Tensor | None = None,
                instance: Tensor | None = None) -> dict[str, Tensor]:
        """Generate; as ``Pix2pixHDGenerator``, at 2**n times the size that its halvings need."""
        given = self.global_generator.read(label, edge, target_guide, source_image, instance_features)
        halvings = self.global_generator.num_downsamplings + len(self.enhancers)
        check_halvings(type(self).__name__, given.shape[-2:], halvings, self.global_generator.least)
        scales = [given]
        for _ in self.enhancers:
            scales.append(F.avg_pool2d(scales[-1], 3, stride=2, padding=1, count_include_pad=False))
        panoptic = panoptic_map(self.guided_input, label, instance)
        x = self.global_generator.features(scales.pop(), panoptic)
        for enhancer in self.enhancers:
            given = scales.pop()
            x = enhancer.decode(enhancer.encode(given) + x, given, panoptic)
        return self.head(x, source_image)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        label = torch.arange(2 * 16 * 32).reshape(2, 16, 32) // 13 % 4
        return (dict(global_generator=dict(num_classes=4, channels=4, num_blocks=1, num_downsamplings=1),
                     num_blocks=1),
                dict(label=label))
