"""A product with a weight whose gradient is one product, too, of all uses in a backward pass.

Where a network runs several times in one graph, autograd makes a gradient of each use, as large as the
weight, and adds them up as they come: the sums of all layers wait until the last run has been gone through.
With rows as few as a tiny map has, the factors of these gradients are far smaller. They wait in their stead,
and the last use makes the sum of all gradients, [g_1; g_2; ...]^T [x_1; x_2; ...], reading and writing what
is as large as the weight once.
"""
from __future__ import annotations

from weakref import WeakSet

import torch
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

_uses: WeakTensorKeyDictionary = WeakTensorKeyDictionary()  # a leaf -> the nodes of its products


def joint_product(rows: Tensor, weight: Tensor, transposed: bool = False) -> Tensor:
    """``rows @ W^T``, or ``rows @ W`` if ``transposed``, where W is ``weight`` with its last three dimensions
    as one, in the order in which they lie in memory.

    Args:
        rows: (M, .).
        weight: four dimensions, contiguous or channels last. Autocast rounds it, and rows, but what waits
            for the backward pass is ``weight`` itself.
    """
    if torch.is_autocast_enabled(rows.device.type) and weight.dtype == torch.float32:
        rows = rows.to(torch.get_autocast_dtype(rows.device.type))
    if torch.compiler.is_compiling() or not (torch.is_grad_enabled() and weight.requires_grad):
        return _product(rows, weight, transposed)
    product = _JointProduct.apply(rows, weight, transposed)
    if weight.is_leaf:
        if weight not in _uses:
            _uses[weight] = WeakSet()
        _uses[weight].add(product.grad_fn)
        product.grad_fn.uses = _uses[weight]
    return product


def is_channels_last(weight: Tensor) -> bool:
    return not weight.is_contiguous() and weight.is_contiguous(memory_format=torch.channels_last)


def as_it_lies(weight: Tensor) -> Tensor:
    """(first dimension, all others in the order of the memory)."""
    return (weight.permute(0, 2, 3, 1) if is_channels_last(weight) else weight).flatten(1)


def _product(rows: Tensor, weight: Tensor, transposed: bool) -> Tensor:
    matrix = as_it_lies(weight).to(rows.dtype)
    return rows @ matrix if transposed else rows @ matrix.t()


class _JointProduct(torch.autograd.Function):
    """:func:`_product`. Its node remembers what waits, as (pass, left, right) with the gradient left^T right,
    and the number of the backward pass that it was last gone through in."""

    @staticmethod
    def forward(ctx, rows: Tensor, weight: Tensor, transposed: bool) -> Tensor:
        ctx.save_for_backward(rows, weight)
        ctx.transposed, ctx.uses, ctx.waiting, ctx.gone_through = transposed, (), [], None
        return _product(rows, weight, transposed)

    @staticmethod
    def backward(ctx, grad: Tensor):
        rows, weight = ctx.saved_tensors
        of_rows = _product(grad, weight, not ctx.transposed) if ctx.needs_input_grad[0] else None
        if not _is_gone_on_to(ctx.next_functions[1][0]):
            return of_rows, None, None
        left, right = (rows, grad) if ctx.transposed else (grad, rows)
        if not torch.is_grad_enabled():  # nobody differentiates this gradient
            now, waiting, ctx.waiting = torch._C._current_graph_task_id(), ctx.waiting, []
            waiting = [(left, right), *(pair for number, *pair in waiting if number == now)]
            ctx.gone_through = now
            if (later := _later_use(ctx, now)) is not None:
                later.waiting += [(now, *pair) for pair in waiting]
                return of_rows, None, None
            left, right = (torch.cat(factors) for factors in zip(*waiting))
        return of_rows, _lying_as(left.t() @ right, weight), None


def _is_gone_on_to(node: torch.autograd.graph.Node) -> bool:
    """Whether this backward pass reaches a node: a penalty, for one, asks for gradients of inputs alone."""
    try:
        return torch._C._will_engine_execute_node(node)
    except RuntimeError:  # a leaf whose gradient is what is asked for
        return True


def _later_use(node: torch.autograd.graph.Node, now: int) -> torch.autograd.graph.Node | None:
    """A use of the same weight that this backward pass has still to go through."""
    return next((use for use in node.uses
                 if use.gone_through != now and torch._C._will_engine_execute_node(use)), None)


def _lying_as(gradient: Tensor, weight: Tensor) -> Tensor:
    """The gradient of :func:`as_it_lies` in the shape of the weight."""
    gradient = gradient.to(weight.dtype)
    if not is_channels_last(weight):
        return gradient.view(weight.shape)
    return gradient.unflatten(1, weight.permute(0, 2, 3, 1).shape[1:]).permute(0, 3, 1, 2)
