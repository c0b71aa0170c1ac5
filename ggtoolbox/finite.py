"""Which numbers are finite: one fused look over many tensors, and names where one is not."""
from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

import torch
from torch import Tensor


def all_finite(tensors: Iterable[Tensor | None]) -> bool:
    """Whether no tensor of floating-point numbers holds a NaN or an infinity; others are finite.

    The largest magnitude tells: it is NaN or infinite exactly if some number is, and cannot overflow. On a
    GPU that is one fused reduction and one wait. On a CPU sums are a dozen times as fast; they hide no NaN
    and no infinity, and only where one overflows is the largest magnitude asked for.
    """
    floats = [tensor.detach() for tensor in tensors
              if tensor is not None and tensor.is_floating_point() and tensor.numel()]
    if all(tensor.device.type == 'cpu' and math.isfinite(tensor.sum()) for tensor in floats):
        return True
    return not floats or math.isfinite(torch.nn.utils.get_total_norm(floats, math.inf))


def not_finite(named: Mapping[str, Tensor | None]) -> list[str]:
    """Names of the tensors that hold a NaN or an infinity, in order."""
    if all_finite(named.values()):
        return []
    return [name for name, tensor in named.items() if not all_finite([tensor])]


def named_tensors(content: object, name: str = '') -> Iterator[tuple[str, Tensor]]:
    """The tensors of nested dicts, lists and tuples, such as a checkpoint, by dotted name."""
    if isinstance(content, Tensor):
        yield name, content
    elif isinstance(content, (Mapping, list, tuple)):
        items = content.items() if isinstance(content, Mapping) else enumerate(content)
        for key, value in items:
            yield from named_tensors(value, f'{name}.{key}' if name else str(key))


def listed(names: list[str], shown: int = 3) -> str:
    """The first names of a list, and how many more there are."""
    more = f' and {len(names) - shown} more' if len(names) > shown else ''
    return ', '.join(names[:shown]) + more
