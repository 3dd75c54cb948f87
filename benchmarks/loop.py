"""The loop in a stream whose world changes half-way: what people correct brings the quality back.

`python -m benchmarks.loop SEED` is one simulation in a house of its own, through the services. Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.household import household, take_in, until
from benchmarks.measuring import in_process, table

LEARNED = 2000  # rows of the first version
STEPS, CHANGE, ROWS = 16, 4, 200  # of the stream; the world changes after CHANGE steps
NEW = 0.6  # share of parcels that the new carrier brings from then on
NOISE = 0.35
JUDGED = 0.35  # share of answers that somebody judges
CORRECTIONS = 40  # accepted, after which a new version is learned
BACK = 0.02  # below the level before the change counts as back
ENOUGH = 3  # steps that must remain to say so
SEEDS = 3
NAME = "Late parcels"
LONGEST = 300.0  # seconds that one improvement may take, on a busy machine


def parcels(rows: int, new: float, seed: int) -> pd.DataFrame:
    """Parcels, and whether they are late: heavy ones that go far are; with the new carrier, heavy ones that go near."""
    random = np.random.default_rng(seed)
    weight, distance, stops = random.normal(size=(3, rows)).round(4)
    carrier = np.where(random.random(rows) < new, "Blitz", random.choice(["Post", "Rad", "快递"], rows))
    score = weight + np.where(carrier == "Blitz", -distance, distance) + random.normal(0, NOISE, rows)
    late = np.where(score > 0, "yes", "no")
    return pd.DataFrame({"weight": weight, "distance": distance, "stops": stops, "carrier": carrier, "late": late})


@dataclass(frozen=True)
class Step:
    """A step of the stream: shares right with the loop on and off, the version that answered, corrections so far."""

    on: float
    off: float
    version: int
    corrections: int


def simulated(folder: Path, seed: int) -> dict[str, Any]:
    """The stream with the loop on; off is the first version, which answers the same rows to the end."""
    from services import access, asking, feedback, improving, models, reviewing
    from services.serving import client

    user, _ = access.sign_in("Bench")
    model_id = models.create(user, _learned(user, folder, seed), NAME).id
    improving.set_rule(user, model_id, CORRECTIONS, on_alarm=False)
    first = models.model(user, model_id).production.run
    bundle = client.Asked(first.bundle_key or "", "none")
    found, corrections = [], 0
    for number in range(STEPS):
        rows = parcels(ROWS, NEW if number >= CHANGE else 0.0, seed=1000 * seed + 100 + number)
        asked, truth = rows.drop(columns="late").to_dict("records"), rows["late"].to_list()
        answered = asking.predict(asking.Caller(user), NAME, asked)
        given = [each.answer["answer"] for each in answered.made]
        before = [each.answer["answer"] for each in client.ask(bundle, asked)]
        judged = np.random.default_rng(1000 * seed + number).random(ROWS) < JUDGED
        for made, said, right in zip(answered.made, judged, truth, strict=True):
            if said:
                wrong = made.answer["answer"] != right
                feedback.say(user, made.id, "wrong" if wrong else "right", right if wrong else None)
                corrections += wrong
        reviewing.accept(user, reviewing.mine(user))
        on, off = (float(np.mean([a == b for a, b in zip(each, truth, strict=True)])) for each in (given, before))
        found.append(Step(on, off, answered.version, corrections))
        _learn_again(user, model_id)
    return {"steps": [vars(step) for step in found]}


def _learned(user: Any, folder: Path, seed: int) -> int:
    """The first version's run: gradient boosting on what was known before; its id."""
    from engine.models import GradientBoosting
    from engine.recipe import EFFORTS
    from services import runs

    file = folder / "parcels.csv"
    parcels(LEARNED, 0.0, seed=1000 * seed + 999).to_csv(file, index=False)
    version = take_in(user, file, NAME)
    suited = {"model": GradientBoosting(), "effort": EFFORTS[0]}
    recipe = runs.suggest(user, version, "late").model_copy(update=suited)
    run = runs.start_run(user, version, recipe, NAME, "first")
    until(lambda: runs.run(user, run.id).status == "finished", LONGEST)
    return run.id


