"""Registries: where a ``type='...'`` string of a config finds its class.

``BACKBONES, GENERATORS, DISCRIMINATORS, UPSAMPLERS, HEADS, LOSSES`` are roots of scope
``ggtoolbox`` (mmengine allows one child a scope under a parent, so six children of its ``MODELS``
cannot exist). All others are children of mmengine's roots, so that its own modules stay reachable
by their names. Each registry's ``__doc__`` is its contract; ``tests/test_contracts.py`` walks
every registered entry against it.

A component of ours is registered by lying in its room: the room's files are imported one by one
when the registry is first asked, and a file that fails to import is remembered and named only when
somebody asks for what it might have held. A component of a user is registered by
``custom_imports`` in the config, or by importing its file before building.
"""
from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mmengine import registry as mmengine_registry
from mmengine.registry import Registry as MMEngineRegistry

from .arguments import check_arguments, nearest
from .errors import InputError, UnknownTypeError

SCOPE = 'ggtoolbox'

_custom_import_failures: dict[str, str] = {}


def build_component(cfg: dict, registry: Registry, default_args: dict | None = None) -> Any:
    """Build what ``cfg`` describes from ``registry``; arguments are checked by name first.

    Args:
        cfg: ``type`` (a name, or the class itself) and the arguments of its constructor.
        default_args: arguments that ``cfg`` may override.
    """
    cls, arguments = registry.class_of(cfg), {**(default_args or {}), **cfg}
    for key in ('type', '_scope_'):
        arguments.pop(key, None)
    check_arguments(cls, arguments, registry.name)
    return cls(**arguments)


class Registry(MMEngineRegistry):
    """mmengine's registry with rooms that import file by file and errors that help.

    Args:
        name: the role, as it appears in errors.
        contract: what is passed in and what comes out; becomes ``__doc__``.
        locations: packages (each file is imported) or modules that hold this role.
        parent: mmengine's registry of the same role; without one this is a root.
    """

    def __init__(self, name: str, contract: str, locations: tuple[str, ...],
                 parent: MMEngineRegistry | None = None) -> None:
        super().__init__(name, build_func=None if parent else build_component, parent=parent,
                         scope=SCOPE, locations=list(locations))
        self.__doc__ = contract
        self.failures: dict[str, BaseException] = {}

    def import_from_location(self) -> None:
        if self._imported:
            return
        self._imported = True
        if self.parent is not None:
            importlib.import_module('mmengine.runner')  # fills mmengine's own registries
        for location in self._locations:
            room = importlib.import_module(location)
            for entry in pkgutil.iter_modules(getattr(room, '__path__', ())):
                module = f'{location}.{entry.name}'
                try:
                    importlib.import_module(module)
                except Exception as error:
                    self.failures[module] = error

    def get(self, key: str) -> type:
        """The class registered as ``key``; :class:`UnknownTypeError` names the nearest if none."""
        try:
            found = super().get(key)
        except (RuntimeError, ImportError):  # onedl-mmengine raises where upstream returns None
            found = None
        if found is None:
            raise UnknownTypeError(_explain_unknown(self, key))
        return found

    def class_of(self, cfg: dict) -> type:
        """The class that ``cfg`` names as its ``type``, or that stands there itself."""
        if not isinstance(cfg, dict) or 'type' not in cfg:
            raise InputError(f"{self.name}: expected a dict with the key 'type', found {cfg!r}")
        return self.get(cfg['type']) if isinstance(cfg['type'], str) else cfg['type']

    def __contains__(self, key: str) -> bool:
        try:
            return self.get(key) is not None
        except UnknownTypeError:
            return False

    def known(self) -> dict[str, type]:
        """Everything registered here (not in the parents), by name."""
        self.import_from_location()
        return dict(self.module_dict)


def _explain_unknown(registry: Registry, key: str) -> str:
    """Say which of the usual causes made ``key`` unknown."""
    name = key.rsplit('.', 1)[-1]
    known = set(registry.known()) | set(registry.parent.module_dict if registry.parent else ())
    message = f'{registry.name} registry of {SCOPE} has no {key!r}'
    elsewhere = [r for r in all_registries() if r is not registry and name in r.module_dict]
    if elsewhere:
        found = elsewhere[0]
        return (f'{message}: it is registered in the {found.name!r} registry of scope '
                f'{found.scope!r}; register it with the decorator of {SCOPE}.registry for '
                f'{registry.name!r}')
    failed = {**{m: repr(e) for m, e in registry.failures.items()}, **_custom_import_failures}
    if failed:
        return message + '; these files failed to import: ' + '; '.join(
            f'{module}: {error}' for module, error in failed.items())
    file = _file_that_defines(name)
    if file is not None:
        module = '.'.join(file.with_suffix('').parts)
        return (f'{message}: {file} defines it but was never imported; add '
                f"custom_imports=dict(imports=['{module}']) to the config")
    return (f'{message}{nearest(name, known)} (known: {", ".join(sorted(known))}; a class of your '
            'own must be imported by custom_imports)')


