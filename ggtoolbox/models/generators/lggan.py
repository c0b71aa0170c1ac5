"""LGGAN's generator: local, class by class, and global at once (Tang et al., Local Class-Specific and Global
Image-Level Generative Adversarial Networks for Semantic-Guided Scene Generation, CVPR 2020; released as
Ha0Tang/LGGAN; with SAU, LGGAN++: Local and Global GANs with Semantic-Aware Upsampling for Image Generation,
section 3.3; thesis, section 6.3)."""
from __future__ import annotations

import inspect
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS

from ..layers.class_specific import ClassGroups, ClassSpecificGenerator
from ..layers.convolution import normalised_convolution
from ..layers.decoder import Decoder
from ..layers.derived import passed_on
from ..layers.guided_input import GuidedInput
from ..layers.panoptic import PanopticMap
from ..layers.residual import ResidualBlock
from ..layers.sizes import check_size
from ..layers.upsampling import panoptic_map, read_instances


@GENERATORS.register_module()
class LGGANGenerator(nn.Module):
    """A shared encoder E, a local generator G_l, a global generator G_g and a weight map G_w.

    image = W_l * local + W_g * global (equation 8); W = softmax(G_w), the local weight first (equation 7).
    G_l, one sub-generator a class: :class:`ClassSpecificGenerator`.

    Paper and code differ. Paper: all branches start from one upsampled feature f' = SAU(E(S)), and G_w ends
    in convolution, instance norm, ReLU. Released code: transposed convolutions (LGGAN++ was not released;
    it is ``upsampler=dict(type='SAU')``), a bare 1x1 convolution, and E is shared in part only, two ways:

    - semantic synthesis: e, E after two halvings, feeds local residual blocks and G_w; f, after four, G_g,
      which is GauGAN's generator (``global_generator=dict(type='SPADEGenerator')``);
    - cross-view translation: the residual blocks belong to E (``share_blocks=True``), G_g is a decoder
      beside the two others (``global_generator=None``), the local image a sum (``fusion='addition'``),
      nothing is classified (``classifier=False``), and ``label`` only cuts (``reads_label=False``).

    Args:
        num_classes: of ``label``, which cuts the features class by class; 255 belongs to none.
        edge, source_channels, guide_channels: what E reads beside the label; see :class:`GuidedInput`.
        reads_label: E reads the label, too.
        channels: width at full size (64 in the paper).
        num_blocks: residual blocks, at a quarter of the size.
        share_blocks: all branches come after the residual blocks, not the local one alone.
        global_generator: any of ``GENERATORS``; gets what it takes of ``channels``, ``upsampler``, ``head``
            and E's input. One that can start from features (``from_features``) starts from f in
            place of its own first layer; any other reads what E reads. None: a decoder.
        local_groups: sub-generator of each class, where classes share one; None: one each. The released
            ADE20K network has 52: ids 0 to 50 one each, all others one.
        fusion: of the local images, ``'convolution'`` (equation 5) or ``'addition'`` (equation 4), which may
            leave [-1, 1] and so may ``image``; it is cut off where it is saved.
        classifier: classify the features of each class (equation 6).
        num_classified: only the first so many sub-generators' (51 in the released ADE20K network).
        class_pooling: see :class:`ClassSpecificGenerator`.
        weight_map: False: ``image`` is the mean of global and local (the paper does not say how its rows B2
            to B4 do without).
        upsampler: what doubles, in all branches (default: a transposed convolution, or the global generator's
            own); gets ``in_channels``, ``out_channels`` and ``scale=2``, and E's input as guide.
        head: what turns the last global features into an image (default: ``RGBHead``, 7x7, reflecting, or
            the global generator's own).
        implementation: of the local convolutions; see
            :func:`~ggtoolbox.ops.class_convolution.class_convolution`.
    """

    def __init__(self, num_classes: int, edge: bool = False, source_channels: int = 0,
                 guide_channels: int = 0, reads_label: bool = True, channels: int = 64, num_blocks: int = 9,
                 share_blocks: bool = False, global_generator: dict | None = None,
                 local_groups: Sequence[int] | None = None, fusion: str = 'convolution',
                 classifier: bool = True, num_classified: int | None = None, class_pooling: str = 'image',
                 weight_map: bool = True, upsampler: dict | None = None, head: dict | None = None,
                 implementation: str = 'auto') -> None:
        super().__init__()
        self.guided_input = GuidedInput(source_channels, num_classes if reads_label else 0, edge,
                                        guide_channels, type(self).__name__)
        self.share_blocks = share_blocks
        widths = [channels * 2 ** i for i in range(5)]
        self.stem = normalised_convolution(self.guided_input.channels, channels, 7, padding_mode='reflect',
                                           norm='instance')
        self.downs = nn.ModuleList(self._halving(*pair) for pair in zip(widths[:2], widths[1:3]))
        self.blocks = nn.ModuleList(ResidualBlock(widths[2]) for _ in range(num_blocks))

        def decoder() -> Decoder:
            return Decoder(widths[2], (widths[1], widths[0]), 'instance',
                           upsampler or dict(type='DeconvolutionUpsampler', kernel_size=3))

        self.local_decoder = decoder()
        self.groups = ClassGroups(num_classes, local_groups)
        classified = self.groups.count if num_classified is None else num_classified
        self.local_generator = ClassSpecificGenerator(
            channels, self.groups.count, classified if classifier else 0, fusion, class_pooling,
            implementation=implementation)

        self.global_decoder = self.global_head = self.global_generator = None
        self.deep_downs = nn.ModuleList()
        if global_generator is None:
            self.global_decoder = decoder()
            self.global_head = HEADS.build(
                head or dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None),
                default_args=dict(in_channels=channels, out_channels=3))
        else:
            self.global_generator = self._build_global(global_generator, channels, upsampler, head)
            if getattr(self.global_generator, 'from_features', False):
                self.deep_downs.extend(self._halving(*pair) for pair in zip(widths[2:4], widths[3:]))

        self.weight_decoder = decoder() if weight_map else None
        self.to_weights = nn.Conv2d(channels, 2, 1) if weight_map else None
        read_instances(self, self.guided_input)

    @staticmethod
    def _halving(before: int, after: int) -> nn.Sequential:
        return normalised_convolution(before, after, stride=2, norm='instance')

    def _build_global(self, cfg: dict, channels: int, upsampler: dict | None,
                      head: dict | None) -> nn.Module:
        takes = inspect.signature(GENERATORS.class_of(cfg)).parameters
        expected = self.guided_input.expected
        read = dict(source_channels=expected['source_image'], num_classes=expected['label'],
                    edge=bool(expected['edge']), guide_channels=expected['target_guide'])
        offered = dict(channels=channels, upsampler=upsampler, head=head, from_features=True)
        return GENERATORS.build(
            passed_on(cfg, GENERATORS, read, 'LGGANGenerator', 'global_generator', may_lack=True),
            default_args={name: value for name, value in offered.items()
                          if name in takes and value is not None})

    def forward(self, source_image: Tensor | None = None, label: Tensor | None = None,
                edge: Tensor | None = None, target_guide: Tensor | None = None,
                instance: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            source_image: (B, source_channels, H, W) in [-1, 1].
            label: (B, H, W) int64 class ids, 255 = no class, or their one-hot map (B, num_classes, H, W).
            edge: (B, 1, H, W) in {0, 1}.
            target_guide: (B, guide_channels, H, W).
            instance: (B, H, W) int64, for panoptic aware upsampling.

        Returns:
            ``image``, ``global_image``, ``local_image`` (B, 3, H, W), ``weight_map`` (B, 2, H, W: local,
            global), ``class_images`` (B, sub-generators, 3, H, W), with a classifier ``class_logits`` and
            ``class_valid`` (see :meth:`ClassSpecificGenerator.classify`), and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`; no label; a size that cannot be halved so often.
        """
        reads_label = 'label' in self.guided_input.names
        inputs = dict(source_image=source_image, label=label if reads_label else None, edge=edge,
                      target_guide=target_guide)
        given = self.guided_input(**inputs, dtype=self.stem[0].weight.dtype)
        self._check(label, given)
        panoptic = panoptic_map(self.guided_input, label, instance)

        encoded = F.relu(self.stem(given))
        for down in self.downs:
            encoded = F.relu(down(encoded))
        refined = encoded
        for block in self.blocks:
            refined = block(refined)
        shared = refined if self.share_blocks else encoded

        local = self.local_generator(self.local_decoder(refined, given, panoptic), self.groups(label))
        overall = self._generate_globally(shared, given, dict(inputs, instance=instance), panoptic)
        images = dict(local_image=local.pop('image'), global_image=overall.pop('image'))
        if self.weight_decoder is None:
            image = (images['local_image'] + images['global_image']) / 2
        else:
            weights = self.to_weights(self.weight_decoder(shared, given, panoptic)).softmax(1)
            image = weights[:, :1] * images['local_image'] + weights[:, 1:] * images['global_image']
            images['weight_map'] = weights
        return dict(image=image, **images, **local, **overall)

    def _generate_globally(self, shared: Tensor, given: Tensor, inputs: dict[str, Tensor | None],
                           panoptic: PanopticMap | None) -> dict[str, Tensor]:
        if self.global_generator is None:
            features = self.global_decoder(shared, given, panoptic)
            return dict(self.global_head(features, inputs['source_image']))
        fed = {name: inputs[name] for name in self.global_generator.guided_input.names}
        if self.deep_downs:
            for down in self.deep_downs:
                shared = F.relu(down(shared))
            fed['features'] = shared
        outputs = dict(self.global_generator(**fed))
        if outputs['image'].shape[-2:] != given.shape[-2:]:
            raise InputError(f'LGGANGenerator: the global generator makes images of the size '
                             f'{tuple(outputs["image"].shape[-2:])} and the label has '
                             f'{tuple(given.shape[-2:])}, expected the same')
        return outputs

    def _check(self, label: Tensor | None, given: Tensor) -> None:
        size = tuple(given.shape[-2:])
        if label is None or tuple(label.shape[-2:]) != size:
            raise InputError(f'LGGANGenerator: label must have the size {size} of the other inputs, found '
                             f'{"none" if label is None else tuple(label.shape)}')
        check_size('LGGANGenerator', size, 4, least=8)
        if self.deep_downs and max(size) <= 16:
            raise InputError('LGGANGenerator: height or width must exceed 16 where the global generator '
                             f'starts from features, found {size}')

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        spade = dict(type='SPADEGenerator', image_size=None, num_upsamplings=5, norm_hidden_channels=4)
        arguments = dict(num_classes=5, edge=True, channels=2, num_blocks=1, local_groups=(0, 1, 2, 3, 3),
                         num_classified=3, global_generator=spade)
        inputs = dict(label=torch.arange(2 * 32 * 64).reshape(2, 32, 64) // 97 % 5,
                      edge=(torch.arange(2 * 32 * 64).reshape(2, 1, 32, 64) % 7 == 0).float())
        return arguments, inputs
