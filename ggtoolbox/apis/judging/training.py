"""Training a config so that it can be compared: with a stated budget, in a process of its own, resumable."""
from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mmengine.config import Config

from ggtoolbox.engine.schedules import stretched
from ggtoolbox.errors import InputError, StoppedBySignal

from ..config import load_config
from ..places import zoo_root

# What decides about the weights that a run ends with.
OF_TRAINING = ('model', 'optim_wrapper', 'param_scheduler', 'custom_hooks')


class Run(NamedTuple):
    """A training that is wanted.

    Attributes:
        config: path of the config.
        cfg: the config with budget and seed.
        options: what differs from the config file, dotted key -> value.
        work_dir: where its checkpoints lie, or will.
    """

    config: Path
    cfg: Config
    options: dict[str, Any]
    work_dir: Path

    @property
    def name(self) -> str:
        return self.config.stem

    @property
    def seed(self) -> int:
        return self.cfg.randomness.seed

    @property
    def final_checkpoint(self) -> Path:
        """The last one, which is judged."""
        schedule = self.cfg.train_cfg
        return self.work_dir / (f'epoch_{schedule.max_epochs}.pth' if schedule.get('by_epoch', True)
                                else f'iter_{schedule.max_iters}.pth')

    @property
    def command(self) -> str:
        """What anyone can repeat."""
        root, path = zoo_root(), self.config.resolve()
        shown = path.relative_to(root) if path.is_relative_to(root) else path.name
        return ' '.join(['python tools/train.py', str(shown), f'--seed {self.seed}', *self.option_words()])

    def option_words(self) -> list[str]:
        words = [f'{key}={",".join(map(str, value)) if isinstance(value, list) else value}'
                 for key, value in self.options.items()]
        return ['--cfg-options', *words] if words else []


def plan_run(config: str | Path, runs: str | Path, seed: int = 0, images: int | None = None,
             iterations: int | None = None, options: dict | None = None) -> Run:
    """The run of a config in the folder ``runs``, as ``<runs>/<name of the config>``.

    Args:
        images: the budget, in pictures seen, or
        iterations: in iterations; neither is the config's own schedule.
        options: further changes of the config.

    Raises:
        InputError: both budgets; or see :func:`budget`.
    """
    options = dict(options or {})
    if images is not None and iterations is not None:
        raise InputError(f'a budget is either of images or of iterations, found {images} and {iterations}')
    if images is not None or iterations is not None:
        options |= budget(load_config(config, options), images, iterations)
    cfg = load_config(config, options)
    cfg.setdefault('randomness', {})
    cfg.randomness.seed = seed
    return Run(Path(config), cfg, options, Path(runs) / Path(config).stem)


def budget(cfg: Config, images: int | None = None, iterations: int | None = None
           ) -> dict[str, int | list[int]]:
    """Options that let a config see so many pictures, or train for so many iterations, its schedule stretched
    or shrunk to fit.

    Raises:
        InputError: a schedule in epochs; fewer pictures than a batch.
    """
    schedule, batch = cfg.train_cfg, cfg.train_dataloader.batch_size
    if schedule.get('by_epoch', True):
        raise InputError(f'{cfg.filename}: a budget of images needs a schedule in iterations, found one in '
                         'epochs')
    iterations = images // batch if iterations is None else iterations
    if iterations < 1:
        raise InputError(f'{cfg.filename}: the budget is less than one batch of {batch} images')
    planned, length = (dict(epochs=None, iterations=count) for count in (schedule.max_iters, iterations))
    written, share = cfg.get('param_scheduler') or {}, iterations / schedule.max_iters
    interval = max(1, round(schedule.get('val_interval', schedule.max_iters) * share))
    return {'train_cfg.max_iters': iterations, 'train_cfg.val_interval': interval,
            'default_hooks.checkpoint.interval': interval,
            **dict(_changes(written, stretched(written, planned, length), 'param_scheduler')),
            **dict(_later(cfg.get('custom_hooks') or [], share))}


