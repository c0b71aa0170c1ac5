"""What belongs to a model but is no weight: its system, its test-time policy, its iteration."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import BaseLoop, Runner
from torch import Tensor, nn

from ggtoolbox.engine.fine_tuning import transfer
from ggtoolbox.engine.wrapped import unwrapped
from ggtoolbox.errors import InputError
from ggtoolbox.finite import listed, not_finite
from ggtoolbox.registry import HOOKS

_OPTIONAL = ('num_batches_tracked',)
HOW_TO_FINE_TUNE = '; to fine-tune from another model, say what is drawn anew (--draw-anew misfits)'


def unwrapped_names(model: nn.Module, state_dict: dict) -> dict:
    """``state_dict`` of a model whose networks may be wrapped for several processes, by the names
    that it has in one process."""
    wrapped = [name for name, network in model.named_children() if is_model_wrapper(network)]
    for network in wrapped:
        state_dict = {name.replace(f'{network}.module.', f'{network}.', 1)
                      if name.startswith(f'{network}.module.') else name: value
                      for name, value in state_dict.items()}
    return state_dict


def check_state_dict(model: nn.Module, state_dict: dict, where: str, parts: list[str] | None = None) -> None:
    """Raise :class:`InputError` unless ``state_dict`` fits ``model`` name by name, shape by shape.

    Args:
        where: what the error calls the file.
        parts: names of the networks that the file says it holds; None is all.
    """
    expected, system = unwrapped_names(model, model.state_dict()), type(model).__name__
    if parts is not None:
        starts = tuple(f'{part}.' for part in parts)
        expected = {name: value for name, value in expected.items() if name.startswith(starts)}
    found = {name.removeprefix('module.'): value for name, value in state_dict.items()}
    missing = [n for n in expected if n not in found and not n.endswith(_OPTIONAL)]
    unexpected = [n for n in found if n not in expected and not n.endswith(_OPTIONAL)]
    if missing or unexpected:
        raise InputError(
            f'{where}: it does not fit this {system}: '
            + '; '.join(f'{len(names)} weights {what}, first {names[0]!r}' for names, what in
                        ((missing, 'are missing'), (unexpected, 'are unknown to it')) if names))
    for name, value in found.items():
        if name in expected and value.shape != expected[name].shape:
            raise InputError(f'{where}: {name!r} has shape {tuple(value.shape)}, this {system} expects '
                             f'{tuple(expected[name].shape)}')


def checked_state(model: nn.Module, checkpoint: object, where: str) -> tuple[dict, dict]:
    """State dict and meta of what a file holds, or :class:`InputError` if it is no checkpoint of ``model``.

    Args:
        where: what the error calls the file.
    """
    state, meta = checked_tensors(model, checkpoint, where)
    check_state_dict(model, state, where, meta.get('parts'))
    return state, meta


def checked_tensors(model: nn.Module, checkpoint: object, where: str) -> tuple[dict, dict]:
    """As :func:`checked_state`, whatever names and shapes the tensors have."""
    if not isinstance(checkpoint, dict) or checkpoint.get('state_dict') is None:
        raise InputError(f"{where}: no 'state_dict' in it; convert released weights with "
                         'tools/model_converters/convert.py')
    for key in ('state_dict', 'meta'):
        if not isinstance(checkpoint.get(key) or {}, dict):
            raise InputError(f'{where}: expected a dict as its {key!r}, found '
                             f'{type(checkpoint[key]).__name__}')
    for name, value in checkpoint['state_dict'].items():
        if not isinstance(value, Tensor):
            raise InputError(f'{where}: expected tensors in its state_dict, found {type(value).__name__} as '
                             f'{name!r}')
    meta, expected = checkpoint.get('meta') or {}, type(model).__name__
    system = meta.get('system', expected)
    if system != expected:
        raise InputError(f'{where}: a checkpoint of {system}, but the config says {expected}')
    if bad := not_finite(checkpoint['state_dict']):
        raise InputError(f'{where}: {listed(bad)} is not finite')
    return {name.removeprefix('module.'): value for name, value in checkpoint['state_dict'].items()}, meta


@HOOKS.register_module()
class ModelStateHook(Hook):
    """Writes system, test-time policy and iteration into a checkpoint's meta, and honours them.

    Loading is strict: a checkpoint of another system, or of other sizes, is refused before any weight
    is touched; one that was converted from released weights may hold some networks only, and says so in
    ``meta['parts']``; the others are new in training, and taken away in a test. A test-time policy that the
    config leaves open is taken from the checkpoint.

    Args:
        draw_anew: to fine-tune (``load_from``) a model of other class counts, another head, ...: which
            layers keep the weights that they were drawn with. ``'misfits'``, those that the checkpoint lacks
            or has in another shape; or names of layers or networks, also as shell patterns, beyond which
            everything must fit. The log lists them. None: everything must fit.
        class_map: beside it, class of the checkpoint -> class of this model, such as the ``label_map`` that
            makes the one's label maps into the other's: layers that read label maps are taken class by class
            (:func:`~ggtoolbox.engine.fine_tuning.class_by_class`) instead of being drawn anew.

    Raises:
        InputError: a class map of something else than classes, or without ``draw_anew``.
    """

    priority = 'VERY_HIGH'
    parts: list[str] | None = None  # which networks the loaded checkpoint holds; None is all

    def __init__(self, draw_anew: str | Sequence[str] | None = None,
                 class_map: Mapping[int, int] | None = None) -> None:
        ids = [*class_map, *class_map.values()] if isinstance(class_map, Mapping) else [class_map]
        if class_map is not None and not all(type(one) is int and one >= 0 for one in ids):
            raise InputError(f'ModelStateHook: class_map: expected class -> class, each 0 or more, found '
                             f'{class_map!r}')
        if class_map and not draw_anew:
            raise InputError('ModelStateHook: class_map: expected draw_anew with it, found none')
        self.draw_anew, self.class_map = draw_anew, class_map

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        model = unwrapped(runner.model)
        checkpoint['state_dict'] = unwrapped_names(model, checkpoint['state_dict'])
        checkpoint['meta'].update(system=type(model).__name__, test_policy=model.options.test_policy)

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        model, where = unwrapped(runner.model), str(runner._load_from or 'checkpoint')
        starts = isinstance(runner._train_loop, BaseLoop) and not runner._resume
        if starts and self.draw_anew:
            self._fine_tune(runner, model, checkpoint, where)
            return
        try:
            state, meta = checked_state(model, checkpoint, where)
        except InputError as error:
            raise InputError(f'{error}{HOW_TO_FINE_TUNE if starts else ""}') from None
        model.adopt_test_policy(meta.get('test_policy', {}))
        self.parts = meta.get('parts')
        if self.parts is not None:  # the other networks stay as they are; mmengine would list them as missing
            checkpoint['state_dict'] = {**unwrapped_names(model, model.state_dict()), **state}
        if runner._resume:
            model.iteration = meta['iter']

    def _fine_tune(self, runner: Runner, model: nn.Module, checkpoint: dict, where: str) -> None:
        state, meta = checked_tensors(model, checkpoint, where)
        drawn = unwrapped_names(model, model.state_dict())
        moved = transfer(drawn, state, self.draw_anew, where, meta.get('parts'), _OPTIONAL, self.class_map)
        checkpoint['state_dict'] = {**drawn, **moved.taken}
        model.adopt_test_policy(meta.get('test_policy', {}))
        runner.logger.info(f'fine-tuning from {where}: {moved}')

    def before_train(self, runner: Runner) -> None:
        self.parts = None  # from now on, all have weights

    def before_test(self, runner: Runner) -> None:
        if self.parts is not None:
            unwrapped(runner.model).keep_networks(self.parts)
