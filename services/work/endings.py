"""Why work ended badly, told apart, in words with a remedy. Knows exceptions, exit codes and the kernel's counters.

    data     the reader can mend it: the engine's or a service's own words
    memory   memory ran out, of the machine or of the GPU
    killed   ended from outside
    refused  the machine gave no process
    hung     no sign of life
    bug      anything else: a reference number, and what happened in the log

Knows no queue: whether another attempt is made is the supervisor's decision.
"""

from __future__ import annotations

import logging
import secrets
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import OutOfResources, UserError

log = logging.getLogger(__name__)

SUPERSEDED = 3
"""Exit code of a job process whose attempt was taken over: there is nothing left to say."""

MEMORY = (
    "The machine ran out of memory. Choose a smaller batch size, a smaller network or fewer columns, "
    "take a data set with fewer rows, or end other work on this machine; then try again."
)
GPU_MEMORY = (
    "The GPU ran out of memory. Choose a smaller batch size or a smaller network, "
    "or end other work on the GPU; then try again."
)
KILLED = (
    "The work was ended from outside, {times} times (signal {signal}). "
    "Ask whoever looks after this machine what ends it, then try again."
)
CRASHED = (
    "The process broke down, {times} times (signal {signal}). Try again with other settings; if it happens again, "
    "tell whoever looks after this server the reference {reference}: the log “{log}” says more."
)
HUNG = (
    "There was no sign of life for {minutes} minutes, {times} times, so the work was ended. "
    "The machine may be overloaded or its disk stuck. Try again when it is quieter."
)
BUG = (
    "Something went wrong that is no fault of yours or of the data. Tell whoever looks after this server "
    "the reference {reference}: the log “{log}” says more."
)
NO_PROCESS = (
    "This machine could not start a process for the work, {times} times ({problem}). "
    "Its memory, disk or number of processes may be used up: end other work on it, then try again."
)
CUT_SHORT = (
    "The work was interrupted {times} times because the process that looks after it ended. "
    "Ask whoever looks after this machine whether it restarts often, then try again."
)

OUTSIDE = {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


@dataclass(frozen=True)
class Ending:
    """`again`: another attempt may do better. `error`: what to show if there is none."""

    again: bool
    error: dict[str, Any]


def of_error(error: BaseException, log_name: str) -> dict[str, Any]:
    """What to show for an exception inside a job. A bug is logged with its trace under the reference it is given."""
    if isinstance(error, UserError):
        kind = "memory" if isinstance(error, OutOfResources) else "data"
        return _words(kind, error.text, **error.values)
    if _is_memory(error):
        return _words("memory", _memory_words(str(error)))
    reference = secrets.token_hex(4)
    log.error("Reference %s", reference, exc_info=error)
    return _words("bug", BUG, reference=reference, log=log_name)


def of_exit(code: int, log_file: Path, *, attempt: int, starved: bool) -> Ending:
    """What a process's exit code says, when the process itself could not say anything.

    `code` is negative for a signal, as in `subprocess`. `starved`: the kernel ended processes for want of memory
    while this one ran.
    """
    if code == -signal.SIGKILL and starved:
        return Ending(again=False, error=_words("memory", MEMORY))
    if code < 0 and -code in OUTSIDE:
        return Ending(again=True, error=_words("killed", KILLED, signal=signal.Signals(-code).name, times=attempt))
    reference = secrets.token_hex(4)
    log.error("Reference %s: exit code %s, log %s", reference, code, log_file)
    if code < 0:
        said = _tail(log_file)
        if _says_memory(said):
            return Ending(again=False, error=_words("memory", _memory_words(said)))
        values = {"signal": _signal_name(-code), "times": attempt, "reference": reference, "log": log_file.name}
        return Ending(again=True, error=_words("bug", CRASHED, **values))
    return Ending(again=False, error=_words("bug", BUG, reference=reference, log=log_file.name))


def of_silence(seconds: float, *, attempt: int) -> Ending:
    """Ended by the supervisor, because it gave no sign of life for `seconds`."""
    return Ending(again=True, error=_words("hung", HUNG, minutes=max(1, round(seconds / 60)), times=attempt))


def of_no_process(error: Exception, *, attempt: int) -> Ending:
    """The machine refused a process: it never began."""
    log.error("No process for the work", exc_info=error)
    problem = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Ending(again=True, error=_words("refused", NO_PROCESS, times=attempt, problem=problem))


def of_interruptions(times: int) -> dict[str, Any]:
    """The last attempt's supervisor ended, and no further attempt is allowed."""
    return _words("killed", CUT_SHORT, times=times)


def memory_kills() -> int:
    """How often the kernel has ended a process for want of memory, on this machine or in this container. Only rises."""
    return _counter(Path("/proc/vmstat")) + _counter(Path("/sys/fs/cgroup/memory.events"))


def _counter(path: Path) -> int:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(value) for name, _, value in (line.partition(" ") for line in lines) if name == "oom_kill")


def _words(kind: str, text: str, **values: object) -> dict[str, Any]:
    return {"kind": kind, "text": text, "values": {name: _plain(value) for name, value in values.items()}}


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _is_memory(error: BaseException) -> bool:
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"MemoryError", "ResourceExhaustedError", "ArrowMemoryError"}) or _says_memory(str(error))


def _says_memory(text: str) -> bool:
    return "RESOURCE_EXHAUSTED" in text or "OOM when allocating" in text or "CUDA_ERROR_OUT_OF_MEMORY" in text


def _memory_words(said: str) -> str:
    return GPU_MEMORY if "GPU" in said or "CUDA" in said else MEMORY


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _tail(path: Path, size: int = 20_000) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - size))
            return file.read().decode(errors="replace")
    except OSError:
        return ""