def all_registries():
    roots = [r for r in vars(mmengine_registry).values() if isinstance(r, MMEngineRegistry)]
    roots += [r for r in globals().values() if isinstance(r, Registry) and r.parent is None]
    for root in roots:
        yield root
        yield from root.children.values()


def _file_that_defines(name: str) -> Path | None:
    """A Python file in the working folder, or one folder below it, with ``class name``."""
    pattern = re.compile(rf'^class {re.escape(name)}\b', re.MULTILINE)
    here = Path()
    for file in sorted([*here.glob('*.py'), *here.glob('*/*.py')]):
        if pattern.search(file.read_text(errors='ignore')):
            return file
    return None


def import_custom_modules(imports: str | list[str], allow_failed_imports: bool = False) -> None:
    """Import a user's modules (``custom_imports`` of a config) so that they register themselves.

    Unlike mmengine's own, a failure says whether the module was not found (and where was looked)
    or failed inside (and in which line). With ``allow_failed_imports`` it is said later, when a
    type is missing.
    """
    for module in [imports] if isinstance(imports, str) else imports:
        try:
            importlib.import_module(module)
        except Exception as error:
            reason = _explain_failed_import(module, error)
            if not allow_failed_imports:
                raise InputError(f'custom_imports: {reason}') from error
            _custom_import_failures[module] = reason


def _explain_failed_import(module: str, error: Exception) -> str:
    missing = getattr(error, 'name', None)
    not_found = isinstance(error, ModuleNotFoundError) and missing and (
        module == missing or module.startswith(missing + '.'))
    if not_found:
        files = ['.'.join(f.with_suffix('').parts) for f in [*Path().glob('*.py'),
                                                              *Path().glob('*/*.py')]]
        return (f'no module {module!r} was found from the working folder '
                f'{Path.cwd()}{nearest(module, files)}')
    step = error.__traceback__
    while step.tb_next is not None:
        step = step.tb_next
    return (f'importing {module!r} failed in {step.tb_frame.f_code.co_filename}, line '
            f'{step.tb_lineno}: {type(error).__name__}: {error}')


def lazy_room(registry: Registry) -> Callable[[str], type]:
    """``__getattr__`` of a room's package: ``from <room> import <registered class>``."""
    def find(name: str) -> type:
        if name[:1].isupper() and name in registry.known():
            return registry.module_dict[name]
        raise AttributeError(f'the {registry.name} room has no {name!r}')
    return find


BACKBONES = Registry(
    'backbones', """Encoders and feature networks.

    Encoders: ``forward(image) -> dict`` of named tensors (``mean`` and ``log_variance`` of a
    variational one). Feature networks (VGG19, ...): ``forward(image) -> dict`` layer name ->
    feature (B, C, h, w); built with ``weights`` (a path or URL; one reads an installed package's) or an
    explicit ``allow_random``. One that
    does not take an image has an ``example_input()``, one that reads more
    an ``example()``, as generators have.
    """, ('ggtoolbox.models.backbones',))
GENERATORS = Registry(
    'generators', """A paper's generator.

    ``forward`` takes explicit tensors by the vocabulary's names (``structures.py``) and returns a
    dict with ``image`` (B, 3, H, W) in [-1, 1], or ``motion`` (B, F, J, 2), and whatever else the paper
    names. Generators that
    upsample take ``upsampler=dict(type=...)``, those that end in an image take
    ``head=dict(type=...)``. ``example()`` returns ``(arguments, inputs)``: the smallest
    constructor arguments and inputs of ``forward`` that make sense, as contract tests use.
    """, ('ggtoolbox.models.generators',))
DISCRIMINATORS = Registry(
    'discriminators', """A paper's discriminator.

    ``forward(image, condition=None) -> list[DiscriminatorOutput]``, one a scale, the finest first:
    ``logits`` (B, ..., h, w), ``features``, the activations before it in order, and ``attributes`` (B, A)
    where it classifies, too. ``condition`` is concatenated to the image along the channels, in front of it
    unless the released weights want it behind (the docstring says so). Those of dances take ``motion``
    (B, F, J, 2) and ``audio`` in their place. ``example()`` as for generators.
    """, ('ggtoolbox.models.discriminators',))
