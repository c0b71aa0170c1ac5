"""Is a run that was killed and resumed, to the bit, the run that was never killed?

    python tests/exact_resume.py CONFIG... [--kill 5 4v] [--workers 2] [--processes 2] [--epoch-batches 4] ...

For any config, one of a user's included: it is cut to a few small batches and trained twice, once to its
end, and once with a process that ends itself by SIGKILL after the iterations named by --kill (``4v``: in the
validation after the fourth) and is resumed each time. Both last checkpoints and logs are compared, all but
times and folders. Exit code 1 where anything differs.
"""
from __future__ import annotations

import argparse
import contextlib
import faulthandler
import gc
import json
import multiprocessing
import os
import re
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.logging import HistoryBuffer
from ranks import PATIENCE, STARTS

from ggtoolbox.apis import load_config
from ggtoolbox.apis.command import run_command
from ggtoolbox.apis.config import prepare_devices
from ggtoolbox.apis.running import build_runner, resume_from
from ggtoolbox.engine.hooks.stop import StopHook
from ggtoolbox.engine.schedules import stretched
from ggtoolbox.errors import InputError
from ggtoolbox.safe_load import load_tensors

# Times, folders and names of files: they differ between any two runs.
PASSING = re.compile(r'(^|[./])(time|data_time|eta|timestamp|experiment_name|cfg|memory)$|^meta\.run\.logs\.')


class Killed(BaseException):
    """Stands for a kill where the experiment runs in the process of the tests."""


class KillHook(Hook):
    """Ends the process when everything else of an iteration is done."""

    priority = 'LOWEST'

    def __init__(self, when: str, really: bool) -> None:
        self.iteration, self.in_validation = int(when.rstrip('v')), when.endswith('v')
        self.really = really

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None) -> None:
        if not self.in_validation and runner.iter + 1 == self.iteration:
            self.kill()

    def after_val_iter(self, runner, batch_idx, data_batch=None, outputs=None) -> None:
        if self.in_validation and runner.iter == self.iteration:
            self.kill()

    def kill(self) -> None:
        if self.really:
            os.kill(os.getpid(), signal.SIGKILL)
        raise Killed


@dataclass(frozen=True)
class Plan:
    """How a config is cut, and where it is killed.

    Attributes:
        iterations, save_every, validate_every: of the run; validate_every counts epochs of one by epochs.
        kills: iterations after which it is killed, in turn; ``4v`` in the validation after the fourth.
        epoch_batches: batches an epoch, which lets the loop go by epochs; None: by iterations.
        by_epoch_checkpoints: save after epochs, not iterations (save_every counts them).
        in_process: raise instead of killing, and resume in the same process.
        options: further settings, dotted key -> value.
    """

    iterations: int = 8
    save_every: int = 4
    validate_every: int = 4
    kills: tuple[str, ...] = ('5',)
    workers: int = 0
    persistent: bool = False
    processes: int = 1
    batch_size: int = 2
    epoch_batches: int | None = None
    by_epoch_checkpoints: bool = False
    in_process: bool = False
    options: dict = field(default_factory=dict)


def shortened(path: str | Path, plan: Plan, work_dir: Path) -> Config:
    """The config, cut to a plan."""
    cfg = load_config(path)
    loader = dict(num_workers=plan.workers, persistent_workers=plan.persistent and plan.workers > 0)
    old, epochs = cfg.train_cfg, None
    cfg.pop('load_from', None)  # weights to begin with, which need not be there
    cfg.train_dataloader.update(batch_size=plan.batch_size, **loader)
    if plan.epoch_batches:
        epochs = plan.iterations // plan.epoch_batches
        cfg.train_dataloader.update(sampler=dict(type='DefaultSampler', shuffle=True),
                                    num_batch_per_epoch=plan.epoch_batches)
        cfg.train_cfg = dict(by_epoch=True, max_epochs=epochs, val_interval=plan.validate_every)
    else:
        cfg.train_cfg = dict(by_epoch=False, max_iters=plan.iterations, val_interval=plan.validate_every)
    if cfg.get('val_dataloader'):
        cfg.val_dataloader.update(batch_size=2, num_batch_per_epoch=1, **loader)
    planned, length = (dict(epochs=epochs, iterations=iterations) for epochs, iterations in (
        (old.get('max_epochs'), old.get('max_iters')), (epochs or plan.iterations, plan.iterations)))
    if cfg.get('param_scheduler'):
        cfg.param_scheduler = stretched(cfg.param_scheduler, planned, length)
    cfg.merge_from_dict(dict(
        work_dir=str(work_dir),
        log_processor=dict(by_epoch=bool(plan.epoch_batches)),
        default_hooks=dict(
            checkpoint=dict(interval=plan.save_every, by_epoch=plan.by_epoch_checkpoints, max_keep_ckpts=-1),
            logger=dict(interval=1))))
    cfg.merge_from_dict(plan.options)
    return cfg


