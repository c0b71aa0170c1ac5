"""Attention between the places of feature maps, without a places x places matrix in memory.

XingGAN's crossing attention (Tang et al., ECCV 2020; thesis equations 4.1 to 4.4) and DANet's position
attention have queries and keys that are narrower than values (32 and 256 channels in the released XingGAN).
PyTorch's fused kernels ask for one width: filling the narrow ones up with zeros makes them apply, at the
price of products as wide as the values. On a CPU that price is higher than that of another way, which is
taken there: a few queries at a time, each against all keys, and their weights again in backward, so that
queries, keys, values and the result are all that is kept.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

QUERIES_AT_ONCE = 128


def attention_reference(query: Tensor, key: Tensor, value: Tensor, scale: float = 1.0) -> Tensor:
    """The plain formula; see :func:`attention`."""
    similarity = scale * query.flatten(2).transpose(1, 2) @ key.flatten(2)
    return (value.flatten(2) @ similarity.softmax(dim=-1).transpose(1, 2)).unflatten(2, query.shape[2:])


def attention(query: Tensor, key: Tensor, value: Tensor, scale: float = 1.0) -> Tensor:
    """out[:, i] = sum over j of softmax_j(scale * <query[:, i], key[:, j]>) * value[:, j].

    Args:
        query: (B, D, H, W).
        key: (B, D, h, w).
        value: (B, C, h, w).

    Returns:
        (B, C, H, W). Memory grows with the number of places, not with its square.
    """
    kind = torch.promote_types(query.dtype, value.dtype)
    flat = [t.flatten(2).transpose(1, 2).to(kind) for t in (query, key, value)]  # places first
    one_width = query.shape[1] == value.shape[1]
    # On the meta device, where costs are counted, as on a CPU: nothing is filled up.
    if query.device.type in ('cpu', 'meta') and not one_width and not torch.compiler.is_compiling():
        out = _QueriesInTurn.apply(*flat, scale)
    else:
        width = max(query.shape[1], value.shape[1])
        filled = [F.pad(t, (0, width - t.shape[2])).unsqueeze(1).contiguous() for t in flat]
        out = F.scaled_dot_product_attention(*filled, scale=scale)[:, 0, :, :value.shape[1]]
    return out.transpose(1, 2).unflatten(2, query.shape[2:])


class _QueriesInTurn(torch.autograd.Function):
    """query (B, n, D), key (B, m, D), value (B, m, C) -> (B, n, C)."""

    @staticmethod
    def forward(ctx, query: Tensor, key: Tensor, value: Tensor, scale: float) -> Tensor:
        out = torch.cat([_weights(some, key, scale) @ value
                         for some in query.split(QUERIES_AT_ONCE, dim=1)], dim=1)
        ctx.save_for_backward(query, key, value, out)
        ctx.scale = scale
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        *inputs, out = ctx.saved_tensors
        query, key, value, grad = (t.to(out.dtype) for t in (*inputs, grad))  # autocast may have cast them
        # softmax's backward takes from each row its mean under the weights, which is <grad, out>.
        mean = (grad * out).sum(dim=-1, keepdim=True)
        query_grad = torch.zeros_like(query)
        key_grad, value_grad = (_zeros_to_add_to(t) for t in (key, value))
        for start in range(0, query.shape[1], QUERIES_AT_ONCE):
            some = slice(start, start + QUERIES_AT_ONCE)
            weights = _weights(query[:, some], key, ctx.scale)
            _add_product(value_grad, weights.transpose(1, 2), grad[:, some])
            scores = (grad[:, some] @ value.transpose(1, 2)).sub_(mean[:, some]).mul_(weights).mul_(ctx.scale)
            query_grad[:, some] = scores @ key
            _add_product(key_grad, scores.transpose(1, 2), query[:, some])
        return query_grad, key_grad.to(key.dtype), value_grad.to(value.dtype), None


def _weights(query: Tensor, key: Tensor, scale: float) -> Tensor:
    return (query @ key.transpose(1, 2)).mul_(scale).softmax(dim=-1)


def _zeros_to_add_to(like: Tensor) -> Tensor:
    """In float32 at least, and contiguous: a CPU takes a thousand times as long for a product of bfloat16
    that it writes to a transposed tensor (PyTorch 2.13)."""
    return torch.zeros_like(like, dtype=torch.promote_types(like.dtype, torch.float32),
                            memory_format=torch.contiguous_format)


def _add_product(total: Tensor, left: Tensor, right: Tensor) -> None:
    if total.dtype == left.dtype:
        total.baddbmm_(left, right)
    else:
        total.add_(left @ right)
