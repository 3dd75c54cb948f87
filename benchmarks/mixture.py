"""A table with numbers, categories, dates and a text: the same recipe with the text and without it.

`python -m benchmarks.mixture with` is one measurement. Prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.loam import Clock, recipe_for, run
from benchmarks.measuring import Measured, in_process, table
from benchmarks.prepared import prepare
from benchmarks.sources import BIRDS
from engine.recipe import Input
from engine.results import PredictorName

TEXT = Input(name="remarks", kind="text")
SHOWN = ("accuracy", "log_loss")


def scores(*, with_text: bool) -> dict[str, dict[str, float]]:
    """The metrics of SHOWN on test rows, by predictor; gradient boosting never reads the text."""
    prepared = prepare(BIRDS)
    recipe = recipe_for(prepared)
    if TEXT not in recipe.inputs:
        raise ValueError(f"{BIRDS.name} has no text column {TEXT.name!r}")
    if not with_text:
        recipe = recipe.model_copy(update={"inputs": tuple(each for each in recipe.inputs if each != TEXT)})
    with tempfile.TemporaryDirectory(prefix="loam-bench-") as folder:
        evaluation = run(prepared, recipe, Path(folder), Clock()).evaluation
    predictors: tuple[PredictorName, ...] = ("model", "baseline")
    found = {name: {each: evaluation.metric(each, name) for each in SHOWN} for name in predictors}
    return {
        name: {metric.name: metric.value for metric in metrics.values() if metric is not None}
        for name, metrics in found.items()
    }


def measure() -> str:
    """As Markdown."""
    with_text, without = (in_process("-m", "benchmarks.mixture", how) for how in ("with", "without"))
    lines = [
        ["Loam, Balanced, with the text", with_text.answer["model"], with_text],
        ["Loam, Balanced, without the text", without.answer["model"], without],
        ["Gradient boosting, without the text", without.answer["baseline"], None],
    ]
    rows = [
        [name, f"{scored['accuracy']:.3f}", f"{scored['log_loss']:.3f}", *_spent(measured)]
        for name, scored, measured in lines
    ]
    said = f"**{BIRDS.title}** · {len(prepare(BIRDS).frame):,} rows, 8 answers; stratified 70 / 15 / 15."
    return f"{said}\n\n{table(['', 'right', 'log loss', 'wall s', 'CPU s'], rows)}"


def _spent(measured: Measured | None) -> list[str]:
    return [f"{measured.wall:.0f}", f"{measured.cpu:.0f}"] if measured is not None else ["", ""]


if __name__ == "__main__":
    print(json.dumps(scores(with_text=sys.argv[1] == "with")))
