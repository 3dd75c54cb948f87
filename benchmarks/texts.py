"""Texts: the recommended recipe beside TF-IDF and logistic regression, and an LSTM beside a hand-written script.

As a module it is one method on one split of one set, in a process of its own: `python -m benchmarks.texts food loam 0`,
or Loam's side of the LSTM: `python -m benchmarks.texts lstm plan.json`. Prints one line of JSON. Reviews in Chinese are
measured too when LOAM_BENCH_REVIEWS names a CSV file of them with the columns `review` and `label`.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from benchmarks.contest import scores
from benchmarks.measuring import in_process, table
from benchmarks.prepared import Prepared, prepare
from benchmarks.sources import CACHE, FOOD, SPAM, Table

WEIGHED = {"alike": ("train",), "more": ("train", "validation")}  # what the rival fits on: as Loam, or more
METHODS = {
    "alike": "TF-IDF + logistic regression",
    "more": "the same, fitted on the validation rows too",
    "loam": "Loam, Balanced",
}
SHOWN = ("AUC", "log loss", "right")
SPLITS = 5
TESTED = 0.15 / 0.70  # test rows for each training row
PLAN = {
    "known": 10_000, "length": 100, "width": 16, "units": 128, "learning_rate": 1e-3, "batch_size": 32, "epochs": 5,
}  # fmt: skip


class Reviews(Table):
    """A file that is there already."""

    def csv(self) -> Path:
        """See Table."""
        return Path(self.member)


def sets() -> dict[str, Table]:
    """What is measured, by name."""
    found: dict[str, Table] = {"spam": SPAM, "food": FOOD}
    if file := os.environ.get("LOAM_BENCH_REVIEWS"):
        found["reviews"] = Reviews("reviews", "Delivery reviews in Chinese", "", file, pd.read_csv, "label", "binary")
    return found


def text_of(prepared: Prepared) -> str:
    """The column of texts."""
    return next(column.name for column in prepared.schema.columns if column.kind == "text")


def weigh_words(prepared: Prepared, testing: pd.DataFrame, parts: Sequence[str]) -> np.ndarray:
    """TF-IDF (words 1–2, of Chinese characters 1–3) and logistic regression, fitted on `parts` of the rows:
    probabilities (rows, classes).
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    fitting = pd.concat([prepared.part(part) for part in parts])
    name, target = text_of(prepared), prepared.table.target
    cut = {"analyzer": "char", "ngram_range": (1, 3)} if prepared.table.name == "reviews" else {"ngram_range": (1, 2)}
    model = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2, **cut), LogisticRegression(C=5, max_iter=500))
    model.fit(fitting[name], fitting[target])
    return np.asarray(model.predict_proba(testing[name]))


def contend(name: str, method: str, split: int) -> dict[str, float]:
    """The scores of a method on the test rows of a split, and the seconds from the table to answers."""
    prepared = prepare(sets()[name], split)
    testing = prepared.part("test")
    began = time.perf_counter()
    if method == "loam":
        from benchmarks.loam import predict_as_loam

        predicted, extra = predict_as_loam(prepared, testing)
    else:
        predicted, extra = weigh_words(prepared, testing, WEIGHED[method]), {}
    return scores(testing[prepared.table.target], predicted) | extra | {"seconds": time.perf_counter() - began}


def lstm(plan_file: str) -> dict[str, Any]:
    """Loam's side of the LSTM: everything a run does, then the saved bundle's test score."""
    import keras  # noqa: F401 - a job process has it before its run begins

    from benchmarks.loam import Clock, recipe_for, run
    from benchmarks.tutorial_texts import area_under_curve
    from engine.bundle import Bundle
    from engine.encoders import LSTM
    from engine.fitting import Fitting
    from engine.recipe import Effort

    plan, clock = json.loads(Path(plan_file).read_text()), Clock()
    prepared = prepare(FOOD, plan["seed"])
    sizes = {name: plan[name] for name in ("known", "length", "width", "units")}
    fitting = Fitting(
        optimizer="adam", learning_rate=plan["learning_rate"], weight_decay=0.0, batch_size=plan["batch_size"],
        epochs=plan["epochs"], schedule="constant", patience=None,
    )  # fmt: skip
    changes = {"text": LSTM(directions="one", **sizes), "fitting": fitting, "effort": Effort(name="own", seconds=3600)}
    recipe = recipe_for(prepared).model_copy(update={**changes, "seed": plan["seed"]})
    with tempfile.TemporaryDirectory(prefix="loam-bench-") as folder:
        outcome = run(prepared, recipe, Path(folder), clock)
        spent, bundle = clock.spent(), Bundle.open(outcome.bundle)
        testing = prepared.part("test")
        answers = bundle.answer(testing).frame()
    truth = (testing[recipe.target] == plan["positive"]).to_numpy()
    score = area_under_curve(truth, answers[f"probability of {plan['positive']}"].to_numpy())
    return {"fit": spent["training"], "AUC": score}


