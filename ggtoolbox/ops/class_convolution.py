"""One convolution a class, each on the features of its own pixels alone: LGGAN's local branch.

Tang et al., Local and Global GANs with Semantic-Aware Upsampling for Image Generation, section 3.3, eq. (2)
and what follows it: F_i = M_i * F, then a convolution with weights of class i. The masks M_i do not overlap,
so all but one of the N masked copies of a pixel are zeros.

``class_convolution_reference``  the formula as it is written: mask, pad, convolve, N times
``class_convolution``            the same numbers from each pixel once, whatever N; where a graph is exported,
                                 from the masked copies of some classes at a time, which plain operators can
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import InputError
from .class_convolution_operator import class_convolution_operator, sort_by_class
from .recording import is_recorded

IMPLEMENTATIONS = ('auto', 'sorted', 'grouped', 'reference')
CLASSES_AT_ONCE = 8  # of the grouped form: masked copies of the features that exist at a time


def class_convolution_reference(features: Tensor, label: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The formula step by step; arguments as the fast form's."""
    _check(features, label, weight, bias)
    padding = (weight.shape[-1] // 2,) * 4
    planes = []
    for index, (kernel, constant) in enumerate(zip(weight, bias)):
        mask = (label == index).unsqueeze(1).to(features.dtype)
        planes.append(F.conv2d(F.pad(features * mask, padding, mode='reflect'), kernel, constant))
    return torch.stack(planes, dim=1)


def class_convolution(features: Tensor, label: Tensor, weight: Tensor, bias: Tensor,
                      implementation: str = 'auto') -> Tensor:
    """R_i = conv(reflect_pad(F * M_i), W_i) + b_i for all classes i, M_i = 1 where ``label`` is i.

    Pixels are sorted by class; one matrix product a class gives what each pixel adds to the k x k places
    around it, and these are added into the plane of its class. Outside its pixels and a rim of k // 2
    around them, the plane of a class is its bias.

    Args:
        features: (B, C, H, W); float64, float32, bfloat16 or float16.
        label: (B, H, W) integers; ids outside 0 .. N - 1 are pixels of no class.
        weight: (N, channels, C, k, k), k odd, k // 2 smaller than H and W.
        bias: (N, channels).
        implementation: ``'auto'`` takes ``'grouped'`` (a convolution in groups for every eight classes, plain
            operators only) while a graph is exported or traced, else ``'sorted'``.

    Returns:
        (B, N, channels, H, W) of the features' type; sums are in float32 (float64 for float64).
        ``'sorted'`` is differentiable once.

    Raises:
        InputError: shapes that do not fit, an even kernel, an unknown implementation.
    """
    _check(features, label, weight, bias)
    if implementation not in IMPLEMENTATIONS:
        raise InputError(f'implementation: expected one of {IMPLEMENTATIONS}, found {implementation!r}')
    if implementation == 'auto':
        implementation = 'grouped' if is_recorded() else 'sorted'
    if implementation == 'reference':
        return class_convolution_reference(features, label, weight, bias)
    if implementation == 'grouped':
        return _grouped_form(features, label, weight, bias)
    order, counts = sort_by_class(label, len(weight), weight.shape[-1] // 2)
    return class_convolution_operator(features, weight, bias, order, counts)


def _grouped_form(features: Tensor, label: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Masked copies of the padded features side by side, a group of a convolution for each."""
    radius, planes = weight.shape[-1] // 2, []
    padded = F.pad(features, (radius,) * 4, mode='reflect').unsqueeze(1)
    kinds = F.pad(label.unsqueeze(1).float(), (radius,) * 4, mode='reflect').unsqueeze(2)
    for start in range(0, len(weight), CLASSES_AT_ONCE):
        some = slice(start, start + CLASSES_AT_ONCE)
        indices = torch.arange(len(weight), device=label.device)[some].view(1, -1, 1, 1, 1)
        copies = padded * (kinds == indices).to(features.dtype)
        planes.append(F.conv2d(copies.flatten(1, 2), weight[some].flatten(0, 1), bias[some].flatten(),
                               groups=len(weight[some])))
    return torch.cat(planes, dim=1).unflatten(1, weight.shape[:2])


def _check(features: Tensor, label: Tensor, weight: Tensor, bias: Tensor) -> None:
    if features.dim() != 4 or label.shape != (features.shape[0], *features.shape[2:]):
        raise InputError('class convolution: features must be (B, C, H, W) and label (B, H, W), found '
                         f'{tuple(features.shape)} and {tuple(label.shape)}')
    fits = weight.dim() == 5 and weight.shape[2] == features.shape[1] and weight.shape[:2] == bias.shape
    if not fits or weight.shape[3] != weight.shape[4] or weight.shape[4] % 2 == 0:
        raise InputError('class convolution: weight must be (N, channels, C, k, k) with k odd and bias '
                         f'(N, channels) for features {tuple(features.shape)}, found '
                         f'{tuple(weight.shape)} and {tuple(bias.shape)}')
    if weight.shape[4] // 2 >= min(features.shape[2:]):
        raise InputError(f'class convolution: features must be larger than k // 2 = {weight.shape[4] // 2} '
                         f'to be padded by reflection, found {tuple(features.shape)}')
