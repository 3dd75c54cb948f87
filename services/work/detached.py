"""A process that outlives the server: one at a time for a data folder, by a file lock.

The supervisor and the predicting process are such. Knows nothing of what they do.

    ensure()  the server and the services see to it that one lives; cheap enough for every few seconds
    hold()    the process itself takes the lock, or finds that another lives
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from filelock import BaseFileLock, FileLock, Timeout

SOURCE = Path(__file__).parents[2]
CODE = ("engine", "services", "storage")
LOG_BYTES = 10_000_000
START_SECONDS = 60.0
"""A process that was started and does not hold its lock after this long has failed: start another."""

_started: dict[tuple[str, Path], tuple[subprocess.Popen[bytes], float]] = {}


@dataclass(frozen=True)
class Detached:
    """`name` names its files in the data folder; `module` is what `python -m` runs."""

    name: str
    module: str

    def ensure(self, folder: Path) -> None:
        """Starts the process unless one lives or is starting. Tells a living one that it is still wanted."""
        folder = folder.resolve()
        self._own(folder).mkdir(parents=True, exist_ok=True)
        self._file(folder, "wanted").write_text(str(code_stamp()))
        if self._starting(folder):
            return
        if self.lives(folder):
            return
        with open_log(self._file(folder, "log")) as log:
            process = subprocess.Popen(
                [sys.executable, "-m", self.module],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=SOURCE,
                env={**os.environ, "LOAM_DATA": str(folder)},
                start_new_session=True,
            )
        _started[self.name, folder] = (process, time.monotonic())

    def lives(self, folder: Path) -> bool:
        """Whether a process holds the lock now."""
        lock = self._lock(folder.resolve())
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        return False

    def pid(self, folder: Path) -> int | None:
        """The id of the living process, None when none lives or it is only just starting."""
        if not self.lives(folder):
            return None
        return self._written(folder)

    def hold(self, folder: Path) -> BaseFileLock | None:
        """Called by the process itself: the lock, held until it ends, or None when another holds it.

        Waits a moment, because `lives` of somebody else takes the lock for an instant.
        """
        folder = folder.resolve()
        self._own(folder).mkdir(parents=True, exist_ok=True)
        lock = self._lock(folder)
        try:
            lock.acquire(timeout=1.0, poll_interval=0.02)
        except Timeout:
            return None
        mark = self._file(folder, "json")
        fresh = mark.with_suffix(".new")
        fresh.write_text(json.dumps({"pid": os.getpid()}))
        fresh.replace(mark)
        return lock

    def at_home(self, folder: Path) -> bool:
        """Called by the process itself: whether its data folder is still there, and its own."""
        return self._written(folder) == os.getpid()

    def needed(self, folder: Path, seconds: float) -> bool:
        """Called by the process itself: whether it should live on.

        Not when its folder is gone, when nobody called `ensure` within the last `seconds`, or when a server that
        started later, with newer code, wants a newer one.
        """
        file = self._file(folder.resolve(), "wanted")
        try:
            asked, code = file.stat().st_mtime, int(file.read_text() or 0)
        except (OSError, ValueError):
            return False
        return self.at_home(folder) and time.time() - asked < seconds and code <= code_stamp()

    def _written(self, folder: Path) -> int | None:
        try:
            return int(json.loads(self._file(folder.resolve(), "json").read_text())["pid"])
        except (OSError, ValueError, KeyError):
            return None

    def _starting(self, folder: Path) -> bool:
        """Whether this very process started one that lives; collects one that ended, so that none stays a zombie."""
        entry = _started.get((self.name, folder))
        if entry is None:
            return False
        process, at = entry
        if process.poll() is not None:
            _started.pop((self.name, folder), None)  # another thread may have been here first
            return False
        return time.monotonic() - at < START_SECONDS

    def _lock(self, folder: Path) -> BaseFileLock:
        return FileLock(self._file(folder, "lock"), thread_local=False)

    def _file(self, folder: Path, ending: str) -> Path:
        return self._own(folder) / f"{self.name}.{ending}"

    @staticmethod
    def _own(folder: Path) -> Path:
        return folder / "processes"


SUPERVISOR = Detached("supervisor", "services.work.supervisor")
SERVING = Detached("serving", "services.serving.process")


def open_log(path: Path) -> BinaryIO:
    """A file that what a process says is added to; a large one is set aside, and replaces the one set aside before."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def begin_log() -> None:
    """What these processes log goes to their standard error, which is a file."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for name in ("alembic", "httpx", "httpcore"):  # the last two would write down addresses of webhooks: secrets
        logging.getLogger(name).setLevel(logging.WARNING)


@cache
def code_stamp() -> int:
    """How new the source was when this process first asked.

    A process that outlives the server must not go on with yesterday's code once a server with newer code has started.
    """
    files = (path for part in CODE for path in (SOURCE / part).rglob("*.py"))
    return max((path.stat().st_mtime_ns for path in files), default=0)
