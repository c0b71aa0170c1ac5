"""How many floating-point operations the toolbox's operators cost, for ``torch.utils.flop_counter``.

    with FlopCounterMode(custom_mapping=FLOP_FORMULAS) as counter:
        ...

counts them beside PyTorch's own; a multiplication and an addition are two, as there. Operators that are no
registered ones (selected convolution, crossing attention) consist of products and convolutions that PyTorch
counts by itself.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import torch
from torch.utils.flop_counter import sdpa_backward_flop_count, sdpa_flop_count

# Registered by being imported.
from . import class_convolution_operator, conditional_convolution, sau_operator  # noqa: F401
from .sau_weights import fold_expanded

Shape = Sequence[int]


def sau_flops(x: Shape, logits: Shape, kernel_size: int, scale: int, window: str, *_: object,
              out_shape: Shape) -> int:
    """Each output value is a sum over a window of the source grid."""
    return 2 * prod(out_shape) * _side(kernel_size, scale, window) ** 2


def sau_backward_flops(grad: Shape, x: Shape, logits: Shape, kernel_size: int, scale: int, window: str,
                       groups: int, normalise: bool, implementation: str, need_x: bool, need_logits: bool,
                       out_shape: object = None) -> int:
    """One such sum more for each of the gradients."""
    return (need_x + need_logits) * sau_flops(x, logits, kernel_size, scale, window, out_shape=grad)


def class_convolution_flops(features: Shape, weight: Shape, *_: object, out_shape: object = None) -> int:
    """Each pixel goes through the kernel of its own class, whatever the number of classes."""
    batch, _, height, width = features
    return 2 * batch * height * width * prod(weight[1:])


def class_convolution_backward_flops(grad: Shape, features: Shape, weight: Shape, *_: object,
                                     out_shape: object = None) -> int:
    return 2 * class_convolution_flops(features, weight)


def conditional_convolution_flops(x: Shape, kernels: Shape, kernel_size: int, *_: object,
                                  out_shape: object = None) -> int:
    """A product and a sum for each of the k*k places of a window."""
    return 2 * prod(x) * kernel_size ** 2


def conditional_convolution_backward_flops(grad: Shape, x: Shape, kernels: Shape, kernel_size: int,
                                           need_x: bool, need_kernels: bool, out_shape: object = None) -> int:
    return (need_x + need_kernels) * conditional_convolution_flops(x, kernels, kernel_size)


def look_up_flops(table: Shape, rows: Shape, *_: object, out_shape: object = None) -> int:
    """One-hot convolution: an addition for each number that is looked up."""
    return prod(rows) * table[1]


def attention_flops(query: Shape, key: Shape, value: Shape, *_: object, attn_mask: object = None,
                    scale: object = None, out_shape: object = None) -> int:
    return sdpa_flop_count(query, key, value)


def attention_backward_flops(grad: Shape, query: Shape, key: Shape, value: Shape, *_: object,
                             attn_mask: object = None, scale: object = None, out_shape: object = None) -> int:
    return sdpa_backward_flop_count(grad, query, key, value)


def _side(kernel_size: int, scale: int, window: str) -> int:
    if window == 'source':
        return kernel_size
    return fold_expanded(torch.empty(1, 1, kernel_size ** 2, scale ** 2, 1, 1), kernel_size, scale)[1]


# Attention on a CPU is PyTorch's own operator, which its counter leaves out.
FLOP_FORMULAS: dict[object, Callable[..., int]] = {
    torch.ops.ggtoolbox.semantic_aware_upsample: sau_flops,
    torch.ops.ggtoolbox.semantic_aware_upsample_backward: sau_backward_flops,
    torch.ops.ggtoolbox.class_convolution: class_convolution_flops,
    torch.ops.ggtoolbox.class_convolution_backward: class_convolution_backward_flops,
    torch.ops.ggtoolbox.conditional_convolution: conditional_convolution_flops,
    torch.ops.ggtoolbox.conditional_convolution_backward: conditional_convolution_backward_flops,
    torch.ops.aten._embedding_bag: look_up_flops,
    torch.ops.aten._embedding_bag_forward_only: look_up_flops,
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: attention_flops,
    torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward: attention_backward_flops,
}
