"""A house of its own for measuring through the services: a data folder whose helpers are ended afterwards."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, TypeVar

import psutil

Found = TypeVar("Found")
IDLE_SECONDS, IDLE_SHARE = 3.0, 0.15  # of a core: looking for work takes some


@contextmanager
def household() -> Iterator[Path]:
    """An empty data folder, which everything that is imported afterwards takes for its own."""
    with tempfile.TemporaryDirectory(prefix="loam-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["LOAM_DATA"] = folder
        try:
            yield Path(folder)
        finally:
            for helper in _detached(Path(folder)):
                _end(helper)


def until(look: Callable[[], Found | None], seconds: float) -> Found:
    """Looks every twentieth of a second, so that looking takes no time from the work. Raises TimeoutError."""
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise TimeoutError(f"nothing after {seconds} s")


def rest(folder: Path, seconds: float) -> None:
    """Waits until the house's helper processes have been idle for a while: the spare one has loaded Keras by then.

    Raises TimeoutError.
    """
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        before = _used(folder)
        time.sleep(IDLE_SECONDS)
        worked = sum(spent - before.get(pid, 0.0) for pid, spent in _used(folder).items())
        if worked < IDLE_SHARE * IDLE_SECONDS:
            return
    raise TimeoutError(f"still at work after {seconds} s")


def take_in(user: Any, file: Path, title: str) -> int:
    """Imports a file as an upload would be; the id of its version."""
    from services import datasets, uploads

    upload = uploads.copy_in(user, file)
    dataset = datasets.import_dataset(user, upload.id, title)

    def ready() -> int | None:
        version = datasets.dataset(user, dataset.id).latest
        if version.status == "failed":
            raise RuntimeError(str(version.error))
        return int(version.id) if version.status == "ready" else None

    return until(ready, 120)


@contextmanager
def watched(folder: Path) -> Iterator[dict[str, float]]:
    """Fills in `peak_mb` at the end: the most memory that one of the house's helper processes had meanwhile."""
    seen, over = {"peak_mb": 0.0}, Event()

    def look() -> None:
        while not over.wait(0.05):
            for process in (one for helper in _detached(folder) for one in _family(helper)):
                with suppress(psutil.Error):
                    seen["peak_mb"] = max(seen["peak_mb"], process.memory_info().rss / 1e6)

    watcher = Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def _detached(folder: Path) -> list[int]:
    return [int(json.loads(mark.read_text())["pid"]) for mark in (folder / "processes").glob("*.json")]


def _family(pid: int) -> list[psutil.Process]:
    try:
        return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _used(folder: Path) -> dict[int, float]:
    """CPU seconds that each of the helper processes has taken, by its id."""
    used: dict[int, float] = {}
    for process in (one for helper in _detached(folder) for one in _family(helper)):
        with suppress(psutil.Error):
            spent = process.cpu_times()
            used[process.pid] = spent.user + spent.system
    return used


def _end(pid: int) -> None:
    family = _family(pid)
    for one in family[:1]:
        one.terminate()
    for one in psutil.wait_procs(family, timeout=10)[1]:
        one.kill()
