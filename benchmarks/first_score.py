"""How long from the click on Train to the first validation score, through the services, queue and job process.

`python -m benchmarks.first_score` is one measurement in a house of its own. Prints one line of JSON.
"""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path

from benchmarks.household import household, rest, take_in, until
from benchmarks.measuring import in_process
from benchmarks.sources import ADULT

TIMES = 5
RESTED = 120.0  # seconds by which the spare process has surely loaded Keras


def clicks(folder: Path) -> list[dict[str, float]]:
    """TIMES runs on a table that is there already: seconds to the first score, updates before it, rows learned from."""
    from services import access, runs

    user, _ = access.sign_in("Bench")
    version = take_in(user, ADULT.csv(), ADULT.title)
    recipe = runs.suggest(user, version, ADULT.target)
    measured = []
    for i in range(TIMES):
        rest(folder, RESTED)
        clicked = time.perf_counter()
        run = runs.start_run(user, version, recipe, f"run {i}", f"click {i}")
        point = until(lambda run=run: next(iter(runs.progress(user, run.id).points), None), 120)
        measured.append({"seconds": time.perf_counter() - clicked, "updates": point.step, "epoch": point.epoch})
        runs.stop_run(user, run.id)
        until(lambda run=run: runs.run(user, run.id).status == "stopped", 60)
    return measured


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
    with household() as folder:
        print(json.dumps({"clicks": clicks(folder)}))
