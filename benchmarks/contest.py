"""One method on one table, in a process of its own: `python -m benchmarks.contest magic "Linear (scikit-learn)"`.

The split is Loam's; test rows are scored once, at the end. Prints one line of JSON.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd

from benchmarks.contenders import CONTENDERS, fit_and_predict
from benchmarks.measuring import in_process, peak_mb, table
from benchmarks.prepared import Prepared, prepare
from benchmarks.sources import TABLES

LOAM = "Loam, Balanced"
METHODS = (*CONTENDERS, LOAM)
SHOWN = ("AUC", "log loss", "right", "R²", "MAE", "RMSE")


def scores(truth: pd.Series, predicted: np.ndarray) -> dict[str, float]:
    """What is reported: for classes AUC, log loss and share right; for numbers R², MAE and RMSE."""
    from sklearn import metrics

    if predicted.ndim == 1:
        return {
            "R²": metrics.r2_score(truth, predicted),
            "MAE": metrics.mean_absolute_error(truth, predicted),
            "RMSE": metrics.root_mean_squared_error(truth, predicted),
        }
    classes = np.sort(truth.unique())
    return {
        "AUC": metrics.roc_auc_score(truth == classes[1], predicted[:, 1]),
        "log loss": metrics.log_loss(truth, predicted, labels=classes),
        "right": metrics.accuracy_score(truth, classes[predicted.argmax(axis=1)]),
    }


def contend(prepared: Prepared, method: str) -> dict[str, float]:
    """The scores of a method on the test rows."""
    target, answer = prepared.table.target, prepared.table.answer
    testing = prepared.part("test")
    if method == LOAM:
        from benchmarks.loam import predict_as_loam

        predicted, extra = predict_as_loam(prepared, testing)
    else:
        fitting = pd.concat([prepared.part("train"), prepared.part("validation")])
        predicted, extra = fit_and_predict(method, fitting, testing, target, answer), {}
    return scores(testing[target], predicted) | extra


def main(name: str, method: str) -> None:
    """Prints the answer."""
    (table,) = [table for table in TABLES if table.name == name]
    print(json.dumps(contend(prepare(table), method) | {"peak_mb": peak_mb()}))


def measure() -> str:
    """Every method on every table, a process each, as Markdown."""
    parts = []
    for one in TABLES:
        lines = []
        for method in METHODS:
            measured = in_process("-m", "benchmarks.contest", one.name, method, ours=method == LOAM)
            names = [name for name in measured.answer if name in SHOWN]
            figures = [f"{measured.answer[name]:.4g}" for name in names]
            lines.append(
                [method, *figures, f"{measured.wall:.0f}", f"{measured.cpu:.0f}", f"{measured.answer['peak_mb']:.0f}"]
            )
        head = ["Method", *names, "wall s", "CPU s", "peak MB"]
        rows = len(prepare(one).frame)
        parts.append(f"**{one.title}** · {rows:,} rows\n\n" + table(head, lines))
    return (
        "The same rows train, steer and test for all (stratified 70 / 15 / 15); scikit-learn methods get the training "
        "and validation rows to fit on. Seconds are the whole process; Loam's hold its own gradient boosting, "
        "the evaluation and the explanation too.\n\n" + "\n\n".join(parts)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
