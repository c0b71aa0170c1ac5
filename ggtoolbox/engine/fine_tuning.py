"""Weights of another model to start from: which are taken, and which layers are drawn anew."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from torch import Tensor

from ggtoolbox.arguments import nearest
from ggtoolbox.errors import InputError

MISFITS = 'misfits'


class Transfer(NamedTuple):
    """What becomes of a checkpoint in a model that it does not fit.

    Attributes:
        taken: names of tensors -> their values in the checkpoint.
        drawn_anew: layers and networks of the model that keep the weights they were drawn with.
        left_out: layers of the checkpoint that the model has not.
    """

    taken: dict[str, Tensor]
    drawn_anew: list[str]
    left_out: list[str]

    def __str__(self) -> str:
        said = [f'{len(self.taken)} tensors are taken']
        for what, layers in (('drawn anew', self.drawn_anew), ('left out', self.left_out)):
            said += [f'{len(layers)} layers are {what}: {", ".join(layers)}'] if layers else []
        return '; '.join(said)


def layer_of(tensor: str) -> str:
    """The layer that a tensor belongs to: ``a.b`` of ``a.b.weight``, ``a.b.weight_u``, ...."""
    layer, found, _ = tensor.partition('.parametrizations.')
    return layer if found else tensor.rpartition('.')[0]


def transfer(expected: Mapping[str, Tensor], found: Mapping[str, Tensor], draw_anew: str | Sequence[str],
             where: str, parts: Collection[str] | None = None, optional: Sequence[str] = ()) -> Transfer:
    """Divide a checkpoint into what a model takes and what it draws anew, whole layers at a time.

    Args:
        expected: the model's ``state_dict()``.
        found: the checkpoint's.
        draw_anew: ``'misfits'``: layers of which a tensor is missing or has another shape; or those layers
            and networks that are named, also by shell patterns, beyond which everything must fit.
        where: what errors call the checkpoint.
        parts: networks that the checkpoint holds, of which alone it must fit; the others are drawn anew.
            None is all.
        optional: ends of names that may be missing.

    Raises:
        InputError: a name that no layer has, something that fits neither the model nor ``draw_anew``, or
            nothing that fits.
    """
    absent = dict.fromkeys(network for network in (name.split('.')[0] for name in expected)
                           if parts is not None and network not in parts)
    misfits = {name for name, value in expected.items()
               if name.split('.')[0] not in absent and not name.endswith(tuple(optional))
               and (name not in found or found[name].shape != value.shape)}
    layers = dict.fromkeys(map(layer_of, expected))
    if draw_anew == MISFITS:
        anew = set(map(layer_of, misfits))
    else:
        names = [draw_anew] if isinstance(draw_anew, str) else draw_anew
        anew = set().union(*(_named(name, layers) for name in names))
        for name in sorted(misfits):
            if layer_of(name) not in anew:
                raise InputError(f'{where}: {_misfit(name, expected, found)}, which draw_anew={list(names)} '
                                 f"does not name (draw_anew='{MISFITS}' names all such layers)")
    taken = {name: found[name] for name in expected if name in found and layer_of(name) not in anew}
    if not taken:
        raise InputError(f'{where}: none of its {len(found)} tensors fits, expected a checkpoint of a model '
                         'that is alike')
    left_out = dict.fromkeys(layer_of(name) for name in found if name not in expected)
    drawn = [layer for layer in layers if layer in anew and layer.split('.')[0] not in absent]
    return Transfer(taken, [*drawn, *absent], list(left_out))


def _named(name: str, layers: Iterable[str]) -> set[str]:
    """Layers of this name, below it, or that match it as a pattern."""
    matched = {layer for layer in layers
               if layer == name or layer.startswith(f'{name}.') or fnmatchcase(layer, name)}
    if not matched:
        known = {'.'.join(layer.split('.')[:depth]) for layer in layers for depth in range(1, 9)}
        raise InputError(f'draw_anew: no layer of the model is called {name!r}{nearest(name, known)}')
    return matched


def _misfit(name: str, expected: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> str:
    if name not in found:
        return f'it lacks {name!r}'
    return f'its {name!r} has shape {tuple(found[name].shape)}, expected {tuple(expected[name].shape)}'
