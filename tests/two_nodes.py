"""Two nodes under torchrun, one of which loses its process: does the run end as one that lost none?

    python tests/two_nodes.py [CONFIG] [--json FILE]

Both nodes are this machine: each has an agent (torchrun) and one process. When the first checkpoint is there,
and an iteration more was logged, the second node's process is killed. The agents meet again, start both
processes anew, and these go on from the checkpoint by ``--resume``. The last checkpoint and the log are
compared with those of a run of two processes that nobody killed. Exit code 1 where anything differs.
"""
from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from exact_resume import Plan, differences, records, shortened, train

from ggtoolbox.apis.command import run_command
from ggtoolbox.errors import InputError
from ggtoolbox.safe_load import load_tensors

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / 'configs/gaugan/gaugan_sau_toyworld-64.py'
PLAN = Plan(processes=2)
PATIENCE = 1800  # seconds after which something hangs, on however busy a machine


def agent(node: int, port: int, config: Path) -> list[str]:
    """The command of one node."""
    return [sys.executable, '-m', 'torch.distributed.run', '--nnodes', '2', '--nproc-per-node', '1',
            '--node-rank', str(node), '--rdzv-id', 'two-nodes', '--rdzv-backend', 'c10d',
            '--rdzv-endpoint', f'127.0.0.1:{port}', '--max-restarts', '3',
            str(ROOT / 'tools/train.py'), str(config), '--launcher', 'pytorch', '--resume']


@contextlib.contextmanager
def nodes(config: Path, folder: Path) -> Iterator[list[subprocess.Popen]]:
    """Both agents, each with its processes in a group of its own, which is killed in the end."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    environment = {**os.environ, 'PYTHONPATH': str(ROOT), 'OMP_NUM_THREADS': '1'}
    started = []
    try:
        for node in range(2):
            with (folder / f'node_{node}.log').open('w') as log:
                started.append(subprocess.Popen(agent(node, port, config), stdout=log, stderr=log, cwd=ROOT,
                                                env=environment, start_new_session=True))
        yield started
    finally:
        for process in started:
            for child in children(process.pid):  # torchrun gives them sessions of their own
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def children(parent: int) -> list[int]:
    """Processes that a process started."""
    found = []
    for stat in Path('/proc').glob('[0-9]*/stat'):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rsplit(')', 1)[1].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def last_step(work_dir: Path) -> int:
    """Of all that was logged."""
    lines = [line for log in work_dir.glob('*/vis_data/scalars.json')
             for line in log.read_text().splitlines()]
    return max((json.loads(line)['step'] for line in lines), default=0)


def wait_until(happened, agents: list[subprocess.Popen], folder: Path) -> float:
    """The time at which ``happened()``.

    Raises:
        InputError: an agent ended before, or nothing happens.
    """
    start = time.monotonic()
    while not happened():
        if any(process.poll() for process in agents) or time.monotonic() - start > PATIENCE:
            ends = ' | '.join(line for node in range(2)
                              for line in (folder / f'node_{node}.log').read_text().splitlines()[-4:])
            raise InputError(f'node_0.log, node_1.log: expected a training, found {ends}')
        time.sleep(0.05)
    return time.monotonic()


def experiment(config: Path, folder: Path) -> dict:
    """Both runs; what differs, by name, and how long the restart took."""
    whole, killed = folder / 'whole', folder / 'killed'
    train(config, PLAN, whole, None, False)
    path = folder / 'two_nodes.py'
    shortened(config, PLAN, killed).dump(path)
    saved, last = killed / f'iter_{PLAN.save_every}.pth', killed / f'iter_{PLAN.iterations}.pth'
    with nodes(path, folder) as agents:
        wait_until(lambda: saved.exists() and last_step(killed) > PLAN.save_every, agents, folder)
        victim, = children(agents[1].pid)
        os.kill(victim, signal.SIGKILL)
        killed_at = time.monotonic()
        wait_until(lambda: victim not in children(agents[1].pid) and children(agents[1].pid), agents, folder)
        started = time.monotonic() - killed_at
        wait_until(lambda: all(process.poll() == 0 for process in agents), agents, folder)
    contents = [load_tensors(one) for one in (whole / last.name, last)]
    different, compared = differences(*contents)
    return dict(compared=compared, different=different, records=len(records(whole)),
                different_records=differences(records(whole), records(killed))[0],
                seconds_until_new_processes=round(started, 1),
                seconds_until_the_end=round(time.monotonic() - killed_at, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('config', nargs='?', type=Path, default=CONFIG)
    parser.add_argument('--json', type=Path, help='file for what was found')
    args = parser.parse_args()
    torch.set_num_threads(1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the agents are ended, too
    with tempfile.TemporaryDirectory() as folder:
        found = experiment(args.config, Path(folder))
    print(json.dumps(found))
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + '\n')
    sys.exit(1 if found['different'] or found['different_records'] else 0)


if __name__ == '__main__':
    run_command(main)
