"""The loop in a stream whose world changes half-way: what people correct brings the quality back.

`python -m benchmarks.loop` is one simulation in a house of its own, through the services. Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
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


def simulated(folder: Path) -> dict[str, Any]:
    """The stream with the loop on; off is the first version, which answers the same rows to the end."""
    from services import access, asking, feedback, improving, models, reviewing
    from services.serving import client

    user, _ = access.sign_in("Bench")
    model_id = models.create(user, _learned(user, folder), NAME).id
    improving.set_rule(user, model_id, CORRECTIONS, on_alarm=False)
    first = models.model(user, model_id).production.run
    bundle = client.Asked(first.bundle_key or "", "none")
    found, corrections = [], 0
    for number in range(STEPS):
        rows = parcels(ROWS, NEW if number >= CHANGE else 0.0, seed=100 + number)
        asked, truth = rows.drop(columns="late").to_dict("records"), rows["late"].to_list()
        answered = asking.predict(asking.Caller(user), NAME, asked)
        given = [each.answer["answer"] for each in answered.made]
        before = [each.answer["answer"] for each in client.ask(bundle, asked)]
        judged = np.random.default_rng(number).random(ROWS) < JUDGED
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


def _learned(user: Any, folder: Path) -> int:
    """The first version's run: gradient boosting on what was known before; its id."""
    from engine.models import GradientBoosting
    from engine.recipe import EFFORTS
    from services import runs

    file = folder / "parcels.csv"
    parcels(LEARNED, 0.0, seed=0).to_csv(file, index=False)
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


def told(steps: list[Step]) -> str:
    """The curve, and how many corrections brought the quality back."""
    level = float(np.mean([step.on for step in steps[:CHANGE]]))
    back = next((i for i, step in enumerate(steps) if i > CHANGE and step.on >= level - BACK), None)
    low = min(step.on for step in steps[CHANGE:])
    off = float(np.mean([step.off for step in steps[CHANGE:]]))
    last = float(np.mean([step.on for step in steps[-3:]]))
    needed = steps[back - 1].corrections - steps[CHANGE - 1].corrections if back is not None else None
    said = (
        f"Right {100 * level:.0f} times in 100 before the change. After it, with the loop off, "
        f"**{100 * off:.0f}** to the end; with the loop on it fell to {100 * low:.0f} and was "
        f"**{100 * last:.0f}** in the last three steps. "
    )
    if back is None or needed is None:
        return said + "It did not come back to where it was within the stream."
    return said + (
        f"It was back (within {100 * BACK:.0f} in 100) {back - CHANGE} steps and **{needed} accepted corrections** "
        "after the change."
    )


def measure() -> str:
    """As Markdown."""
    steps = [Step(**each) for each in in_process("-m", "benchmarks.loop").answer["steps"]]
    lines = [
        [
            f"{number}{' (the world has changed)' if number == CHANGE + 1 else ''}",
            f"{100 * step.off:.0f}", f"{100 * step.on:.0f}", str(step.version), str(step.corrections),
        ]
        for number, step in enumerate(steps, 1)
    ]  # fmt: skip
    head = ["step", "loop off, right in 100", "loop on, right in 100", "version that answered", "corrections so far"]
    return (
        f"Gradient boosting learns from {LEARNED:,} parcels which are late. Then {ROWS} a step are asked about; after "
        f"{CHANGE} steps a new carrier takes {100 * NEW:.0f} in 100, for which the rule is another. Of the answers "
        f"{100 * JUDGED:.0f} in 100 are judged and accepted; after {CORRECTIONS} corrections the supervisor starts an "
        "improvement by itself, which is promoted only if the comparison on the same rows calls it better. Off is the "
        f"first version, asked the same rows.\n\n{told(steps)}\n\n{table(head, lines)}"
    )


if __name__ == "__main__":
    os.environ["LOAM_SPARE"] = "0"  # trees need no process that has loaded Keras
    with household() as home:
        print(json.dumps(simulated(home)))
