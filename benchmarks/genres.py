"""Several labels a row: the genres of films, beside logistic regression on the words of all columns.

`python -m benchmarks.genres loam` is one method, in a process of its own. Prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.loam import Clock, recipe_for, run
from benchmarks.measuring import in_process, table
from benchmarks.prepared import Prepared, prepare
from benchmarks.sources import FILMS
from engine.answers import LabelAnswers
from engine.bundle import Bundle
from engine.labels import flags, separator_of

METHODS = {"words": "TF-IDF + logistic regression, one a label", "loam": "Loam, Balanced"}
THRESHOLDS = np.linspace(0.05, 0.95, 91)


def scores(truth: np.ndarray, probabilities: np.ndarray, chosen: np.ndarray) -> dict[str, float]:
    """The mean AUC of labels, log loss, F1 of all labels together and the mean Jaccard index; all (rows, labels)."""
    from sklearn import metrics

    likely = np.where(truth, probabilities, 1 - probabilities).clip(min=1e-15)
    return {
        "AUC": float(metrics.roc_auc_score(truth, probabilities, average="macro")),
        "log loss": float(-np.log(likely).mean()),
        "F1": float(metrics.f1_score(truth, chosen, average="micro")),
        "Jaccard": float(metrics.jaccard_score(truth, chosen, average="samples", zero_division=1)),
    }


def _as_loam(prepared: Prepared) -> LabelAnswers:
    with tempfile.TemporaryDirectory(prefix="loam-bench-") as folder:
        outcome = run(prepared, recipe_for(prepared), Path(folder), Clock())
        answers = Bundle.open(outcome.bundle).answer(prepared.part("test"))
    if not isinstance(answers, LabelAnswers):
        raise TypeError(f"{prepared.table.name} has no column of several labels")
    return answers


def _by_words(prepared: Prepared) -> LabelAnswers:
    """Words of all columns, the scaled numbers beside them; labels from one threshold, chosen on validation rows."""
    from sklearn.compose import make_column_transformer
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    target = prepared.table.target
    cells = prepared.frame[target].value_counts().to_dict()
    separator = separator_of(cells)
    if separator is None:
        raise ValueError(f"{prepared.table.name} has no separator between its labels")
    names = tuple(sorted({name for cell in cells for name in cell.split(separator)}))
    inputs = [column for column in prepared.schema.columns if column.name != target]
    numbers = [column.name for column in inputs if column.kind == "number"]
    words = [column.name for column in inputs if column.kind != "number"]
    model = make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            *((TfidfVectorizer(sublinear_tf=True, min_df=2), name) for name in words),
        ),
        OneVsRestClassifier(LogisticRegression(C=5, solver="liblinear")),
    )
    frame = prepared.frame.assign(**{name: prepared.frame[name].astype("string").fillna("") for name in words})
    parts = {part: frame.loc[prepared.part(part).index] for part in ("train", "validation", "test")}
    model.fit(parts["train"], flags(parts["train"][target], names, separator))
    steering, seen = (np.asarray(model.predict_proba(parts[part])) for part in ("validation", "test"))
    known = flags(parts["validation"][target], names, separator)
    best = max(THRESHOLDS, key=lambda least: f1_score(known, steering >= least, average="micro"))
    return LabelAnswers(names, seen, seen >= best, separator)


def contend(method: str) -> dict[str, Any]:
    """The scores of a method on the test rows, and the number of different labels."""
    prepared = prepare(FILMS)
    answers = {"loam": _as_loam, "words": _by_words}[method](prepared)
    truth = flags(prepared.part("test")[FILMS.target], answers.labels, answers.separator)
    return scores(truth, answers.probabilities, answers.chosen) | {"labels": len(answers.labels)}


def measure() -> str:
    """As Markdown."""
    measured = {method: in_process("-m", "benchmarks.genres", method, ours=method == "loam") for method in METHODS}
    shown = ("AUC", "log loss", "F1", "Jaccard")
    lines = [
        [METHODS[method], *(f"{one.answer[each]:.3f}" for each in shown), f"{one.wall:.0f}", f"{one.cpu:.0f}"]
        for method, one in measured.items()
    ]
    return (
        f"**{FILMS.title}** · {len(prepare(FILMS).frame):,} rows, {measured['loam'].answer['labels']} labels, two a "
        "row; stratified 70 / 15 / 15. The same rows train both; each chooses on validation rows from which "
        "probability on a label is given. AUC is the mean over labels, F1 that of all together, Jaccard the mean "
        "over rows.\n\n" + table(["Method", *shown, "wall s", "CPU s"], lines)
    )


if __name__ == "__main__":
    print(json.dumps(contend(sys.argv[1])))