def _plan(folder: Path, seed: int) -> Path:
    prepared = prepare(FOOD, seed)
    parts = folder / f"{seed}.parquet"
    prepared.parts.to_frame().to_parquet(parts)
    target = FOOD.target
    plan = {
        **PLAN, "seed": seed, "table": str(CACHE / "food.parquet"), "parts": str(parts),
        "text": text_of(prepared), "target": target, "positive": max(prepared.frame[target].unique()),
    }  # fmt: skip
    file = folder / f"{seed}.json"
    file.write_text(json.dumps(plan))
    return file


def _compared() -> str:
    parts = []
    for name, one in sets().items():
        measured: dict[str, list[dict[str, float]]] = {method: [] for method in METHODS}
        for split in range(SPLITS):
            for method in METHODS:
                seen = in_process("-m", "benchmarks.texts", name, method, str(split), ours=method == "loam")
                measured[method].append(seen.answer | {"cpu": seen.cpu})
        parts.append(_reported(one, measured))
    return "\n\n".join(parts)


def _reported(one: Table, measured: dict[str, list[dict[str, float]]]) -> str:
    """Means over the splits, and what lies between Loam and its rival on the same rows."""
    lines = []
    for method, title in METHODS.items():
        mean = {figure: statistics.mean(each[figure] for each in measured[method]) for figure in measured[method][0]}
        figures = [f"{mean[each]:.4g}" for each in SHOWN]
        lines.append([title, *figures, f"{mean['seconds']:.0f}", f"{mean['cpu']:.0f}"])
    apart = {
        each: [ours[each] - theirs[each] for ours, theirs in zip(measured["loam"], measured["alike"], strict=True)]
        for each in SHOWN
    }
    said = ", ".join(f"{name} {statistics.mean(each):+.4f} ± {interval(each):.4f}" for name, each in apart.items())
    return (
        f"**{one.title}** · {len(prepare(one).frame):,} texts\n\n"
        + table(["Method", *SHOWN, "s", "CPU s"], lines)
        + f"\n\nLoam less TF-IDF that is fitted on as many rows: {said}."
    )


def interval(values: Sequence[float]) -> float:
    """Half of the 95 % interval of their mean, by the corrected resampled t test (Nadeau and Bengio, 2003): splits of
    the same rows hold much in common, so that their spread alone would promise too much.
    """
    spread = statistics.stdev(values) * math.sqrt(1 / len(values) + TESTED)
    return float(t.ppf(0.975, len(values) - 1)) * spread


def _recurrent() -> str:
    """The LSTM beside the script's, on each way of parting the rows, in turn."""
    theirs, ours = [], []
    with tempfile.TemporaryDirectory() as folder:
        for split in range(SPLITS):
            plan = str(_plan(Path(folder), split))
            theirs.append(in_process("benchmarks/tutorial_texts.py", plan, ours=False).answer)
            ours.append(in_process("-m", "benchmarks.texts", "lstm", plan).answer)
    mean = {name: [statistics.mean(each[name] for each in side) for side in (theirs, ours)] for name in ours[0]}
    lines = [[name, f"{a:.4g}", f"{b:.4g}", f"{b / a:.2f}"] for name, (a, b) in mean.items()]
    apart = [b["AUC"] - a["AUC"] for a, b in zip(theirs, ours, strict=True)]
    return (
        f"Embedding and LSTM ({PLAN['known']:,} words, {PLAN['length']} positions, {PLAN['width']}, {PLAN['units']}), "
        f"{PLAN['epochs']} epochs of {PLAN['batch_size']} at a time on the food reviews, beside a hand-written script, "
        f"in turn.\n\n{table(['', 'Script', 'Loam', 'Loam / script'], lines)}\n\n"
        f"Loam less the script: AUC {statistics.mean(apart):+.4f} ± {interval(apart):.4f}."
    )


def measure() -> str:
    """Both parts, as Markdown."""
    compared = _compared()
    return (
        f"Means over {SPLITS} ways of parting the rows (stratified 70 / 15 / 15), the same for all; ± is a 95 % "
        "interval, by the corrected resampled t test. Loam steers and calibrates by the validation rows; logistic "
        "regression needs none, and is fitted once without and once with them. Seconds from the table to answers; "
        f"Loam's hold its own weighted sum, the evaluation and the explanation too.\n\n{compared}\n\n{_recurrent()}"
    )


if __name__ == "__main__":
    what, how, *which = sys.argv[1:]
    print(json.dumps(lstm(how) if what == "lstm" else contend(what, how, int(which[0]))))
