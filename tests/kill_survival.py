"""What is lost when a run is killed at a random moment, also in the middle of a save?

    python tests/kill_survival.py CONFIG... [--kills 50] [--processes 2] [--workers 1] [--json FILE]

A config, cut as in exact_resume.py, is trained to its end once, and then again with SIGKILL at random
moments and ``--resume`` after each, until it has ended, as often as it takes for so many kills. After each
kill the newest checkpoint must be whole and no older than any that was seen before; in the end nothing may be
half written, one checkpoint be the best, and the last one and the log equal those of the run that was never
killed, to the bit. Of several processes all are killed, or one, and then the others must end by themselves.
Exit code 1 where anything was lost.
"""
from __future__ import annotations

import argparse
import contextlib
import faulthandler
import json
import mmap
import multiprocessing
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import torch
from exact_resume import Plan, differences, records, shortened, train
from mmengine.hooks import Hook
from mmengine.runner import Runner
from ranks import PATIENCE, STARTS

from ggtoolbox import writing
from ggtoolbox.apis.command import run_command
from ggtoolbox.apis.config import prepare_devices
from ggtoolbox.apis.running import build_runner, resume_from
from ggtoolbox.engine import checkpoint
from ggtoolbox.engine.hooks import checkpoint as checkpoint_hook
from ggtoolbox.errors import InputError
from ggtoolbox.safe_load import load_tensors

PHASES = START, ITERATION, VALIDATION, SAVE, END = range(5)
NAMES = ('start', 'iteration', 'validation', 'save', 'end')


