"""LGGAN's class-specific local generation (Tang et al., Local and Global GANs with Semantic-Aware Upsampling
for Image Generation, section 3.3; thesis, section 6.3.3)."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.ops.class_convolution import class_convolution

from .layout import check_ids

FUSIONS = ('addition', 'convolution')
POOLINGS = ('image', 'class')


class ClassGroups(nn.Module):
    """Which sub-generator a class belongs to.

    Args:
        num_classes: of the label.
        groups: the sub-generator of each class, numbered from 0; None: one each.

    Attributes:
        count: number of sub-generators.
    """

    def __init__(self, num_classes: int, groups: Sequence[int] | None = None) -> None:
        super().__init__()
        groups = list(range(num_classes) if groups is None else groups)
        if not groups or len(groups) != num_classes or set(groups) != set(range(max(groups, default=-1) + 1)):
            raise InputError(f'local_groups must give each of the {num_classes} classes a number, from 0 on '
                             f'without gaps, found {groups}')
        self.num_classes, self.count = num_classes, max(groups) + 1
        # One entry more, for no class.
        self.register_buffer('table', torch.tensor([*groups, self.count]), persistent=False)

    def forward(self, label: Tensor) -> Tensor:
        """Class ids (B, H, W), or their one-hot map (B, num_classes, H, W), to the ids of sub-generators;
        pixels of no class get ``count``."""
        if label.dim() == 4:
            label = torch.where(label.amax(1) > 0, label.argmax(1), self.num_classes)
        check_ids(label)
        known = (label >= 0) & (label < self.num_classes)
        return self.table[torch.where(known, label, self.num_classes)]


class ClassSpecificGenerator(nn.Module):
    """One sub-generator a class; each sees the features of its class alone.

    F_i = M_i * F (equation 2); R_i = tanh(conv(F_i)), padded by reflection; the local image is the sum of all
    R_i (equation 4) or tanh(conv([R_1, ..., R_N])), 3x3 (equation 5). An absent class takes part too, with
    the constant tanh(bias). A classifier reads each F_i, pooled: see :meth:`classify`.

    Args:
        channels: of F.
        count: N, of sub-generators.
        num_classified: the first so many are classified; 0 for no classifier.
        fusion: ``'addition'``, whose sums may leave [-1, 1], or ``'convolution'``.
        pooling: of F_i for the classifier, ``'image'``: over all pixels, so that it scales with the area of
            the class (released code), or ``'class'``: over the pixels of the class ("semantic-guided average
            pooling" of the paper).
        kernel_size: of the sub-generators, odd.
        implementation: of their convolutions; see :func:`~ggtoolbox.ops.class_convolution.class_convolution`.
    """

    def __init__(self, channels: int, count: int, num_classified: int = 0, fusion: str = 'convolution',
                 pooling: str = 'image', kernel_size: int = 7, out_channels: int = 3,
                 implementation: str = 'auto') -> None:
        super().__init__()
        if fusion not in FUSIONS or pooling not in POOLINGS:
            raise InputError(f'fusion must be one of {FUSIONS} and pooling one of {POOLINGS}, found '
                             f'{fusion!r} and {pooling!r}')
        if not 0 <= num_classified <= count:
            raise InputError(f'num_classified must lie between 0 and the number of sub-generators, {count}, '
                             f'found {num_classified}')
        self.num_classified, self.pooling, self.implementation = num_classified, pooling, implementation
        # Convolutions of their own, whose initial scale counts each one's fan; they run as one.
        self.convolutions = nn.ModuleList(nn.Conv2d(channels, out_channels, kernel_size)
                                          for _ in range(count))
        self.fusion = nn.Conv2d(count * out_channels, out_channels, 3, padding=1) \
            if fusion == 'convolution' else None
        self.classifier = nn.Linear(channels, num_classified) if num_classified else None

    def forward(self, features: Tensor, label: Tensor) -> dict[str, Tensor]:
        """Generate.

        Args:
            features: (B, channels, H, W).
            label: (B, H, W) ids of sub-generators; others are pixels of none.

        Returns:
            ``image`` (B, 3, H, W), ``class_images`` (B, N, 3, H, W) in [-1, 1] and, with a classifier, what
            :meth:`classify` returns.
        """
        weight = torch.stack([convolution.weight for convolution in self.convolutions])
        bias = torch.stack([convolution.bias for convolution in self.convolutions])
        images = torch.tanh(class_convolution(features, label, weight, bias, self.implementation))
        image = images.sum(1) if self.fusion is None else torch.tanh(self.fusion(images.flatten(1, 2)))
        outputs = dict(image=image, class_images=images)
        return outputs if self.classifier is None else {**outputs, **self.classify(features, label)}

    def classify(self, features: Tensor, label: Tensor) -> dict[str, Tensor]:
        """Pooled features of each class, classified.

        Returns:
            ``class_logits`` (B, M, M): row i from the pixels of class i; ``class_valid`` (B, M): 1 where
            there are any, else 0 (H of equation 6).
        """
        kinds = torch.arange(self.num_classified, device=label.device).view(-1, 1)
        masks = (label.flatten(1).unsqueeze(1) == kinds).to(features.dtype)
        areas = masks.sum(2)
        pooled = masks @ features.flatten(2).transpose(1, 2)
        size = masks.shape[2] if self.pooling == 'image' else areas.clamp(min=1).unsqueeze(2)
        return dict(class_logits=self.classifier(pooled / size), class_valid=(areas > 0).to(features.dtype))
