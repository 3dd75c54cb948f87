"""Whether a run keeps to its time, from the click on Train to the finished report, through queue and job process.

`python -m benchmarks.budget` is one measurement in a house of its own. Prints one line of JSON.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from benchmarks.albums import EMOJI
from benchmarks.household import household, rest, take_in, until
from benchmarks.measuring import in_process, table
from benchmarks.sources import ADULT, FLIGHTS, FOOD
from engine.recipe import EFFORTS

RESTED = 120.0  # seconds by which the spare process has surely loaded Keras
QUICK = EFFORTS[0]


def subjects() -> tuple[tuple[str, Path, str], ...]:
    """What is learned from: its title, its file, its column to predict."""
    tables = [(each.title, each.csv(), each.target) for each in (ADULT, FLIGHTS, FOOD)]
    return (*tables, (EMOJI.title, EMOJI.archive(), "label"))


def measured(folder: Path) -> list[dict[str, Any]]:
    """For each subject the seconds of a run that finds a spare process, and of one that is begun right after it."""
    from services import access, runs

    user, _ = access.sign_in("Bench")

    def run(version: int, target: str, name: str) -> float:
        recipe = runs.suggest(user, version, target).model_copy(update={"effort": QUICK})
        began = time.perf_counter()
        run = runs.start_run(user, version, recipe, name, name)
        until(lambda: runs.run(user, run.id).status not in ("queued", "running"), 300)
        if runs.run(user, run.id).status != "finished":
            raise RuntimeError(f"{name} did not finish: {runs.run(user, run.id)}")
        return time.perf_counter() - began

    found = []
    for title, file, target in subjects():
        version = take_in(user, file, title)
        rest(folder, RESTED)
        ready = run(version, target, f"{title}, ready")
        found.append({"title": title, "ready": ready, "at once": run(version, target, f"{title}, at once")})
    return found


def measure() -> str:
    """As Markdown."""
    found = in_process("-m", "benchmarks.budget").answer["found"]
    lines = [[each["title"], f"{each['ready']:.1f}", f"{each['at once']:.1f}"] for each in found]
    return (
        f"Quick has {QUICK.seconds} s for all that a run does, and ends earlier when nothing more is gained. The first "
        "run on some data finds a process that has loaded Keras, and encodes the columns; the second begins the moment "
        "that the first has ended.\n\n" + table(["", "a process is ready, s", "right after a run, s"], lines)
    )


if __name__ == "__main__":
    with household() as home:
        print(json.dumps({"found": measured(home)}))
