"""From an officially released state dict to one of ours, with nothing lost in silence.

A family of released files is one module of this folder; it holds ``SYSTEM`` (our training class),
``SOURCE`` (the official repository) and ``PARTS``, a dict name -> :class:`Part`. The names of parts
are those of the networks inside the training class.
"""
from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import Registry, nearest

State = dict[str, Tensor]
_COUNT = 'num_batches_tracked'
# What reading the shapes of another network by their names may end in.
_NO_SUCH_SHAPES = (LookupError, ValueError, ArithmeticError, AttributeError, TypeError, RuntimeError,
                   StopIteration)


class Part(NamedTuple):
    """One network of a family.

    Attributes:
        signature: beginnings of names that every official file of this part has and no other part; a
            tuple in it holds alternatives.
        rename: official names -> a dict official name -> ours; names that it does not know are absent.
        infer: an official state dict -> the config of our network, as far as the shapes tell.
        registry: where that config is built.
        accepts: what tells this part from another of the same names; None: the names are enough.
        prepare: an official state dict -> the same without what it holds twice; None: nothing is.
    """

    signature: tuple[str | tuple[str, ...], ...]
    rename: Callable[[Iterable[str]], dict[str, str]]
    infer: Callable[[State], dict]
    registry: Registry
    accepts: Callable[[State], bool] | None = None
    prepare: Callable[[State], State] | None = None


@dataclass
class Conversion:
    """What became of a state dict.

    Attributes:
        part: name of the part.
        network: config of our network, as far as the shapes tell.
        names: official name -> ours, of all that was mapped. One to one, so that its inverse leads
            back.
        state: our name -> tensor.
        missing: our names that nothing was found for.
        unexpected: official names that have no place in our network.
        differing: our name -> (found shape, expected shape).
        derived: our names whose values were computed, not read.
    """

    part: str
    network: dict
    names: dict[str, str]
    state: State
    missing: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    differing: dict[str, tuple[tuple, tuple]] = field(default_factory=dict)
    derived: list[str] = field(default_factory=list)

    def check(self, source: str, allow_unexpected: bool = False) -> None:
        """Raise :class:`InputError`, naming the first difference, unless all was mapped."""
        for problem, names in (('the file lacks', self.missing),
                               ('the file has another shape for', list(self.differing)),
                               ('our network has no place for', [] if allow_unexpected else self.unexpected)):
            if names:
                more = f' and {len(names) - 1} more' if names[1:] else ''
                raise InputError(f'{source}: converting the {self.part}, {problem} {names[0]!r}{more}')


def families() -> list[str]:
    """The families that can be converted."""
    names = (entry.name for entry in pkgutil.iter_modules(importlib.import_module(__package__).__path__))
    return [name for name in names if name != 'conversion']


def find_family(name: str) -> ModuleType:
    """The module that converts ``name``'s released files."""
    if name not in families():
        raise InputError(f'there is no converter for {name!r}{nearest(name, families())} (known: '
                         f'{", ".join(families())})')
    return importlib.import_module(f'{__package__}.{name}')


def convert(family: str, official: State, part: str | None = None,
            network: nn.Module | None = None) -> Conversion:
    """Convert one official state dict.

    A ``module.`` in front of all names is dropped; half precision becomes single. ``num_batches_tracked``
    may be absent. Spectral norm as PyTorch saved it before 1.0 has no ``weight_v``: it is derived as
    normalise(W^T u). Statistics of instance norm, which PyTorch kept before 0.4, are unexpected where the
    released code does not use them.

    Args:
        family: a file of this folder, such as ``'spade'``.
        part: default: read off the names.
        network: what the result is compared with; default: what the shapes tell.

    Raises:
        InputError: where the names or shapes are not those of this family or part.
    """
    parts = find_family(family).PARTS
    official = {name.removeprefix('module.'): value.detach().float() if value.is_floating_point() else value
                for name, value in official.items()}
    part = part or _recognise(family, parts, official)
    if part not in parts or not _fits(parts[part], official):
        raise InputError(f'expected the {part} of a released {family} model (its parts: '
                         f'{", ".join(parts)}), found {_sample(official)}')
    try:
        if parts[part].prepare is not None:
            official = parts[part].prepare(official)
        derived = _derive_v(official)
        names, config = parts[part].rename(official), parts[part].infer(official)
        if network is None:
            with torch.device('meta'):
                network = parts[part].registry.build(config)
    except InputError:
        raise
    except _NO_SUCH_SHAPES as error:
        raise InputError(f'expected the {part} of a released {family} model, found its names with shapes '
                         f'that make no such network ({type(error).__name__}: {error})') from error
    expected = network.state_dict()
    names = {theirs: ours for theirs, ours in names.items() if ours in expected}
    _check_one_to_one(names)
    state = {ours: official[theirs] for theirs, ours in names.items()}
    # A count of batches, which nothing computes with, may come as (1,) instead of ().
    state.update({n: v.reshape(()) for n, v in state.items() if n.endswith(_COUNT) and v.numel() == 1})
    return Conversion(
        part, config, names, state,
        missing=[n for n in expected if n not in state and not n.endswith(_COUNT)],
        unexpected=[n for n in official if n not in names],
        differing={n: (tuple(v.shape), tuple(expected[n].shape)) for n, v in state.items()
                   if v.shape != expected[n].shape},
        derived=[names[n] for n in derived if n in names])


def _recognise(family: str, parts: dict[str, Part], official: State) -> str:
    fitting = [name for name, part in parts.items() if _fits(part, official)]
    if len(fitting) > 1:
        raise InputError(f'found {_sample(official)}, which may be the {" or the ".join(fitting)} of a '
                         f'released {family} model: name the part')
    if not fitting:
        raise InputError(f'expected one part of a released {family} model ({", ".join(parts)}), found '
                         f'{_sample(official)}')
    return fitting[0]


def _fits(part: Part, official: State) -> bool:
    named = all(any(name.startswith(start) for name in official) for start in part.signature)
    if not named or part.accepts is None:
        return named
    try:
        return part.accepts(official)
    except _NO_SUCH_SHAPES:
        return False


def _check_one_to_one(names: dict[str, str]) -> None:
    first: dict[str, str] = {}
    for theirs, ours in names.items():
        if first.setdefault(ours, theirs) != theirs:
            raise InputError(f'{first[ours]!r} and {theirs!r} both stand for {ours!r}, expected one of them')


def _sample(official: State) -> str:
    return f'{len(official)} tensors such as {next(iter(official), "none")!r}'


def _derive_v(official: State) -> list[str]:
    """Add each ``weight_v`` that a ``weight_u`` stands alone for; returns their names."""
    lonely = [name[:-1] for name in official
              if name.endswith('weight_u') and f'{name[:-1]}v' not in official
              and f'{name[:-2]}_orig' in official]
    for stem in lonely:
        weight, u = official[f'{stem}orig'], official[f'{stem}u']
        matrix = weight if weight.shape[0] == len(u) else weight.movedim(1, 0)
        official[f'{stem}v'] = F.normalize(matrix.flatten(1).t() @ u, dim=0, eps=1e-12)
    return [f'{stem}v' for stem in lonely]
