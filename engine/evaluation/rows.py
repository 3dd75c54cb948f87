"""Test rows one by one: their truth, their answers and losses, the best and the worst of them."""

from __future__ import annotations

import numpy as np

from engine.answers import Answers
from engine.errors import BadRecipe
from engine.results import RowResult
from engine.targets import Target

SHOWN = 20


def known(truth: np.ndarray) -> np.ndarray:
    """Which encoded truths (rows,) are there: no class unknown to training, no missing number."""
    there = truth >= 0 if np.issubdtype(truth.dtype, np.integer) else np.isfinite(truth)
    return np.asarray(there.reshape(len(truth), -1).all(axis=1))


def decoded(target: Target, scores: np.ndarray) -> Answers:
    """Answers to scores (rows, outputs). Raises BadRecipe when there are scores that are no numbers."""
    bad = int((~np.isfinite(scores).all(axis=1)).sum())
    if bad:
        raise BadRecipe(
            "For {bad} of {rows} rows the model gave something that is not a number: training did not settle. "
            "Try a smaller learning rate.",
            bad=bad,
            rows=len(scores),
        )
    return target.decode(scores)


def best_and_worst(
    truth: np.ndarray, answers: Answers, row_ids: np.ndarray
) -> tuple[tuple[RowResult, ...], tuple[RowResult, ...]]:
    """At most 20 rows of smallest and of largest loss; ties by row id."""
    loss = answers.losses(truth)
    best, worst = (_results(truth, answers, row_ids, _first(order, row_ids)) for order in (loss, -loss))
    return best, worst


def uncertain(truth: np.ndarray, answers: Answers, row_ids: np.ndarray) -> tuple[RowResult, ...]:
    """At most 20 rows with the most doubtful answers; ties by row id. None for numbers."""
    margins = answers.margins()
    return () if margins is None else _results(truth, answers, row_ids, _first(margins, row_ids))


def _first(values: np.ndarray, row_ids: np.ndarray) -> np.ndarray:
    return np.lexsort((row_ids, values))[:SHOWN]


def _results(truth: np.ndarray, answers: Answers, row_ids: np.ndarray, rows: np.ndarray) -> tuple[RowResult, ...]:
    truths, given, losses = answers.read(truth), answers.given(), answers.losses(truth)
    sure, agreement = answers.sure(), answers.agreement(truth)
    return tuple(
        RowResult(
            row_id=int(row_ids[i]),
            truth=truths[i],
            answer=given[i],
            loss=float(losses[i]),
            probability=None if sure is None else float(sure[i]),
            agreement=None if agreement is None else float(agreement[i]),
        )
        for i in rows
    )
