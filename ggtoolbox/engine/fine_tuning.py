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
        taken: names of tensors -> their values in the checkpoint, or what a class map makes of them.
        mapped: layers of which the class map chose columns.
        drawn_anew: layers and networks of the model that keep the weights they were drawn with.
        left_out: layers of the checkpoint that the model has not.
    """

    taken: dict[str, Tensor]
    mapped: list[str]
    drawn_anew: list[str]
    left_out: list[str]

    def __str__(self) -> str:
        said = [f'{len(self.taken)} tensors are taken']
        for what, layers in (('taken class by class', self.mapped), ('drawn anew', self.drawn_anew),
                             ('left out', self.left_out)):
            said += [f'{len(layers)} layers are {what}: {", ".join(layers)}'] if layers else []
        return '; '.join(said)


def layer_of(tensor: str) -> str:
    """The layer that a tensor belongs to: ``a.b`` of ``a.b.weight``, ``a.b.weight_u``, ...."""
    layer, found, _ = tensor.partition('.parametrizations.')
    return layer if found else tensor.rpartition('.')[0]


def transfer(expected: Mapping[str, Tensor], found: Mapping[str, Tensor], draw_anew: str | Sequence[str],
             where: str, parts: Collection[str] | None = None, optional: Sequence[str] = (),
             class_map: Mapping[int, int] | None = None) -> Transfer:
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
        class_map: see :func:`class_by_class`; layers that it fits are not drawn anew as misfits.

    Raises:
        InputError: a name that no layer has, something that fits neither the model nor ``draw_anew``, or
            nothing that fits.
    """
    absent = dict.fromkeys(network for network in (name.split('.')[0] for name in expected)
                           if parts is not None and network not in parts)
    misfits = {name for name, value in expected.items()
               if name.split('.')[0] not in absent and not name.endswith(tuple(optional))
               and (name not in found or found[name].shape != value.shape)}
    mapped = class_by_class({name: expected[name] for name in misfits}, found, class_map or {})
    if class_map and not mapped:
        raise InputError(f'{where}: class_map: expected layers that read {max(class_map) + 1} classes in it '
                         f'and {max(class_map.values()) + 1} in the model, found none')
    of_mapped = set(map(layer_of, mapped))
    # A vector of spectral norm's may have the length of the weight, and is drawn beside it.
    misfits = {name for name in misfits if layer_of(name) not in of_mapped}
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
    taken = {name: mapped.get(name, found[name]) for name in expected
             if name in found and layer_of(name) not in anew
             and (name in mapped or found[name].shape == expected[name].shape)}
    if not taken:
        raise InputError(f'{where}: none of its {len(found)} tensors fits, expected a checkpoint of a model '
                         'that is alike')
    left_out = dict.fromkeys(layer_of(name) for name in found if name not in expected)
    drawn = [layer for layer in layers if layer in anew and layer.split('.')[0] not in absent]
    return Transfer(taken, [layer for layer in layers if layer in of_mapped - anew], [*drawn, *absent],
                    list(left_out))


def class_by_class(expected: Mapping[str, Tensor], found: Mapping[str, Tensor], class_map: Mapping[int, int]
                   ) -> dict[str, Tensor]:
    """Weights of convolutions that read one-hot label maps, for other classes: the columns of a class are the
    mean of those of all classes that become it; a class that none becomes keeps those it was drawn with.

    Only such weights are meant as differ from the checkpoint's in the number of columns alone. What they read
    beside the classes (an edge map, which one of the models may lack, an image) lies behind them, and its
    columns are taken from the end.

    Args:
        expected, found: name -> tensor.
        class_map: class in the checkpoint -> class in the model; it names the last class of both.

    Returns:
        name -> tensor of the shape that is expected, of those that the map fits.
    """
    old, new = (max(ids, default=-1) + 1 for ids in (class_map, class_map.values()))
    mapped = {}
    for name, drawn in expected.items():
        given = found.get(name)
        if given is None or not drawn.dim() == given.dim() > 1 or (
                given.shape[:1] + given.shape[2:] != drawn.shape[:1] + drawn.shape[2:]):
            continue
        behind = given.shape[1] - old, drawn.shape[1] - new
        if not class_map or min(behind) < 0 or abs(behind[0] - behind[1]) > 1:
            continue
        weight = drawn.clone()
        for target in set(class_map.values()):
            were = [source for source, becomes in class_map.items() if becomes == target]
            weight[:, target] = given[:, were].to(weight).mean(dim=1)
        weight[:, drawn.shape[1] - min(behind):] = given[:, given.shape[1] - min(behind):].to(weight)
        mapped[name] = weight
    return mapped


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
