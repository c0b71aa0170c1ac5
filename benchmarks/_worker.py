"""The process of a :class:`_contender.Contender`: a training step, run when standard input says so.

It uses only what the checkout of an earlier commit has as well.
"""
from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace

import torch
from _systems import draw_batches, find_system, settings_of
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope
from torch import Tensor

from ggtoolbox.apis.analysis.measuring import (
    describe_hardware,
    forget_peak,
    peak_memory,
    seconds_of,
    synchronise,
)
from ggtoolbox.registry import HOOKS, MODELS

BATCHES = 4  # used in turn


def training_step(cfg: Config, batches: list[dict[str, Tensor]], device: str) -> Callable[[], None]:
    """All turns of as many iterations as it takes until the generator's comes again; the batches serve in
    turn."""
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        model = MODELS.build(cfg.model).to(device).train()
        optimisers = build_optim_wrapper(model, cfg.optim_wrapper)
        run = SimpleNamespace(model=model, optim_wrapper=optimisers)
        HOOKS.build(cfg.default_hooks.execution).before_train(run)
    turns = itertools.cycle(batches)

    def step() -> None:
        for _ in range(model.options.discriminator_steps):
            model.train_step(next(turns), optimisers)
    return step


def keep_freed_memory() -> None:
    """As every command line does; checkouts of before had it not."""
    with contextlib.suppress(ImportError):
        importlib.import_module('ggtoolbox.engine.process_memory').keep_freed_memory()


def timed(step: Callable[[], None], device: str) -> dict[str, float]:
    """Seconds of a step: of the processor on a CPU, of the clock on CUDA."""
    synchronise(device)
    start = time.process_time()
    seconds = seconds_of(step, device)
    return dict(seconds=seconds if device == 'cuda' else time.process_time() - start)


def measured(step: Callable[[], None], device: str, libraries: float) -> dict[str, float]:
    """MiB at the peak of a step: above what stands before it, and above the libraries."""
    forget_peak(device)
    before = peak_memory(device)
    step()
    peak = peak_memory(device)
    return dict(step_mb=peak - before, peak_mb=peak - libraries)


def main() -> None:
    keep_freed_memory()
    order = json.loads(sys.argv[1])
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print is no answer
    device, variant = order.pop('device'), order.pop('variant')
    torch.set_num_threads(order.pop('threads'))
    system = find_system(**order)
    cfg = settings_of(system, variant, device)
    batches = draw_batches(system, cfg, BATCHES, device)
    forget_peak(device)
    libraries = peak_memory(device)
    step = training_step(cfg, batches, device)
    picture = next(value for value in batches[0].values() if value.dim() > 2)
    facts = dict(hardware=describe_hardware(device), config=system.config, batch=len(picture),
                 size='x'.join(map(str, picture.shape[-2:])))
    print(json.dumps(facts), file=answers, flush=True)
    for word in sys.stdin:
        answer = timed(step, device) if word.strip() == 'step' else measured(step, device, libraries)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == '__main__':
    main()