UPSAMPLERS = Registry(
    'upsamplers', """How features grow.

    ``__init__(in_channels, out_channels=None, scale=2, ...)``; ``forward(x, guide=None) -> y`` with
    x (B, in_channels, H, W) and y (B, out_channels, scale H, scale W); ``guide`` (B, K, ., .) is the
    semantic layout, for those that use it; one whose ``reads_instance`` is true takes a third argument, the
    panoptic map or None (``layers/panoptic.py``). ``out_channels=None`` keeps the width; where it differs
    and the upsampler cannot change it itself, a 1x1 convolution follows (ours, not the papers').
    """, ('ggtoolbox.models.upsamplers',))
HEADS = Registry(
    'heads', """How features become an image.

    ``__init__(in_channels, out_channels=3, ...)``; ``forward(features, source_image=None) -> dict``
    with ``image`` (B, out_channels, H, W) in [-1, 1] and named intermediate maps. A head that can read
    further feature streams names them, its own arguments, in a class attribute ``streams``; a generator of
    two streams (``layers/two_stream.py``) decodes them, for any other the features stand in.
    """, ('ggtoolbox.models.heads',))
LOSSES = Registry(
    'losses', """One term of an objective.

    A module with ``weight`` (its factor in the objective); ``forward(...)`` returns a scalar that is
    already multiplied by it. The docstring gives formula, reduction and equation number.
    """, ('ggtoolbox.models.losses',))

MODELS = Registry(
    'model', 'Training algorithms (what Runner builds): subclasses of BaseGAN.',
    ('ggtoolbox.models.gans',), mmengine_registry.MODELS)
DATASETS = Registry(
    'dataset', """Map-style data sets. A sample is a dict by the names of ``structures.py``.""",
    ('ggtoolbox.datasets',), mmengine_registry.DATASETS)
DATA_SAMPLERS = Registry(
    'data sampler', 'In which order samples are taken: built with the data set.', ('ggtoolbox.datasets',),
    mmengine_registry.DATA_SAMPLERS)
TRANSFORMS = Registry(
    'transform', 'Pipeline steps: ``dict -> dict`` (mmcv.transforms.BaseTransform).',
    ('mmcv.transforms', 'ggtoolbox.datasets.transforms'), mmengine_registry.TRANSFORMS)
METRICS = Registry(
    'metric', 'mmengine metrics over the samples that a model returns in test mode.',
    ('ggtoolbox.evaluation.metrics',), mmengine_registry.METRICS)
HOOKS = Registry(
    'hook', 'Runner hooks.', ('ggtoolbox.engine.hooks',), mmengine_registry.HOOKS)
OPTIM_WRAPPER_CONSTRUCTORS = Registry(
    'optimizer wrapper constructor', 'Who optimises which parameters.', ('ggtoolbox.engine',),
    mmengine_registry.OPTIM_WRAPPER_CONSTRUCTORS)
OPTIM_WRAPPERS = Registry(
    'optimizer wrapper', 'How one player steps.', ('ggtoolbox.engine',),
    mmengine_registry.OPTIM_WRAPPERS)
LOOPS = Registry(
    'loop', 'Training loops; ``by_epoch`` in ``train_cfg`` chooses between ours.', ('ggtoolbox.engine',),
    mmengine_registry.LOOPS)
RUNNERS = Registry(
    'runner', "Runners; ``runner_type`` in a config names another than ours, mmengine's ``Runner`` for one.",
    ('ggtoolbox.engine',), mmengine_registry.RUNNERS)
VISUALIZERS = Registry(
    'visualizer', 'Where scalars and sample sheets go.', ('ggtoolbox.engine',),
    mmengine_registry.VISUALIZERS)

# Roles of which we have no component yet: children all the same, so that a user can register one in
# our scope, and that mmengine need not warn that it searches its own.
for _name in ('OPTIMIZERS', 'PARAM_SCHEDULERS', 'MODEL_WRAPPERS', 'EVALUATOR',
              'LOG_PROCESSORS', 'VISBACKENDS', 'FUNCTIONS'):
    _root = getattr(mmengine_registry, _name)
    globals()[_name] = Registry(_root.name, _root.__doc__ or '', (), _root)
