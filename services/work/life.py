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


def settle(parent: int) -> None:
    """Called first of all in a job process that `parent` started, from its main thread.

    On Linux the kernel ends it when the thread that started it ends; elsewhere, and in the gap before this call,
    `orphaned` tells.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        with suppress(OSError):  # if memory runs out, this process goes before the server does
            Path("/proc/self/oom_score_adj").write_text(OOM_SCORE)
    os.nice(NICE)
    if orphaned(parent):
        os._exit(0)


def orphaned(parent: int) -> bool:
    """Whether the process that started this one has ended."""
    return os.getppid() != parent
