"""The vocabulary: names, shapes and ranges that every dataset yields, every model takes and every
metric reads.

A sample is a dict with any of these keys; a batch stacks them along a first dimension B. Besides
them a sample carries ``name`` (a string: what its output file is called).
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from .errors import InputError

IGNORED_LABEL = 255  # a pixel of no class, unless the data set says otherwise


class Field(NamedTuple):
    """One word of the vocabulary.

    Attributes:
        dimensions: number of dimensions in a batch.
        dtype: ``torch.float32`` or ``torch.int64``.
        meaning: shape, range and unit.
    """

    dimensions: int
    dtype: torch.dtype
    meaning: str


VOCABULARY = {
    'target_image': Field(4, torch.float32, '(B, 3, H, W) in [-1, 1], RGB: what is to be generated'),
    'source_image': Field(4, torch.float32, '(B, 3, H, W) in [-1, 1], RGB: what it starts from'),
    'label': Field(3, torch.int64, '(B, H, W) class ids; 255 = ignored'),
    'instance': Field(3, torch.int64, '(B, H, W) instance ids; only equality has a meaning'),
    'edge': Field(4, torch.float32, '(B, 1, H, W) in {0, 1}: boundaries of instances'),
    'target_edge': Field(4, torch.float32, '(B, 1, H, W) in {-1, 1}: edges of target_image, a picture'),
    'source_guide': Field(4, torch.float32, '(B, K, H, W) skeleton, heat maps, landmarks, RGB label'),
    'target_guide': Field(4, torch.float32, '(B, K, H, W) as source_guide, of the target'),
    'instance_features': Field(4, torch.float32, '(B, F, H, W) style of each instance, equal all over it'),
    'keypoints': Field(3, torch.float32, '(B, J, 3): x, y in pixels and visibility in {0, 1}'),
    'source_keypoints': Field(3, torch.float32, '(B, J, 3) as keypoints, of source_image'),
    'attributes': Field(2, torch.float32, '(B, A)'),
    'source_attributes': Field(2, torch.float32, '(B, A) as attributes, of source_image'),
    'domain': Field(1, torch.int64, '(B,) from 0 on: of what kind target_image is'),
    'source_domain': Field(1, torch.int64, '(B,) as domain, of source_image'),
    'style': Field(2, torch.float32, '(B, S)'),
    'exemplar_label': Field(3, torch.int64, '(B, H, W) as label, of exemplar_image'),
    'exemplar_guide': Field(4, torch.float32, '(B, K, H, W) as target_guide, of exemplar_image'),
    'exemplar_mask': Field(4, torch.float32, '(B, 1, H, W) as mask, of exemplar_image'),
    'self_reference': Field(1, torch.float32, '(B,) 1 where exemplar_image is target_image itself, else 0'),
    'exemplar_image': Field(4, torch.float32, '(B, 3, H, W) as target_image: gives the style'),
    'second_exemplar_image': Field(4, torch.float32, '(B, 3, H, W) as exemplar_image, of the same domain'),
    'inter_label': Field(3, torch.int64, '(B, H, W) as label, of a simulated edit'),
    'outer_label': Field(3, torch.int64, '(B, H, W) as label, of the opposite edit'),
    'region_styles': Field(3, torch.float32, '(B, N, S) style of each region, as a SEAN generator finds it'),
    'style_shares': Field(2, torch.float32, '(B, num_classes) in [0, 1]: of exemplar_image in the style of '
                          "each class; the rest is target_image's"),
    'mask': Field(4, torch.float32, '(B, 1, H, W) in {0, 1}'),
    'latent': Field(2, torch.float32, '(B, Z)'),
    'second_latent': Field(2, torch.float32, '(B, Z) as latent, for another image of the same domain'),
    'audio': Field(3, torch.float32, '(B, F, S) samples of sound at the scale of int16, a piece a frame'),
    'noise': Field(3, torch.float32, '(B, F, Z) from N(0, 1), a row a frame'),
    'target_motion': Field(4, torch.float32, '(B, F, J, 2): x, y of joints in [-1, 1] of a wide frame'),
    'dance': Field(1, torch.int64, '(B,) kind of dance'),
    'target_frames': Field(5, torch.float32, '(B, F, 3, H, W) in [-1, 1], RGB: successive frames'),
    'frame_guides': Field(5, torch.float32, '(B, F, K, H, W): the target_guide of each frame'),
    'previous_image': Field(4, torch.float32, '(B, 3, H, W) as target_image, of the frame before it'),
    'previous_guide': Field(4, torch.float32, '(B, K, H, W) as target_guide, of the frame before it'),
}


def picture_of_levels(levels: Tensor) -> Tensor:
    """uint8 of any shape to float32 in [-1, 1]: (x / 255 - 0.5) / 0.5, in this order."""
    return levels.float().div_(255).sub_(0.5).div_(0.5)


class DiscriminatorOutput(NamedTuple):
    """What a discriminator says at one scale.

    Attributes:
        logits: (B, 1, h, w) patch map, or (B, K).
        features: the activations in front of it, in order; empty where none are asked for.
        attributes: (B, A) logits of a classifier that shares these features; None without one.
    """

    logits: Tensor
    features: list[Tensor]
    attributes: Tensor | None = None


def parted(outputs: list[DiscriminatorOutput], count: int) -> list[list[DiscriminatorOutput]]:
    """What a discriminator said, scale by scale, of each of ``count`` equally long runs of its batch."""
    def run(output: DiscriminatorOutput, index: int) -> DiscriminatorOutput:
        size = len(output.logits) // count
        part = slice(index * size, (index + 1) * size)
        return DiscriminatorOutput(output.logits[part], [feature[part] for feature in output.features],
                                   None if output.attributes is None else output.attributes[part])

    return [[run(output, index) for output in outputs] for index in range(count)]


def check_num_classes(num_classes: int, owner: str) -> None:
    """Raise :class:`InputError` for more classes than there are ids beside the one for "no class"."""
    if num_classes > IGNORED_LABEL:
        raise InputError(f'{owner}: num_classes must be at most {IGNORED_LABEL}, because the id '
                         f'{IGNORED_LABEL} stands for pixels without a class, found {num_classes}')


def class_names(names: Sequence[str], count: int) -> tuple[str, ...]:
    """``count`` names: these, and numbers for classes that they do not name."""
    return (*names, *map(str, range(len(names), count)))[:count]


def check_batch(batch: dict, where: str = 'batch') -> None:
    """Raise :class:`InputError` where a tensor of ``batch`` breaks the vocabulary."""
    for name, field in VOCABULARY.items():
        value = batch.get(name)
        if value is None:
            continue
        if not isinstance(value, Tensor):
            raise InputError(f'{where}: {name} must be a tensor, found {type(value).__name__}')
        if value.dim() != field.dimensions or value.is_floating_point() != field.dtype.is_floating_point:
            raise InputError(f'{where}: {name} must be {field.meaning}, found shape '
                             f'{tuple(value.shape)} of {value.dtype}')


def require_fields(batch: dict, names: Iterable[str], owner: str) -> None:
    """Raise :class:`InputError` unless ``batch`` holds all of ``names``, which ``owner`` is to read."""
    missing = [name for name in names if name not in batch]
    if missing:
        raise InputError(f'{owner}: the batch must hold {", ".join(missing)}, found {", ".join(batch)}')


def image_to_uint8(image: Tensor) -> np.ndarray:
    """(3, H, W) or (1, H, W) in [-1, 1] to (H, W, 3) of 8 bits, cut off and not rounded: the pixels of
    the file that the released code would have saved, and that its metrics read."""
    levels = ((image.detach().float().cpu().clamp(-1, 1) + 1) / 2 * 255).to(torch.uint8)
    return levels.expand(3, -1, -1).permute(1, 2, 0).numpy()
