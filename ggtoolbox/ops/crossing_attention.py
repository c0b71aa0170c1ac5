"""Attention between the places of feature maps, without a places x places matrix in memory.

XingGAN's crossing attention (Tang et al., ECCV 2020; thesis equations 4.1 to 4.4) and DANet's position
attention have queries and keys that are narrower than values (32 and 256 channels in the released XingGAN).
PyTorch's fused kernels ask for one width: filling the narrow ones up with zeros makes them apply, at the
price of products as wide as the values. On a CPU that price is higher than that of another way, which is
taken there: a few queries at a time, each against all keys, and the same again in backward, so that only
queries, keys and values are kept.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

QUERIES_AT_ONCE = 256


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
    if query.device.type == 'cpu' and not one_width and not torch.compiler.is_compiling():
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
        ctx.save_for_backward(query, key, value)
        ctx.scale = scale
        return torch.cat([F.scaled_dot_product_attention(some, key, value, scale=scale)
                          for some in query.split(QUERIES_AT_ONCE, dim=1)], dim=1)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        query, *others = ctx.saved_tensors
        key, value = (t.detach().requires_grad_() for t in others)
        of_queries, of_key, of_value = [], torch.zeros_like(key), torch.zeros_like(value)
        for some, grad_of_some in zip(query.split(QUERIES_AT_ONCE, dim=1),
                                      grad.split(QUERIES_AT_ONCE, dim=1)):
            with torch.enable_grad():
                some = some.detach().requires_grad_()
                out = F.scaled_dot_product_attention(some, key, value, scale=ctx.scale)
            gradients = torch.autograd.grad(out, (some, key, value), grad_of_some.to(out.dtype))
            of_queries.append(gradients[0])
            of_key += gradients[1]
            of_value += gradients[2]
        return torch.cat(of_queries, dim=1), of_key, of_value, None
