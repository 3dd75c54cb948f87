"""Rows in the order of a score: area under the ROC curve, average precision, and the curves themselves.

Rows with the same score stand together, so ties count half, as they must. Knows no classes and no model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.results import Curve, PredictorName

CURVE_POINTS = 200


@dataclass(frozen=True)
class Area:
    """A figure and its influence function (rows,): how it changes with the weight of each row.

    With weights w it is value + influence · (w − 1) to the first order (the infinitesimal jackknife, Efron 1982; for
    the ROC area this gives the variance of DeLong et al. 1988), so that a resample costs one product, not a sort.
    """

    value: float
    influence: np.ndarray


@dataclass(frozen=True)
class _Steps:
    """Positives and negatives at each different score, highest first; `index` (rows,) says which step a row is in."""

    scores: np.ndarray
    index: np.ndarray
    positive: np.ndarray
    negative: np.ndarray


def _steps(scores: np.ndarray, truth: np.ndarray) -> _Steps | None:
    """None when only one class is there."""
    if truth.all() or not truth.any():
        return None
    values, index = np.unique(-scores, return_inverse=True)
    positive = np.bincount(index, weights=truth, minlength=len(values))
    return _Steps(-values, index, positive, np.bincount(index, minlength=len(values)) - positive)


def areas(scores: np.ndarray, truth: np.ndarray) -> tuple[Area, Area] | None:
    """Area under the ROC curve and average precision of scores (rows,) against truth (rows,) of bool.

    Average precision is the step-wise sum over recall, not the trapezoid. None when only one class is there.
    """
    steps = _steps(scores, truth)
    if steps is None:
        return None
    return _roc_area(steps, truth), _average_precision(steps, truth)


def _roc_area(steps: _Steps, truth: np.ndarray) -> Area:
    positives, negatives = steps.positive.sum(), steps.negative.sum()
    above = (np.cumsum(steps.positive) - steps.positive / 2) / positives  # of a negative: positives ranked above it
    below = 1 - (np.cumsum(steps.negative) - steps.negative / 2) / negatives
    value = float(steps.negative @ above) / negatives
    influence = np.where(truth, ((below - value) / positives)[steps.index], ((above - value) / negatives)[steps.index])
    return Area(value, influence)


def _average_precision(steps: _Steps, truth: np.ndarray) -> Area:
    positives = steps.positive.sum()
    found = np.cumsum(steps.positive)
    called = found + np.cumsum(steps.negative)
    precision = found / called
    value = float(steps.positive @ precision) / positives
    # One more row at a step lowers the precision there and further down; a positive one also raises it.
    lowered = np.cumsum((steps.positive * precision / called)[::-1])[::-1]
    raised = np.cumsum((steps.positive / called)[::-1])[::-1]
    of_positive = (precision - value + raised - lowered) / positives
    return Area(value, np.where(truth, of_positive[steps.index], (-lowered / positives)[steps.index]))


def curves(
    scores: np.ndarray, truth: np.ndarray, positive: str, predictor: PredictorName
) -> tuple[Curve, Curve] | None:
    """The ROC and the precision–recall curve of probabilities (rows,) against truth (rows,) of bool.

    At most 200 points each, as even along the curve as can be. None when only one class is there.
    """
    steps = _steps(scores, truth)
    if steps is None:
        return None
    found, wrong = np.cumsum(steps.positive), np.cumsum(steps.negative)
    recall, fallout, precision = found / found[-1], wrong / wrong[-1], found / (found + wrong)

    def curve(x: np.ndarray, y: np.ndarray, thresholds: np.ndarray, area: float) -> Curve:
        kept = _even(x, y)
        return Curve(
            predictor=predictor,
            positive=positive,
            x=tuple(x[kept].tolist()),
            y=tuple(y[kept].tolist()),
            thresholds=tuple(thresholds[kept].tolist()),
            area=area,
            rows=len(truth),
            share=float(truth.mean()),
        )

    # A ROC curve begins at the origin, where nothing is called positive; precision has no value there.
    origin, top = np.zeros(1), np.ones(1)
    roc = curve(
        np.concatenate([origin, fallout]), np.concatenate([origin, recall]),
        np.concatenate([top, steps.scores]), _roc_area(steps, truth).value,
    )  # fmt: skip
    return roc, curve(recall, precision, steps.scores, _average_precision(steps, truth).value)


def _even(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Indices of at most 200 points, as even along the curve as can be, both ends among them."""
    if len(x) <= CURVE_POINTS:
        return np.arange(len(x))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    return np.unique(np.searchsorted(along, np.linspace(0.0, along[-1], CURVE_POINTS)).clip(max=len(x) - 1))
