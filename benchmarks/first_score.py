"""How long from the click on Train to the first validation score, through the services, queue and job process.

`python -m benchmarks.first_score` is one measurement in a house of its own. Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil

from benchmarks.measuring import in_process
from benchmarks.sources import ADULT

TIMES = 5
SPARE_SECONDS = 25.0  # by then the spare process has loaded Keras
Found = TypeVar("Found")


def until(look: Callable[[], Found | None], seconds: float) -> Found:
    """Looks every hundredth of a second until there is something. Raises TimeoutError."""
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.01)
    raise TimeoutError(f"nothing after {seconds} s")


def clicks() -> list[dict[str, float]]:
    """TIMES runs on a table that is there already: seconds to the first score, updates before it, rows learned from."""
    from services import access, datasets, runs, uploads

    user, _ = access.sign_in("Bench")
    upload = uploads.copy_in(user, ADULT.csv())
    dataset = datasets.import_dataset(user, upload.id, "Adult")
    version = until(lambda: _ready(datasets.dataset(user, dataset.id).latest), 120)
    recipe = runs.suggest(user, version, ADULT.target)
    measured = []
    for i in range(TIMES):
        time.sleep(SPARE_SECONDS)
        clicked = time.perf_counter()
        run = runs.start_run(user, version, recipe, f"run {i}", f"click {i}")
        point = until(lambda run=run: next(iter(runs.progress(user, run.id).points), None), 120)
        measured.append({"seconds": time.perf_counter() - clicked, "updates": point.step, "epoch": point.epoch})
        runs.stop_run(user, run.id)
        until(lambda run=run: runs.run(user, run.id).status == "stopped", 60)
    return measured


def _ready(version: Any) -> int | None:
    if version.status == "failed":
        raise RuntimeError(str(version.error))
    return version.id if version.status == "ready" else None


def main() -> None:
    """In a data folder of its own, whose helpers are ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="loam-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["LOAM_DATA"] = folder
        try:
            print(json.dumps({"clicks": clicks()}))
        finally:
            for mark in Path(folder, "processes").glob("*.json"):
                _end(int(json.loads(mark.read_text())["pid"]))


def _end(pid: int) -> None:
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    family[0].terminate()
    for one in psutil.wait_procs(family, timeout=10)[1]:
        one.kill()


def measure() -> str:
    """As Markdown."""
    measured = in_process("-m", "benchmarks.first_score").answer["clicks"]
    first, *later = [one["seconds"] for one in measured]
    example = measured[-1]
    return (
        f"Adult income (48,842 × 15), a spare process ready: **{statistics.median([first, *later]):.1f} s** (median of "
        f"{TIMES}; {min(first, *later):.1f} to {max(first, *later):.1f}), after {example['updates']} updates "
        f"({example['epoch']:g} times through the training rows). The first run of a table, which also encodes its "
        f"columns, took {first:.1f} s."
    )


if __name__ == "__main__":
    main()
