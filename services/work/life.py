"""What a job process owes the machine: it ends with its supervisor, gives way to the pages, goes first of hunger."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

NICE = 10
PR_SET_PDEATHSIG = 1
OOM_SCORE = "500"


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def settle(parent: int) -> None:
    """Called in the new process before its program begins, when the thread that starts it is its supervisor's main one.

    On Linux the kernel ends it when that thread ends; elsewhere `orphaned` tells.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        with suppress(OSError):  # if memory runs out, this process goes before the server does
            Path("/proc/self/oom_score_adj").write_text(OOM_SCORE)
    os.nice(NICE)
    if orphaned(parent):  # it ended just before it was asked to be bound to
        os._exit(0)


def orphaned(parent: int) -> bool:
    """Whether the process that started this one has ended."""
    return os.getppid() != parent
