"""Loam against the tutorial's script: the same table, split, layers, batch, epochs, validation and checkpoints.

As a module it is Loam's process: `python -m benchmarks.speed plan.json`. `measure` runs both, cold, in turn.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import in_process, table
from benchmarks.prepared import Prepared, prepare
from benchmarks.sources import ADULT, CACHE

TIMES = 3
REPORTING = ("baseline", "evaluating", "explaining")
PLAN = {
    "widths": [256, 128],
    "activation": "relu",
    "dropout": 0.1,
    "category_width": 8,
    "learning_rate": 1e-3,
    "weight_decay": 0.01,
    "batch_size": 256,
    "epochs": 20,
}


def plan_for(prepared: Prepared) -> dict[str, Any]:
    """What the tutorial has to know of the table."""
    parts = CACHE / f"{prepared.table.name}.parts.parquet"
    prepared.parts.to_frame().to_parquet(parts)
    columns = [c for c in prepared.schema.columns if c.name != prepared.table.target]
    target = prepared.table.target
    return {
        **PLAN,
        "table": str(CACHE / f"{prepared.table.name}.parquet"),
        "parts": str(parts),
        "target": target,
        "positive": max(prepared.frame[target].unique()),
        "numbers": [c.name for c in columns if c.kind == "number"],
        "words": [c.name for c in columns if c.kind != "number"],
    }


def main(plan_file: str) -> None:
    """Loam's side: everything a run does, then the saved bundle's test score."""
    import keras  # noqa: F401 - a job process has it before its run begins

    from benchmarks.loam import Clock, recipe_for, run
    from benchmarks.tutorial import area_under_curve
    from engine.bundle import Bundle
    from engine.fitting import Fitting
    from engine.models.mlp import MLP
    from engine.recipe import Effort

    plan, prepared, clock = json.loads(Path(plan_file).read_text()), prepare(ADULT), Clock()
    family = MLP(
        layers=tuple(plan["widths"]),
        activation=plan["activation"],
        dropout=plan["dropout"],
        category_width=plan["category_width"],
        numbers="plain",
    )
    fitting = Fitting(
        learning_rate=plan["learning_rate"],
        weight_decay=plan["weight_decay"],
        batch_size=plan["batch_size"],
        epochs=plan["epochs"],
        schedule="constant",
        patience=None,
    )
    effort = Effort(name="own", seconds=3600)
    recipe = recipe_for(prepared).model_copy(update={"model": family, "fitting": fitting, "effort": effort})
    with tempfile.TemporaryDirectory(prefix="loam-bench-") as folder:
        outcome = run(prepared, recipe, Path(folder), clock)
        spent, bundle = clock.spent(), Bundle.open(outcome.bundle)
        testing = prepared.part("test")
        answers = bundle.answer(testing)
    truth = (testing[recipe.target] == plan["positive"]).to_numpy()
    score = area_under_curve(truth, answers.probabilities[:, answers.classes.index(plan["positive"])])
    epochs = clock.points[-1][1].epoch
    print(json.dumps({"fit": spent["training"], "AUC": score, "epochs": epochs, "stages": spent}))


def measure() -> str:
    """Both, TIMES times in turn; medians, as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        plan.write_text(json.dumps(plan_for(prepare(ADULT))))
        theirs, ours = [], []
        for _ in range(TIMES):
            theirs.append(in_process("benchmarks/tutorial.py", str(plan), ours=False))
            ours.append(in_process("-m", "benchmarks.speed", str(plan)))
    reporting = [sum(m.answer["stages"].get(stage, 0.0) for stage in REPORTING) for m in ours]
    cold = [m.wall - extra for m, extra in zip(ours, reporting, strict=True)]
    middle = statistics.median
    rows = [
        ("Process from cold, s", middle(m.wall for m in theirs), middle(cold)),
        ("Fit, s", middle(m.answer["fit"] for m in theirs), middle(m.answer["fit"] for m in ours)),
        ("CPU of the process, s", middle(m.cpu for m in theirs), middle(m.cpu for m in ours)),
        ("Test AUC", middle(m.answer["AUC"] for m in theirs), middle(m.answer["AUC"] for m in ours)),
    ]
    digits = {"Test AUC": 4}
    lines = [[n, f"{a:.{digits.get(n, 1)}f}", f"{b:.{digits.get(n, 1)}f}", f"{b / a:.2f}"] for n, a, b in rows]
    stages = {name: middle(m.answer["stages"].get(name, 0.0) for m in ours) for name in REPORTING}
    apart = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stages.items())
    return (
        f"{PLAN['epochs']} epochs of {PLAN['batch_size']} rows at a time on Adult income (48,842 × 15), layers "
        f"{PLAN['widths']}, embeddings of {PLAN['category_width']}; medians of {TIMES}, in turn.\n\n"
        + table(["", "Tutorial script", "Loam", "Loam / script"], lines)
        + f"\n\nNot counted in the first two lines, because the script does none of it: {apart}. CPU counts all."
    )


if __name__ == "__main__":
    main(sys.argv[1])