def train_once(path: str | Path, plan: Plan, work_dir: Path, kill: str | None, resume: bool,
               rank: int = 0, port: int = 0) -> None:
    """One process of a run, until it ends or is killed."""
    torch.set_num_threads(1)
    # Half of the time of so small a run would go into pretty-printing its config.
    with mock.patch('yapf.yapflib.yapf_api.FormatCode', lambda text, **_: (text, True)):
        _train_once(shortened(path, plan, work_dir), plan, kill, resume, rank, port)


def _train_once(cfg: Config, plan: Plan, kill: str | None, resume: bool, rank: int, port: int) -> None:
    if plan.processes > 1:
        os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(plan.processes),
                          MASTER_ADDR='127.0.0.1', MASTER_PORT=str(port))
        prepare_devices(cfg, 'pytorch')
    if resume:
        resume_from(cfg, 'auto')
    runner = build_runner(cfg)
    if kill is not None:
        runner.register_hook(KillHook(kill, not plan.in_process))
    try:
        runner.train()
    except Killed:
        for hook in runner.hooks:
            if isinstance(hook, StopHook):
                hook.restore()  # workers pass over signals until then
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise


def _child(log: Path, *arguments) -> None:
    os.setsid()  # so that its workers end with it
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    code = 1
    try:
        run_command(lambda: train_once(*arguments))
        code = 0
    except SystemExit as end:
        code = end.code
    except Exception:
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)  # the workers of a run that failed are ended by train(), and would not let this process go


def train(path: str | Path, plan: Plan, work_dir: Path, kill: str | None, resume: bool) -> None:
    """All processes of a run; raises unless they end as they should."""
    if plan.in_process:
        try:
            train_once(path, plan, work_dir, kill, resume)
            assert kill is None, f'{path}: it ended before it was killed at {kill}'
        except Killed:
            gc.collect()
        return
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    log = work_dir.parent / f'{work_dir.name}.log'
    work_dir.mkdir(parents=True, exist_ok=True)
    processes = [STARTS.Process(target=_child, args=(log, path, plan, work_dir, kill, resume, rank, port))
                 for rank in range(plan.processes)]
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.join(2 * PATIENCE)
    finally:
        for process in processes:
            if process.pid is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
    expected = 0 if kill is None else -signal.SIGKILL
    codes = [process.exitcode for process in processes]
    if codes != [expected] * len(codes):
        raise InputError(f'{path}: expected exit code {expected}, found {codes}; the end of its output: '
                         + ' | '.join(log.read_text().strip().splitlines()[-3:]))


def flat(value: Any, name: str = '') -> Iterator[tuple[str, Any]]:
    """Dotted name and value of all that a checkpoint or a log record holds."""
    if isinstance(value, HistoryBuffer):
        yield name, value.data[0]
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from flat(entry, f'{name}.{key}' if name else str(key))
    elif isinstance(value, list | tuple):
        for number, entry in enumerate(value):
            yield from flat(entry, f'{name}.{number}')
    elif isinstance(value, str) and value.endswith('.pth'):
        yield name, Path(value).name
    else:
        yield name, value


