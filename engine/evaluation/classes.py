"""The charts' data for answers that are classes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.answers import ClassAnswers
from engine.evaluation.intervals import wilson
from engine.evaluation.measures import BINS, Stated, stated
from engine.evaluation.ranking import curves
from engine.results import (
    ClassReport,
    ClassScore,
    Confusion,
    Curve,
    PredictorName,
    Reliability,
    ReliabilityBin,
)
from engine.thresholds import threshold_table

MOST_CLASSES = 50  # of the confusion matrix; the rarest are gathered beyond
MOST_CURVES = 6
COMPARED: tuple[PredictorName, ...] = ("model", "baseline")  # guessing has no curve worth drawing


def class_report(
    truth: np.ndarray,
    answers: Mapping[PredictorName, ClassAnswers],
    validation: tuple[np.ndarray, np.ndarray],
) -> ClassReport:
    """Of test rows. `truth` (rows,) class index, all known.

    `validation` is the model's probability of the second class and whether it is the truth, of the validation rows:
    for one of two, a threshold is chosen on them.
    """
    model = answers["model"]
    drawn = [name for name in COMPARED if name in answers]
    roc, precision_recall = _curves(truth, answers, drawn)
    thresholds = None
    if len(model.classes) == 2:
        negative, positive = model.classes
        test = model.probabilities[:, 1], truth == 1
        thresholds = threshold_table(validation, test, positive=positive, negative=negative)
    return ClassReport(
        classes=_scores(truth, model),
        confusion=confusion(truth, model),
        roc=roc,
        precision_recall=precision_recall,
        reliability=tuple(reliability(stated(truth, answers[name]), name, _positive(model)) for name in drawn),
        thresholds=thresholds,
        chosen=thresholds.cheapest() if thresholds else None,
    )


def _positive(answers: ClassAnswers) -> str | None:
    return answers.classes[1] if len(answers.classes) == 2 else None


def confusion(truth: np.ndarray, answers: ClassAnswers) -> Confusion:
    """Counts by truth and answer; of more than 50 classes, the rarest in the truth are gathered in a last line."""
    size = len(answers.classes)
    names, place, gathered = answers.classes, np.arange(size), 0
    if size > MOST_CLASSES:
        kept = np.sort(np.argsort(-np.bincount(truth, minlength=size), kind="stable")[:MOST_CLASSES])
        place = np.full(size, MOST_CLASSES)
        place[kept] = np.arange(MOST_CLASSES)
        names, gathered = tuple(names[k] for k in kept), size - MOST_CLASSES
    side = len(names) + (gathered > 0)
    counts = np.bincount(place[truth] * side + place[answers.chosen], minlength=side * side).reshape(side, side)
    return Confusion(classes=names, counts=tuple(tuple(row) for row in counts.tolist()), gathered=gathered)


def _scores(truth: np.ndarray, answers: ClassAnswers) -> tuple[ClassScore, ...]:
    size = len(answers.classes)
    there, answered = np.bincount(truth, minlength=size).tolist(), np.bincount(answers.chosen, minlength=size).tolist()
    found = np.bincount(truth[truth == answers.chosen], minlength=size).tolist()
    return tuple(
        ClassScore(
            name=name,
            rows=there[k],
            answered=answered[k],
            precision=found[k] / answered[k] if answered[k] else None,
            recall=found[k] / there[k] if there[k] else None,
            f1=2 * found[k] / (there[k] + answered[k]) if there[k] else None,
        )
        for k, name in enumerate(answers.classes)
    )


def _curves(
    truth: np.ndarray, answers: Mapping[PredictorName, ClassAnswers], drawn: list[PredictorName]
) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    """One of two: the second class, of model and baseline. One of many: the most frequent classes, of the model."""
    classes = answers["model"].classes
    if len(classes) == 2:
        wanted = [(name, 1) for name in drawn]
    else:
        often = np.argsort(-np.bincount(truth, minlength=len(classes)), kind="stable")[:MOST_CURVES]
        wanted = [("model", int(k)) for k in often]
    pairs = [curves(answers[name].probabilities[:, k], truth == k, classes[k], name) for name, k in wanted]
    known = [pair for pair in pairs if pair is not None]
    return tuple(roc for roc, _ in known), tuple(precision for _, precision in known)


def reliability(stated: Stated, predictor: PredictorName, of: str | None = None) -> Reliability:
    """Stated probability against what happened, in ten even bins; empty ones are left out."""
    index = stated.index.ravel()
    rows = np.bincount(index, minlength=BINS)
    stated_sum = np.bincount(index, stated.probability.ravel(), BINS)
    happened = np.bincount(index, stated.happened.ravel(), BINS)
    bins = []
    for i in np.flatnonzero(rows):
        low, high = wilson(happened[i], rows[i])
        bins.append(
            ReliabilityBin(
                low=i / BINS,
                high=(i + 1) / BINS,
                rows=int(rows[i]),
                stated=stated_sum[i] / rows[i],
                happened=happened[i] / rows[i],
                happened_low=low,
                happened_high=high,
            )
        )
    return Reliability(predictor=predictor, of=of, bins=tuple(bins), error=stated.error(np.ones(len(stated.index))))
