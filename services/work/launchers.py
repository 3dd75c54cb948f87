"""Ways to carry out a claimed job. Here: a process of this machine, a job. Knows processes, not the queue.

A launcher has `start(job, slot) -> Work`, `prepare(slot)` and `close()`; later ones may reach other machines.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from engine import devices
from services.work import endings, life
from services.work.detached import SOURCE, open_log
from storage.records import Job, Lane

KILL_AFTER = 1.0
"""Seconds that a process has to end by itself once it was asked to."""
LOGS_KEPT = 30 * 86_400
"""Seconds that the log of a job is kept."""


@dataclass(frozen=True)
class Slot:
    """Room for one job at a time. `gpu`: the index of the only GPU its job may see; None: as the machine is."""

    lane: Lane
    number: int
    gpu: str | None = None


def slots() -> tuple[Slot, ...]:
    """One slot for training a GPU, or one; two for work on data."""
    names = devices.gpus()
    listed = os.environ.get("CUDA_VISIBLE_DEVICES")
    indices = listed.split(",") if listed else [str(i) for i in range(len(names))]
    training = [Slot("train", i, gpu) for i, gpu in enumerate(indices[: len(names)])] or [Slot("train", 0)]
    return (*training, Slot("data", 0), Slot("data", 1))


@dataclass
class Work:
    """A job under way in a process."""

    job: Job
    slot: Slot
    process: subprocess.Popen[bytes]
    log: Path
    sign: Path
    starved_before: int = field(default_factory=endings.memory_kills)
    sign_of: float = 0.0
    sign_seen: float = field(default_factory=time.monotonic)
    asked_to_stop: float | None = None
    hung: bool = False
    left: float | None = None

    def code(self) -> int | None:
        """The exit code, None while it runs."""
        return self.process.poll()

    def stop(self) -> None:
        """Asks it to end; call again until it did: it is made to after KILL_AFTER seconds."""
        now = time.monotonic()
        if self.asked_to_stop is None:
            self.asked_to_stop = now
            self.process.terminate()
        elif now - self.asked_to_stop > KILL_AFTER:
            self.process.kill()

    def kill(self) -> None:
        """Ends it at once."""
        self.process.kill()

    def silent(self) -> float:
        """Seconds in which no sign of life was seen: it touches a file while it works.

        The file's time is only compared with itself: clocks are set, and machines sleep.
        """
        with suppress(OSError):
            latest = self.sign.stat().st_mtime
            if latest != self.sign_of:
                self.sign_of, self.sign_seen = latest, time.monotonic()
        return time.monotonic() - self.sign_seen

    def starved(self) -> bool:
        """Whether the kernel ended processes for want of memory while it ran."""
        return endings.memory_kills() > self.starved_before


class LocalProcesses:
    """Starts a process a job. Keeps one spare that has imported Keras already, if `spare`."""

    def __init__(self, folder: Path, *, spare: bool) -> None:
        self.logs = folder / "logs"
        self.signs = folder / "work" / "signs"
        self.logs.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.signs, ignore_errors=True)  # of processes long gone
        self.signs.mkdir(parents=True)
        for old in self.logs.glob("job-*.log"):
            if time.time() - old.stat().st_mtime > LOGS_KEPT:
                old.unlink(missing_ok=True)
        self._folder = folder
        self._keep_spare = spare
        self._spare: tuple[Slot, subprocess.Popen[bytes]] | None = None

    def prepare(self, slot: Slot) -> None:
        """Sees to it that a spare process for a free training slot is there or on its way."""
        if not self._keep_spare:
            return
        if self._spare is not None:
            if self._spare[1].poll() is None:
                return
            self._spare = None
        self._spare = (slot, self._process(slot, "--warm"))

    def is_ready(self, slot: Slot) -> bool:
        """Whether the spare process was made for this slot."""
        return self._spare is not None and self._spare[0] == slot

    def start(self, job: Job, slot: Slot) -> Work:
        """Carries out a claimed attempt, in the spare process if that suits."""
        process = self._take_spare(slot) if slot.lane == "train" else None
        order = json.dumps({"job": job.id, "attempt": job.attempts, "claimed": time.time()}).encode() + b"\n"
        if process is None or not _give(process, order):
            process = self._process(slot)
            _give(process, order)
        name = f"job-{job.id}-{job.attempts}"
        return Work(job, slot, process, self.logs / f"{name}.log", self.signs / name)

    def close(self) -> None:
        """Ends the spare."""
        if self._spare is not None:
            self._spare[1].kill()
            self._spare[1].wait()
            self._spare = None

    def _take_spare(self, slot: Slot) -> subprocess.Popen[bytes] | None:
        if self._spare is None or self._spare[0] != slot or self._spare[1].poll() is not None:
            return None
        process = self._spare[1]
        self._spare = None
        return process

    def _process(self, slot: Slot, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "LOAM_DATA": str(self._folder)}
        devices.settle(environment)
        if slot.gpu is not None:
            environment["CUDA_VISIBLE_DEVICES"] = slot.gpu
        with open_log(self.logs / "starting.log") as log:  # each job goes on in a log of its own
            return subprocess.Popen(
                [sys.executable, "-m", "services.work.job", *arguments, str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=SOURCE,
                env=environment,
                preexec_fn=partial(life.settle, os.getpid()),  # noqa: PLW1509  the supervisor has one thread only
            )


def _give(process: subprocess.Popen[bytes], order: bytes) -> bool:
    """Hands the order over; False when the process is no longer there to take it."""
    if process.stdin is None:
        return False
    try:
        process.stdin.write(order)
        process.stdin.close()
    except OSError:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.wait()
        return False
    return True
