"""Test rows one by one: their truth, their answers and losses, the best and the worst of them."""

from __future__ import annotations

import numpy as np

from engine.answers import Answers, ClassAnswers, NumberAnswers
from engine.errors import BadRecipe
from engine.evaluation.measures import log_losses
from engine.results import RowResult
from engine.targets import Target

SHOWN = 20


def known(truth: np.ndarray) -> np.ndarray:
    """Which encoded truths (rows,) are there: no class unknown to training, no missing number."""
    return np.asarray(truth >= 0 if np.issubdtype(truth.dtype, np.integer) else np.isfinite(truth))


def in_own_unit(target: Target, truth: np.ndarray) -> np.ndarray:
    """Encoded truth as metrics want it: the class index, or the number in the column's own unit (float64)."""
    if np.issubdtype(truth.dtype, np.integer):
        return truth.astype(np.intp)
    answers = target.decode(truth[:, None])
    assert isinstance(answers, NumberAnswers)
    return answers.value


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


def losses(truth: np.ndarray, answers: Answers) -> np.ndarray:
    """Log loss of calibrated probabilities, or absolute error, of each row. `truth` is in its own unit."""
    if isinstance(answers, ClassAnswers):
        return log_losses(truth, answers.probabilities)
    return np.asarray(np.abs(answers.value - truth))


def best_and_worst(
    truth: np.ndarray, answers: Answers, row_ids: np.ndarray
) -> tuple[tuple[RowResult, ...], tuple[RowResult, ...]]:
    """At most 20 rows of smallest and of largest loss; ties by row id."""
    loss = losses(truth, answers)
    best, worst = (_results(truth, answers, row_ids, _first(order, row_ids)) for order in (loss, -loss))
    return best, worst


def uncertain(truth: np.ndarray, answers: ClassAnswers, row_ids: np.ndarray) -> tuple[RowResult, ...]:
    """At most 20 rows whose two most probable classes are nearest to each other; ties by row id."""
    two = np.partition(answers.probabilities, -2, axis=1)[:, -2:]
    return _results(truth, answers, row_ids, _first(two[:, 1] - two[:, 0], row_ids))


def _first(values: np.ndarray, row_ids: np.ndarray) -> np.ndarray:
    return np.lexsort((row_ids, values))[:SHOWN]


def _results(truth: np.ndarray, answers: Answers, row_ids: np.ndarray, rows: np.ndarray) -> tuple[RowResult, ...]:
    loss = losses(truth, answers)
    return tuple(
        RowResult(
            row_id=int(row_ids[i]),
            truth=answers.classes[truth[i]] if isinstance(answers, ClassAnswers) else float(truth[i]),
            answer=answers.classes[answers.chosen[i]] if isinstance(answers, ClassAnswers) else float(answers.value[i]),
            loss=float(loss[i]),
            probability=(
                float(answers.probabilities[i, answers.chosen[i]]) if isinstance(answers, ClassAnswers) else None
            ),
        )
        for i in rows
    )