def _learn_again(user: Any, model_id: int) -> None:
    """When the rule asks for it: waits for the candidate, and promotes it if the comparison says that it is better."""
    from services import improving, models
    from services.house import house
    from storage.queries import improvements

    with house().database.read() as session:
        due = [each.model for each in improvements.due(session)]
    before = improving.state(user, model_id).latest
    if model_id not in due:
        return

    def finished() -> improving.Improvement | None:
        latest = improving.state(user, model_id).latest
        fresh = latest is not None and latest != before and latest.finished is not None
        return latest if fresh else None

    found = until(finished, LONGEST)
    if found.status != "finished" or found.candidate is None:
        raise RuntimeError(f"The improvement failed: {found.error}")
    if improving.worth(improving.compared(found, {}).values()) == "better":
        models.promote(user, model_id, found.candidate, seen=found.production)


def came_back(steps: Sequence[Step]) -> int | None:
    """The first step after the change from which on the mean of all that remain, ENOUGH at least, is at the level from
    before; None when there is none.
    """
    level = float(np.mean([step.on for step in steps[:CHANGE]])) - BACK
    later = range(CHANGE + 1, len(steps) - ENOUGH + 1)
    return next((i for i in later if np.mean([step.on for step in steps[i:]]) >= level), None)


def told(streams: Sequence[Sequence[Step]]) -> str:
    """The curve, and how many corrections brought the quality back."""
    before = ranged([np.mean([step.on for step in steps[:CHANGE]]) for steps in streams])
    off = ranged([np.mean([step.off for step in steps[CHANGE:]]) for steps in streams])
    low = ranged([min(step.on for step in steps[CHANGE:]) for steps in streams])
    last = ranged([np.mean([step.on for step in steps[-ENOUGH:]]) for steps in streams])
    said = (
        f"{len(streams)} streams, each of other rows; the mean, and from the least to the most. Right {before} times "
        f"in 100 before the change. After it, with the loop off, **{off}** to the end; with the loop on it fell to "
        f"{low} and was **{last}** in the last {ENOUGH} steps. Back means that all steps from there on, {ENOUGH} at "
        f"least, are right as often as before on average, within {100 * BACK:.0f} in 100: "
    )
    found = [(steps, back) for steps in streams if (back := came_back(steps)) is not None]
    if not found:
        return said + "no stream came back."
    needed = [steps[back - 1].corrections - steps[CHANGE - 1].corrections for steps, back in found]
    return said + (
        f"{len(found)} of {len(streams)} streams came back, {ranged([back - CHANGE for _, back in found], 1)} steps "
        f"and **{ranged(needed, 1)} accepted corrections** after the change."
    )


def ranged(values: Sequence[Any], unit: float = 100) -> str:
    """Mean and range: “88 (86–90)”."""
    mean, low, high = (f"{unit * each:.0f}" for each in (np.mean(values), min(values), max(values)))
    return mean if low == high else f"{mean} ({low}–{high})"


def measure() -> str:
    """As Markdown."""
    answers = [in_process("-m", "benchmarks.loop", str(seed)).answer for seed in range(SEEDS)]
    streams = [[Step(**each) for each in answer["steps"]] for answer in answers]
    lines = [
        [
            f"{number}{' (the world has changed)' if number == CHANGE + 1 else ''}",
            ranged([step.off for step in steps]),
            ranged([step.on for step in steps]),
            ranged([step.version for step in steps], 1),
            ranged([step.corrections for step in steps], 1),
        ]
        for number, steps in enumerate(zip(*streams, strict=True), 1)
    ]
    head = ["step", "loop off, right in 100", "loop on, right in 100", "version that answered", "corrections so far"]
    return (
        f"Gradient boosting learns from {LEARNED:,} parcels which are late. Then {ROWS} a step are asked about; after "
        f"{CHANGE} steps a new carrier takes {100 * NEW:.0f} in 100, for which the rule is another. Of the answers "
        f"{100 * JUDGED:.0f} in 100 are judged and accepted; after {CORRECTIONS} corrections the supervisor starts an "
        "improvement by itself, which is promoted only if the comparison on the same rows calls it better. Off is the "
        f"first version, asked the same rows.\n\n{told(streams)}\n\n{table(head, lines)}"
    )


if __name__ == "__main__":
    os.environ["LOAM_SPARE"] = "0"  # trees need no process that has loaded Keras
    with household() as home:
        print(json.dumps(simulated(home, int(sys.argv[1]))))