def equal(one: Any, other: Any) -> bool:
    """To the bit; NaN equals itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and one.shape == other.shape and _bytes(one) == _bytes(other)
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == 'f')
    return one == other or (one != one and other != other)


def _bytes(tensor: torch.Tensor) -> bytes:
    return tensor.contiguous().view(torch.uint8).numpy().tobytes() if tensor.numel() and tensor.dim() else \
        tensor.reshape(-1).numpy().tobytes()


def differences(one: Any, other: Any) -> tuple[list[str], int]:
    """Names of what differs, and how many values were compared."""
    first, second = ({name: value for name, value in flat(content) if not PASSING.search(name)}
                     for content in (one, other))
    names = sorted(first.keys() | second.keys())
    return [name for name in names if name not in first or name not in second
            or not equal(first[name], second[name])], len(names)


def records(work_dir: Path) -> list[dict]:
    """The lines of the run's ``scalars.json``, and TensorBoard's points where it is installed; not those of a
    run that was killed before it saved, and begun anew."""
    folder = sorted(work_dir.glob('*/vis_data'))[-1]
    lines = [json.loads(line) for line in (folder / 'scalars.json').read_text().splitlines()]
    try:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    except ImportError:
        return lines
    events = EventAccumulator(str(folder), size_guidance=dict(scalars=0))
    events.Reload()
    return lines + [{tag: point.value, 'step': point.step} for tag in events.Tags()['scalars']
                    for point in events.Scalars(tag)]


def experiment(path: str | Path, plan: Plan, folder: Path) -> dict:
    """Train both ways; what differs, by name.

    Returns:
        ``tensors`` and ``values``: how many were compared; ``different_tensors``, ``different_values``,
        ``different_records`` (of the log) and ``best`` (files that only one of them has): lists of names.
    """
    whole, killed = folder / 'whole', folder / 'killed'
    train(path, plan, whole, None, False)
    for number, kill in enumerate(plan.kills):
        train(path, plan, killed, kill, number > 0)
    train(path, plan, killed, None, True)
    last = f'epoch_{plan.iterations // plan.epoch_batches}' if plan.by_epoch_checkpoints else \
        f'iter_{plan.iterations}'
    contents = [load_tensors(work_dir / f'{last}.pth') for work_dir in (whole, killed)]
    different, count = differences(*contents)
    tensors = {name for name, value in flat(contents[0]) if isinstance(value, torch.Tensor)}
    logs = [records(work_dir) for work_dir in (whole, killed)]
    best = [{file.name for file in work_dir.glob('best_*.pth')} for work_dir in (whole, killed)]
    return dict(tensors=len(tensors), values=count - len(tensors),
                different_tensors=[name for name in different if name in tensors],
                different_values=[name for name in different if name not in tensors],
                records=len(logs[0]), different_records=differences(*logs)[0], best=sorted(best[0] ^ best[1]))


def is_exact(found: dict) -> bool:
    """Whether nothing differs."""
    return not any(value for key, value in found.items() if key.startswith('different') or key == 'best')


def row(name: str, found: dict) -> str:
    return (f"| {name} | {found['tensors']} | {len(found['different_tensors'])} | {found['values']} | "
            f"{len(found['different_values'])} | {found['records']} | "
            f"{len(found['different_records']) + len(found['best'])} |")


HEADER = ('| config | tensors | different | other values | different | log records | different |\n'
          '|---|---|---|---|---|---|---|')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('configs', nargs='+', metavar='CONFIG')
    parser.add_argument('--iterations', type=int, default=8)
    parser.add_argument('--save-every', type=int, default=4)
    parser.add_argument('--validate-every', type=int, help='iterations, or epochs of a run by epochs (1)')
    parser.add_argument('--kill', nargs='+', default=['5'], metavar='N[v]',
                        help='after iteration N; Nv: in the validation after it')
    parser.add_argument('--workers', type=int, default=0)
    parser.add_argument('--persistent', action='store_true', help='persistent workers')
    parser.add_argument('--processes', type=int, default=1, help='over gloo')
    parser.add_argument('--batch-size', type=int, default=2)
    parser.add_argument('--epoch-batches', type=int, metavar='N', help='go by epochs of N batches')
    parser.add_argument('--save-by-epoch', action='store_true', help='--save-every counts epochs')
    parser.add_argument('--options', nargs='+', default=[], metavar='KEY=VALUE', help='further settings')
    parser.add_argument('--json', type=Path, help='file for all that differs')
    args = parser.parse_args()
    by_epoch = args.epoch_batches is not None
    plan = Plan(args.iterations, args.save_every, args.validate_every or (1 if by_epoch else args.save_every),
                tuple(args.kill), args.workers, args.persistent, args.processes, args.batch_size,
                args.epoch_batches, args.save_by_epoch)
    options = dict(option.split('=', 1) for option in args.options)
    plan = replace(plan, options={key: json.loads(value) if re.match(r'[\d\[{tfn"-]', value) else value
                                  for key, value in options.items()})
    torch.set_num_threads(1)
    results = {}
    print(HEADER, flush=True)
    for path in args.configs:
        with tempfile.TemporaryDirectory() as folder:
            results[path] = experiment(path, plan, Path(folder))
        print(row(Path(path).stem, results[path]), flush=True)
    if args.json:
        args.json.write_text(json.dumps(results, indent=1) + '\n')
    sys.exit(0 if all(map(is_exact, results.values())) else 1)


if __name__ == '__main__':
    run_command(main)
