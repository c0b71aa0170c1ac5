"""Step time and peak memory of a config: of its training and of its inference."""
from __future__ import annotations

import copy
import functools
import itertools
import multiprocessing
import statistics
from collections.abc import Callable
from typing import NamedTuple

import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from torch import Tensor

from ggtoolbox.engine.hooks.execution import prepare_networks
from ggtoolbox.engine.process_memory import keep_freed_memory
from ggtoolbox.errors import InputError
from ggtoolbox.registry import MODELS, import_custom_modules

from ..switches import use_amp, use_fast
from .complexity import draw_feature_networks
from .example_batch import example_batch
from .measuring import describe_hardware, forget_peak, peak_memory, seconds_of

MODES = ('train', 'inference')
BATCHES_DRAWN = 4  # used in turn, since the time of some networks depends on the layout
WARM_UP = 2  # steps; the first ones choose kernels, compile, and make the optimisers' states


class Measurement(NamedTuple):
    """Cost of a step.

    Attributes:
        mode: ``'train'``: every player's turn on one batch, with its optimiser's step; ``'inference'``: one
            batch is generated. Without hooks, and without the loading of data.
        step_seconds: median wall time.
        peak_mb: MiB beyond what the process held before the model was built: weights, optimisers' states and
            activations.
        batch_size, iterations: of the steps that were timed.
        amp, compile, fast: the switches.
        hardware: in words.
    """

    mode: str
    step_seconds: float
    peak_mb: float
    batch_size: int
    iterations: int
    amp: bool
    compile: bool
    hardware: str
    fast: bool = False


class Settings(NamedTuple):
    """How a config is measured.

    Attributes:
        mode: of :data:`MODES`.
        iterations: steps that are timed.
        batch_size: pictures a step; None is the config's.
        device: ``'cpu'`` or ``'cuda'``.
        threads: of the CPU; None is PyTorch's choice.
        amp: bfloat16, as ``tools/train.py --amp``.
        compile: ``torch.compile`` the networks.
        noise: batches of noise in place of the config's data, which then need not be there.
        fast: what was measured to be fastest, as ``tools/train.py --fast`` (of a training's step).
    """

    mode: str = 'train'
    iterations: int = 20
    batch_size: int | None = None
    device: str = 'cpu'
    threads: int | None = None
    amp: bool = False
    compile: bool = False
    noise: bool = False
    fast: bool = False


def benchmark(cfg: Config, settings: Settings) -> Measurement:
    """Measure a config's steps; on a CPU in a fresh process, whose memory is all the step's.

    Feature networks of the losses get random weights: neither time nor memory depends on them.

    Raises:
        InputError: an unknown mode, no iterations, or data that are not there.
    """
    if settings.mode not in MODES or settings.iterations < 1:
        raise InputError(f'benchmark: expected a mode of {", ".join(MODES)} and one iteration at least, '
                         f'found {settings.mode!r} and {settings.iterations}')
    if settings.device == 'cuda' and not torch.cuda.is_available():
        raise InputError('benchmark: the device is cuda, but PyTorch finds no GPU')
    if torch.device(settings.device).type != 'cpu':
        return _measure(cfg, settings)
    with multiprocessing.get_context('spawn').Pool(1) as pool:
        return pool.apply(_measure, (cfg, settings))


def _measure(cfg: Config, settings: Settings) -> Measurement:
    keep_freed_memory()  # as every command line does
    cfg, device = copy.deepcopy(cfg), settings.device
    if cfg.get('custom_imports'):
        import_custom_modules(**cfg.custom_imports)
    if settings.threads:
        torch.set_num_threads(settings.threads)
    batches = _draw(cfg, settings)
    forget_peak(device)
    before = peak_memory(device)
    torch.manual_seed(0)
    step = (_training if settings.mode == 'train' else _inference)(cfg, settings)
    turns = itertools.cycle([functools.partial(step, batch) for batch in batches])
    times = [seconds_of(next(turns), device) for _ in range(WARM_UP + settings.iterations)][WARM_UP:]
    return Measurement(settings.mode, statistics.median(times), peak_memory(device) - before,
                       len(next(iter(batches[0].values()))), settings.iterations, settings.amp,
                       settings.compile, describe_hardware(device), settings.fast)


def _draw(cfg: Config, settings: Settings) -> list[dict[str, Tensor]]:
    """A few batches of the config's data, on the device."""
    role = 'train' if settings.mode == 'train' else 'test'
    loader = copy.deepcopy(cfg.get(f'{role}_dataloader') or cfg.get('train_dataloader'))
    if not loader:
        raise InputError(f'{cfg.filename}: expected a {role}_dataloader, found none')
    size = settings.batch_size or loader.batch_size
    loader.update(batch_size=size, num_workers=0, persistent_workers=False)
    count, device = min(BATCHES_DRAWN, settings.iterations), settings.device
    if settings.noise:
        return [example_batch(cfg, size, device=device, seed=seed) for seed in range(count)]
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        drawn = itertools.islice(iter(Runner.build_dataloader(loader, seed=0)), count)
        batches = [{name: value.to(device) for name, value in batch.items() if isinstance(value, Tensor)}
                   for batch in drawn]
    if not batches:
        raise InputError(f'{cfg.filename}: its {role} data do not fill one batch of {size}')
    return batches


def _training(cfg: Config, settings: Settings) -> Callable[[dict], object]:
    if settings.amp:
        use_amp(cfg)
    if settings.fast:
        use_fast(cfg, settings.device)
    draw_feature_networks(cfg)
    model = _build(cfg, settings).train()
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        optimisers = build_optim_wrapper(model, cfg.optim_wrapper)
    return functools.partial(model.train_step, optim_wrapper=optimisers)


def _inference(cfg: Config, settings: Settings) -> Callable[[dict], object]:
    cfg.model.losses = None
    model = _build(cfg, settings).eval()

    def step(batch: dict[str, Tensor]) -> object:
        with torch.autocast(torch.device(settings.device).type, torch.bfloat16, enabled=settings.amp):
            return model.test_step(batch)
    return step


def _build(cfg: Config, settings: Settings) -> torch.nn.Module:
    model = MODELS.build(cfg.model).to(settings.device)
    execution = (cfg.get('default_hooks') or {}).get('execution') or {}
    prepare_networks(model, execution.get('channels_last', False),
                     settings.compile or execution.get('compile', False), execution.get('checkpoint', False))
    return model
