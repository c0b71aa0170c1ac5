"""Whether ``dict(type=..., ...)`` of a config names a class that there is, and arguments that it takes."""
from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from mmengine.registry import Registry as MMEngineRegistry

from ggtoolbox import registry as registries
from ggtoolbox.arguments import check_arguments, check_value, nearest
from ggtoolbox.errors import InputError, UnknownTypeError
from ggtoolbox.registry import Registry

from .rules import check_range

MODEL_ROLES = (registries.GENERATORS, registries.DISCRIMINATORS, registries.UPSAMPLERS, registries.HEADS,
               registries.LOSSES, registries.BACKBONES)
# An argument's name, or its last word -> where the type of its value is registered.
ROLES = dict(
    generator=registries.GENERATORS, discriminator=registries.DISCRIMINATORS, upsampler=registries.UPSAMPLERS,
    head=registries.HEADS, network=registries.BACKBONES, correspondence_network=registries.GENERATORS,
    segmentor=registries.BACKBONES,
    losses=registries.LOSSES, dataset=registries.DATASETS, datasets=registries.DATASETS,
    pipeline=registries.TRANSFORMS, transforms=registries.TRANSFORMS, metrics=registries.METRICS,
    backends=registries.VISBACKENDS, optimizer=registries.OPTIMIZERS)
BUILT_ALONE = (registries.DATASETS, registries.TRANSFORMS, registries.METRICS, registries.VISBACKENDS)


def expect_dict(settings: Any, field: str, example: str = "a dict with the key 'type'") -> None:
    """Raise :class:`InputError` for anything else."""
    if not isinstance(settings, Mapping):
        raise InputError(f'{field}: expected {example}, found {settings!r}')


def check_component(settings: Any, registry: Registry | None, field: str, given: Collection[str] = (),
                    default: str | None = None, aside: Collection[str] = (), complete: bool = True
                    ) -> None:
    """Raise :class:`InputError` unless ``settings`` can be built; nothing is.

    Args:
        settings: ``type`` and arguments.
        registry: of the type; None is the one of a model's parts that knows it.
        field: path of the settings in the config.
        given: arguments that whoever builds it adds.
        default: the type where none is said.
        aside: keys that are no arguments of the class, and have been checked.
        complete: whoever builds it adds nothing else.
    """
    expect_dict(settings, field)
    cls = class_of(settings.get('type', default), registry, field)
    arguments = {key: value for key, value in settings.items() if key not in ('type', '_scope_', *aside)}
    check_call(cls, arguments, field, given, complete)


def check_call(cls: Callable, arguments: Mapping[str, Any], field: str, given: Collection[str] = (),
               complete: bool = True) -> None:
    """As :func:`check_component`, of a class at hand."""
    for key in arguments:
        if not isinstance(key, str):
            raise InputError(f'{field}: expected names of arguments, found {key!r}')
    check_arguments(cls, arguments, field, given, complete)
    for name, value in arguments.items():
        place = f'{field}.{name}'
        check_value(cls, name, value, place)
        check_range(cls, name, value, place)
        check_nested(name, value, place)


def class_of(kind: Any, registry: Registry | None, field: str) -> Callable:
    """The class that a ``type`` names."""
    if kind is None or kind == '':
        raise InputError(f"{field}: expected a dict with the key 'type', found none")
    if callable(kind):
        return kind
    if not isinstance(kind, str):
        raise InputError(f'{field}.type: expected the name of a class, found {kind!r}')
    try:
        return (_that_knows(kind) if registry is None else registry).get(kind)
    except UnknownTypeError as error:
        raise UnknownTypeError(f'{field}.type: {error}') from None


def _that_knows(kind: str) -> MMEngineRegistry:
    for registry in MODEL_ROLES:
        if kind in registry:
            return registry
    known = {name for registry in MODEL_ROLES for name in registry.known()}
    raise UnknownTypeError(f'no registry of {registries.SCOPE} has {kind!r}{nearest(kind, known)}')


def check_nested(name: str, value: Any, field: str, registry: Registry | None = None) -> None:
    """The components among the values of an argument, whatever lists and dicts they lie in."""
    if registry is None:  # (an empty one is false)
        registry = ROLES.get(name, ROLES.get(name.rsplit('_', 1)[-1]))
    if isinstance(value, Mapping):
        if isinstance(value.get('type'), str) and (registry is not None or _is_known(value['type'])):
            check_component(value, registry, field, complete=registry in BUILT_ALONE)
        else:
            for key, inner in value.items():
                check_nested(str(key), inner, f'{field}.{key}', registry)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            check_nested(name, inner, f'{field}.{index}', registry)


def _is_known(kind: str) -> bool:
    return any(kind in registry for registry in MODEL_ROLES)
