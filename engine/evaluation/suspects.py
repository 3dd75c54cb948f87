"""Rows whose answer in the data looks wrong. Knows probabilities and labels; no model and no table."""

from __future__ import annotations

import numpy as np

from engine.results import Suspect, Suspects

MOST = 200


def suspects(truth: np.ndarray, probabilities: np.ndarray, classes: tuple[str, ...], row_ids: np.ndarray) -> Suspects:
    """Confident learning (Northcutt, Jiang & Chuang 2021), on rows that the model did not learn from.

    `truth` (rows,) are the labels as given, `probabilities` (rows, classes). The model is sure of a class when it gives
    it at least the probability that rows of that class get on average. A row is suspected when it is sure of another
    class than the given one; those where the two are furthest apart come first, MOST at most.
    """
    there = np.unique(truth)
    usual = np.full(probabilities.shape[1], np.inf)
    usual[there] = [probabilities[truth == each, each].mean() for each in there]
    sure = np.where(probabilities >= usual, probabilities, -1.0)
    likely = sure.argmax(axis=1)
    rows = np.flatnonzero((sure.max(axis=1) >= 0) & (likely != truth))
    given, suggested = probabilities[rows, truth[rows]], probabilities[rows, likely[rows]]
    first = np.argsort(given - suggested, kind="stable")[:MOST]
    return Suspects(
        judged=len(truth),
        found=len(rows),
        rows=tuple(
            Suspect(
                row_id=int(row_ids[rows[i]]),
                given=classes[truth[rows[i]]],
                suggested=classes[likely[rows[i]]],
                probability_given=float(given[i]),
                probability_suggested=float(suggested[i]),
            )
            for i in first
        ),
    )
