"""What the C library's allocator does with memory that tensors give back."""
from __future__ import annotations

import ctypes
import os
import platform

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
SAID_BY_USERS = ('MALLOC_TRIM_THRESHOLD_', 'MALLOC_MMAP_THRESHOLD_', 'GLIBC_TUNABLES', 'LD_PRELOAD')
LARGEST = 2 ** 31 - 1


def keep_freed_memory() -> bool:
    """Let this process keep what tensors give back, for the next tensors.

    By default glibc returns each block of more than 32 MiB, and the end of the heap, to the system at once,
    and takes them again, a page fault every 4 KiB, for the next tensor: in C2GAN's step a quarter of the
    processor's time. The process then stays about as large as its peak (measured: 1 to 2 % larger). Nothing
    that is computed changes.

    Returns:
        Whether it does: only with glibc, and not where the environment says what its allocator is to do.
    """
    if platform.libc_ver()[0] != 'glibc' or any(name in os.environ for name in SAID_BY_USERS):
        return False
    library = ctypes.CDLL(None)
    return all(library.mallopt(name, LARGEST) for name in (MMAP_THRESHOLD, TRIM_THRESHOLD))
