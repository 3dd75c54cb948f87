"""How long answers take, through the services: one row when all is warm, and a file of 100,000 rows.

`python -m benchmarks.answering` is one measurement in a house of its own. Prints one line of JSON.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.household import household, take_in, until, watched
from benchmarks.measuring import in_process, table
from benchmarks.sources import ADULT

ROWS = 100_000
ASKED = 50


def measured(folder: Path) -> dict[str, float]:
    """Seconds for the first and a later single answer and its reasons, for the file, and the peak memory meanwhile."""
    from engine.recipe import EFFORTS
    from services import access, predictions, runs, uploads

    user, _ = access.sign_in("Bench")
    version = take_in(user, ADULT)
    recipe = runs.suggest(user, version, ADULT.target).model_copy(update={"effort": EFFORTS[0]})
    run = runs.start_run(user, version, recipe, "Adult", "answering")
    until(lambda: runs.run(user, run.id).status in ("finished", "failed"), 300)
    row = {field.name: field.typical for field in predictions.form(user, run.id).fields}
    first, *later = [_seconds(lambda: predictions.predict_one(user, run.id, row)) for _ in range(ASKED)]
    reasons = [_seconds(lambda: predictions.explain(user, run.id, row)) for _ in range(5)]

    file = folder / "rows.csv"
    frame = ADULT.frame().drop(columns=ADULT.target)
    frame.sample(ROWS, replace=True, random_state=0).to_csv(file, index=False)
    upload = uploads.copy_in(user, file)
    with watched(folder) as seen:
        began = time.perf_counter()
        batch = predictions.start_file(user, run.id, upload.id)
        until(lambda: predictions.batch(user, batch.id).batch.status not in ("queued", "running"), 300)
        whole = time.perf_counter() - began
    result = _seconds(lambda: predictions.batch_result(user, batch.id, "csv"))
    done = predictions.batch(user, batch.id).batch
    if done.status != "finished" or done.rows != ROWS:
        raise RuntimeError(f"The file was not predicted: {done}")
    return {
        "first": first,
        "warm": statistics.median(later),
        "reasons": statistics.median(reasons),
        "file": whole,
        "download": result,
        **seen,
    }


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def measure() -> str:
    """As Markdown."""
    found = in_process("-m", "benchmarks.answering").answer
    lines = [
        ["One row, the first answer of a model", f"{found['first']:.2f}"],
        ["One row, warm", f"{found['warm']:.3f}"],
        ["Its reasons (contributions), warm", f"{found['reasons']:.2f}"],
        [f"A CSV file of {ROWS:,} rows × 14 columns, to its answers", f"{found['file']:.1f}"],
        ["Its answers as a CSV file to download", f"{found['download']:.1f}"],
    ]
    return (
        table(["Adult income, a network", "s"], lines)
        + f"\n\nAt most {found['peak_mb']:.0f} MB in one process meanwhile."
    )


if __name__ == "__main__":
    with household() as home:
        print(json.dumps(measured(home)))