class Progress:
    """What the first process is about, in a file that it shares with the experiment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open('r+b') as file:
            self.memory = mmap.mmap(file.fileno(), 3)

    def __reduce__(self) -> tuple:
        return Progress, (self.path,)

    def reset(self) -> None:
        self.memory[:] = bytes(3)

    phase, iterations, saves = (property(lambda self, i=i: self.memory[i], lambda self, value, i=i:
                                         self.memory.__setitem__(i, value)) for i in range(3))


class ProgressHook(Hook):
    """Says what the run is about."""

    priority = 'HIGHEST'

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def before_train_iter(self, runner, batch_idx, data_batch=None) -> None:
        self.progress.phase = ITERATION
        self.progress.iterations += 1

    def before_val_epoch(self, runner) -> None:
        self.progress.phase = VALIDATION


def slow_writing(progress: Progress):
    """``write_whole`` that takes long enough to be hit, and says that it is at it."""
    def write_whole(path, pieces):
        def slowly():
            for piece in pieces:
                step = max(1, len(piece) // 20)
                for start in range(0, len(piece), step):
                    time.sleep(0.003)
                    yield piece[start:start + step]

        before, progress.phase = progress.phase, SAVE
        progress.saves += 1
        writing.write_whole(path, slowly())
        progress.phase = before
    return write_whole


def _child(log: Path, config: str, plan: Plan, work_dir: Path, rank: int, port: int,
           progress: Progress) -> None:
    os.setsid()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    if rank == 0:
        checkpoint.write_whole = checkpoint_hook.write_whole = slow_writing(progress)

    def run() -> None:
        torch.set_num_threads(1)
        Runner._log_env = lambda self, env_cfg: None  # it asks compilers for their versions, each time
        cfg = shortened(config, plan, work_dir)
        if plan.processes > 1:
            os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(plan.processes),
                              MASTER_ADDR='127.0.0.1', MASTER_PORT=str(port))
            prepare_devices(cfg, 'pytorch')
        resume_from(cfg, 'auto')
        runner = build_runner(cfg)
        if rank == 0:
            runner.register_hook(ProgressHook(progress))
        runner.train()
        if rank == 0:
            progress.phase = END

    run_command(run)


@dataclass
class Found:
    """What the experiment found of one config."""

    kills: Counter = field(default_factory=Counter)  # by what was going on
    one_of_several: int = 0  # of the kills, those of one process alone
    half_written: int = 0  # of the kills, those that left an incomplete file
    runs: int = 0  # that came to their end
    lost: list[str] = field(default_factory=list)


class Experiment:
    """Kills a config's run again and again."""

    def __init__(self, config: str, plan: Plan, folder: Path, dice: random.Random) -> None:
        self.config, self.plan, self.folder, self.dice = config, plan, folder, dice
        (folder / 'progress').write_bytes(bytes(3))
        self.found, self.progress, self.newest = Found(), Progress(folder / 'progress'), 0
        train(config, plan, folder / 'whole', None, False)

    def run(self, kills: int) -> Found:
        while self.found.kills.total() < kills or not self.found.runs:
            work_dir = self.folder / 'killed'
            shutil.rmtree(work_dir, ignore_errors=True)
            work_dir.mkdir()
            self.newest = 0
            while not self.cycle(work_dir):
                pass
            self.found.runs += 1
            self.compare(work_dir)
            print(f'{Path(self.config).stem}: {self.found}', file=sys.stderr, flush=True)
        return self.found

    def cycle(self, work_dir: Path) -> bool:
        """Start or go on, and kill; True if the run came to its end before."""
        self.progress.reset()
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        log = self.folder / 'killed.log'
        processes = [STARTS.Process(
            target=_child, args=(log, self.config, self.plan, work_dir, rank, port, self.progress))
            for rank in range(self.plan.processes)]
        try:
            for process in processes:
                process.start()
            self.wait(processes)
            if all(process.exitcode == 0 for process in processes) or self.progress.phase == END:
                for process in processes:
                    process.join()
                self.expect(all(process.exitcode == 0 for process in processes),
                            'a run ended in an error: ' + _end_of(log))
                return True
            phase, one = self.progress.phase, len(processes) > 1 and self.dice.random() < 0.5
            victims = [self.dice.choice(processes)] if one else processes
            for process in victims:
                _kill(process)
            for process in processes:
                process.join(PATIENCE)
                self.expect(process.exitcode is not None, 'a process that lost the others hangs')
        finally:
            for process in processes:
                _kill(process)
        crashed = [p.exitcode for p in processes if p not in victims and p.exitcode not in (0, 3)]
        crashed += [p.exitcode for p in victims if p.exitcode not in (0, -signal.SIGKILL)]
        self.expect(not crashed, f'exit codes {crashed}: {_end_of(log)}')
        self.found.kills[NAMES[phase]] += 1
        self.found.one_of_several += one
        self.found.half_written += bool([*work_dir.glob('.*.incomplete')])
        self.check(work_dir)
        return False

    def wait(self, processes: list) -> None:
        """Until a random moment: of the start, of a save, or any."""
        def alive() -> bool:
            return all(process.is_alive() for process in processes) and self.progress.phase != END

        kind, progress = self.dice.choices(('start', 'save', 'any'), (1, 4, 5))[0], self.progress
        iterations, saves = self.dice.randint(1, 4), self.dice.randint(1, 3)
        while alive() and (kind == 'save' and progress.saves < saves
                           or kind == 'any' and progress.iterations < iterations):
            time.sleep(0.001)
        stop = time.monotonic() + dict(start=2, save=0.1, any=0.5)[kind] * self.dice.random()
        while alive() and time.monotonic() < stop:
            time.sleep(0.001)

    def check(self, work_dir: Path) -> None:
        """After a kill: all that has its name is whole, and no older than before."""
        iterations = [0]
        for path in work_dir.glob('*.pth'):
            try:
                iterations.append(load_tensors(path)['meta']['iter'])
            except InputError as error:
                self.expect(False, str(error))
        latest = checkpoint.latest_checkpoint(work_dir)
        newest = int(Path(latest).stem.split('_')[-1]) if latest else 0
        self.expect(newest == max(iterations), f'{latest} is not the newest of {sorted(iterations)}')
        self.expect(newest >= self.newest, f'iteration {self.newest} was saved, {newest} is the newest')
        self.newest = newest

    def compare(self, work_dir: Path) -> None:
        """In the end: the run is the one that was never killed."""
        whole, last = self.folder / 'whole', f'iter_{self.plan.iterations}.pth'
        different, _ = differences(*(load_tensors(folder / last) for folder in (whole, work_dir)))
        self.expect(not different, f'{len(different)} values of {last} differ, first {different[:1]}')
        different, _ = differences(*(records(folder) for folder in (whole, work_dir)))
        self.expect(not different, f'{len(different)} values of the log differ, first {different[:1]}')
        names = [sorted(path.name for pattern in ('*.pth', '.*.incomplete') for path in folder.glob(pattern))
                 for folder in (whole, work_dir)]
        self.expect(names[0] == names[1], f'files: {names[0]} where nothing was killed, {names[1]}')

    def expect(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.found.lost.append(sentence)


def _kill(process: multiprocessing.Process) -> None:
    """With the processes of its data loaders, once it has a group of its own."""
    if process.pid is not None:
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if kill is os.kill or os.getpgid(process.pid) == process.pid:
                    kill(process.pid, signal.SIGKILL)


def _end_of(log: Path) -> str:
    return ' | '.join(log.read_text(errors='replace').strip().splitlines()[-3:])[-600:]


def survive(config: str, kills: int, seed: int = 0, **plan) -> Found:
    """Kill a config's run so often; see the top of this file."""
    plan = Plan(**{'iterations': 8, 'save_every': 2, 'validate_every': 4, **plan,
                   'options': {'default_hooks.checkpoint.max_keep_ckpts': 2, **plan.get('options', {})}})
    with tempfile.TemporaryDirectory() as folder:
        return Experiment(config, plan, Path(folder), random.Random(f'{config} {seed}')).run(kills)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('configs', nargs='+', metavar='CONFIG')
    parser.add_argument('--kills', type=int, default=50, help='of each config (50)')
    parser.add_argument('--iterations', type=int, default=8)
    parser.add_argument('--workers', type=int, default=0)
    parser.add_argument('--processes', type=int, default=1, help='over gloo')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--json', type=Path, help='file for what was found')
    args = parser.parse_args()
    torch.set_num_threads(1)
    results = {}
    print('| config | kills | in the start, iteration, validation, save | half written | of one process | '
          'runs that ended | lost |\n|---|---|---|---|---|---|---|', flush=True)
    for config in args.configs:
        found = survive(config, args.kills, args.seed, iterations=args.iterations, workers=args.workers,
                        processes=args.processes)
        results[config] = dict(vars(found), kills=dict(found.kills))
        phases = ', '.join(str(found.kills[name]) for name in NAMES[:4])
        print(f'| {Path(config).stem} | {found.kills.total()} | {phases} | {found.half_written} | '
              f'{found.one_of_several} | {found.runs} | {len(found.lost)} |', flush=True)
        for sentence in found.lost:
            print(f'  lost: {sentence}', file=sys.stderr, flush=True)
        if args.json:
            args.json.write_text(json.dumps(results, indent=1) + '\n')
    sys.exit(1 if any(found['lost'] for found in results.values()) else 0)


if __name__ == '__main__':
    run_command(main)