def _later(hooks: list[dict], share: float) -> Iterator[tuple[str, int]]:
    """Dotted key -> number of terms that come in late, in a training of another length."""
    for index, hook in enumerate(hooks):
        if hook['type'] == 'LateLossHook':
            begin = round(hook['begin'] * share)
            yield f'custom_hooks.{index}.begin', begin
            yield f'custom_hooks.{index}.end', max(begin + 1, round(hook['end'] * share))


def _changes(before: Any, now: Any, where: str) -> Iterator[tuple[str, int | list[int]]]:
    """Dotted key -> number of a schedule that has become another."""
    if isinstance(now, dict):
        for key in now:
            yield from _changes(before[key], now[key], f'{where}.{key}')
    elif isinstance(now, list) and now and isinstance(now[0], dict):
        for index, (old, new) in enumerate(zip(before, now)):
            yield from _changes(old, new, f'{where}.{index}')
    elif before != now:
        yield where, now


def training_digest(cfg: Config) -> str:
    """Of all that decides about the weights; the same for a config and for the copy in its work dir."""
    schedule = {key: value for key, value in cfg.train_cfg.items() if key not in ('val_interval', 'type')}
    loader = cfg.train_dataloader
    said = {key: cfg.get(key) for key in OF_TRAINING}
    said |= dict(train_cfg=schedule, dataset=_read(loader.dataset), batch_size=loader.batch_size,
                 seed=(cfg.get('randomness') or {}).get('seed'))
    return digest(said)


def _read(dataset: Any) -> Any:
    """A data set's settings, without where its pictures are scaled, which ``--fast`` changes."""
    if isinstance(dataset, dict):
        packs = dataset.get('type') == 'PackTensors'
        return {key: _read(value) for key, value in dataset.items() if not (packs and key == 'scale')}
    return [_read(value) for value in dataset] if isinstance(dataset, list | tuple) else dataset


def digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def is_finished(run: Run) -> bool:
    """Whether the final checkpoint is there. A work dir of another config of that name is moved aside, to
    ``<name>.outdated-<n>``: neither can it be judged in this one's place nor can training go on in it."""
    copy = run.work_dir / f'{run.name}.py'
    if copy.is_file():
        trained = Config.fromfile(str(copy), import_custom_modules=False)
        if training_digest(trained) != training_digest(run.cfg):
            number = len(list(run.work_dir.parent.glob(f'{run.name}.outdated-*'))) + 1
            run.work_dir.rename(run.work_dir.with_name(f'{run.name}.outdated-{number}'))
    return run.final_checkpoint.is_file()


def end_by_signal() -> None:
    """Let SIGTERM end this process as Ctrl-C does: after the training that it waits for."""
    def stop(number: int, _: object) -> None:
        name = signal.Signals(number).name
        raise StoppedBySignal(f'stopped by {name}; the same command goes on', 128 + number)
    signal.signal(signal.SIGTERM, stop)


def train_in_process(run: Run, tools: Path) -> Path:
    """Train with ``tools/train.py`` and one thread, going on where an earlier call was broken off.

    Args:
        tools: the folder of the command lines.

    Returns:
        The final checkpoint.

    Raises:
        InputError: the training failed; tells the end of its output.
        BaseException: what broke the wait off (Ctrl-C, :func:`end_by_signal`), when the training has ended.
    """
    if is_finished(run):
        return run.final_checkpoint
    run.work_dir.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, str(tools / 'train.py'), str(run.config), '--work-dir', str(run.work_dir),
             '--seed', str(run.seed), *run.option_words()]
    if list(run.work_dir.glob('*.pth')):
        words.append('--resume')
    log, environment = run.work_dir / 'train.log', os.environ | dict(OMP_NUM_THREADS='1')
    with log.open('a') as file, subprocess.Popen(words, stdout=file, stderr=subprocess.STDOUT,
                                                 env=environment) as training:
        try:
            code = training.wait()
        except BaseException:  # this process is to end: the training saves what it has learnt
            training.terminate()
            training.wait()
            raise
    if code or not run.final_checkpoint.is_file():
        end = (log.read_text().strip().splitlines() or ['no output'])[-1]
        raise InputError(f'{run.name}: the training failed ({end.strip()}); see {log}')
    return run.final_checkpoint
