"""Time and memory of this process, on a CPU and on CUDA."""
from __future__ import annotations

import ctypes
import platform
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch


def synchronise(device: str) -> None:
    """Wait until a GPU has done what it was told."""
    if torch.device(device).type == 'cuda':
        torch.cuda.synchronize(device)


def seconds_of(function: Callable[[], object], device: str) -> float:
    """Wall time of one call."""
    synchronise(device)
    start = time.perf_counter()
    function()
    synchronise(device)
    return time.perf_counter() - start


def peak_memory(device: str) -> float:
    """Peak memory (MiB) so far, or since :func:`forget_peak`: on CUDA of PyTorch's allocator; on a CPU of the
    whole process, libraries included, by ``VmHWM`` or, where there is no /proc, by ``ru_maxrss``."""
    if torch.device(device).type == 'cuda':
        synchronise(device)
        return torch.cuda.max_memory_allocated(device) / 2 ** 20
    status = Path('/proc/self/status')
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith('VmHWM'))
        return int(line.split()[1]) / 2 ** 10
    unit = 2 ** 20 if sys.platform == 'darwin' else 2 ** 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def forget_peak(device: str) -> None:
    """Let the peak start again from what is held now; without /proc a CPU's cannot."""
    if torch.device(device).type == 'cuda':
        synchronise(device)
        torch.cuda.reset_peak_memory_stats(device)
        return
    clear = Path('/proc/self/clear_refs')
    if clear.exists():
        ctypes.CDLL(None).malloc_trim(0)  # so that nothing freed counts as held
        clear.write_text('5')


def describe_hardware(device: str) -> str:
    """In words: the GPU, or the CPU and the number of threads, and PyTorch's version."""
    if torch.device(device).type == 'cuda':
        return f'{torch.cuda.get_device_name(device)}, PyTorch {torch.__version__}'
    threads = torch.get_num_threads()
    return f'{_processor()}, {threads} thread{"s" * (threads > 1)}, PyTorch {torch.__version__}'


def _processor() -> str:
    described = Path('/proc/cpuinfo')
    lines = described.read_text().splitlines() if described.exists() else []
    names = [line.split(':', 1)[1].strip() for line in lines if line.startswith('model name')]
    return names[0] if names else platform.processor() or platform.machine()
