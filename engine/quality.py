"""How good answers were, from what people said of them: metrics with intervals, by version and over time.

Judged answers are a part of all that people chose to judge: the figures are of that part. Many people say that an
answer is wrong and not what is right: that counts against the headline, and against the precision and F1 of the class
that was given. Every other figure, recall too, needs the truth, leaves these answers out, and looks the better for it.
Knows no feedback and no model, only a table of answers and what was said.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from engine.answers import PROBABILITY_OF, Answers, ClassAnswers, LabelAnswers, NumberAnswers
from engine.comparison import kind_of, measures_of
from engine.evaluation.intervals import FEWEST_RESAMPLES, bootstrap, percentiles, resamples_for, wilson
from engine.evaluation.scoring import FEWEST_FOR_INTERVAL, score
from engine.metrics import METRICS
from engine.results import Judgement, Metric, Quality

HEADLINES: dict[type[Answers], str] = {ClassAnswers: "accuracy", LabelAnswers: "exact_match", NumberAnswers: "mae"}


def quality(judged: pd.DataFrame) -> Quality:
    """Of a table with a judged answer a row, at least one: what `Answers.frame` gave, `truth` (missing where nobody
    said it), `right` (bool), `version` and `time` (whole numbers, the latter of a stretch of time).
    """
    kind = kind_of(judged)
    table = _with_truth(judged, kind)
    known = table.dropna(subset=["truth"])
    headline = HEADLINES[kind]
    metrics: tuple[Metric, ...] = ()
    if len(known):
        metrics = score(measures_of({"model": known}, kind), [], (), 0).metrics["model"]
    if kind is ClassAnswers and 0 < len(known) < len(table):
        given = {metric.name: metric for metric in _of_the_given(table)}
        metrics = tuple(given.get(metric.name, metric) for metric in metrics)
    first = headline_of(table, kind)
    others = tuple(metric for metric in metrics if metric.name != headline)
    return Quality(
        rows=len(judged),
        known=len(known),
        headline=headline,
        metrics=others if first is None else (first, *others),
        versions=_by(table, "version", kind),
        times=_by(table, "time", kind),
    )


def headline_of(table: pd.DataFrame, kind: type[Answers]) -> Metric | None:
    """How many were right, of all that were judged; of numbers how far off they were, where the truth is known."""
    name = HEADLINES[kind]
    if kind is not NumberAnswers:
        right = int(table["right"].sum())
        low, high = wilson(right, len(table))
        return _metric(name, right / len(table), (low, high))
    known = table.dropna(subset=["truth"])
    if known.empty:
        return None
    errors = np.abs(known["answer"].to_numpy("float64") - known["truth"].to_numpy("float64"))
    value, rows = float(errors.mean()), len(errors)
    interval = None
    if rows >= FEWEST_FOR_INTERVAL:
        draws = bootstrap(lambda weights: np.array([errors @ weights / rows]), rows, FEWEST_RESAMPLES, 0)
        interval = percentiles(value, draws[:, 0])
    return _metric(name, value, interval)


def _of_the_given(table: pd.DataFrame) -> list[Metric]:
    """Precision and F1 of all judged classes: one that is wrong and whose truth nobody said is wrongly given."""
    names = [str(name).removeprefix(PROBABILITY_OF) for name in table.columns if str(name).startswith(PROBABILITY_OF)]
    given, truth = (pd.Index(names).get_indexer(pd.Index(table[name])) for name in ("answer", "truth"))
    known, right = truth >= 0, truth == given

    def figures(weights: np.ndarray) -> np.ndarray:
        """As `ClassMeasures` has them: of the second of two classes, else averaged over those that occur."""
        found = np.bincount(given[right], weights[right], len(names))
        answered = np.bincount(given, weights, len(names))
        there = np.bincount(truth[known], weights[known], len(names))
        counted = [1] if len(names) == 2 else np.flatnonzero(there)
        with np.errstate(invalid="ignore", divide="ignore"):
            precision = np.where(answered > 0, found / answered, np.nan if len(names) == 2 else 0.0)
            f1 = np.where(there > 0, 2 * found / (there + answered), np.nan)
        return np.array([precision[counted].mean(), f1[counted].mean()])

    rows = len(table)
    values, draws = figures(np.ones(rows)), bootstrap(figures, rows, resamples_for(rows), 0)
    return [
        _metric(name, float(value), percentiles(float(value), draws[:, i]) if rows >= FEWEST_FOR_INTERVAL else None)
        for i, (name, value) in enumerate(zip(("precision", "f1"), values, strict=True))
        if np.isfinite(value)
    ]


def _metric(name: str, value: float, interval: tuple[float, float] | None) -> Metric:
    low, high = interval or (None, None)
    return Metric(name=name, value=value, low=low, high=high, higher_is_better=METRICS[name].higher_is_better)


def _by(table: pd.DataFrame, column: str, kind: type[Answers]) -> tuple[Judgement, ...]:
    groups: Any = table.dropna(subset=[column]).groupby(column)
    return tuple(Judgement(name=int(name), rows=len(group), metric=headline_of(group, kind)) for name, group in groups)


def _with_truth(judged: pd.DataFrame, kind: type[Answers]) -> pd.DataFrame:
    """Where an answer of two is wrong, the other is right; probabilities that a version does not give are 0."""
    table = judged.copy()
    chances = [name for name in table.columns if str(name).startswith(PROBABILITY_OF)]
    table[chances] = table[chances].astype("float64").fillna(0.0)
    if kind is NumberAnswers:
        table["truth"] = pd.to_numeric(table["truth"], errors="coerce")
    elif kind is ClassAnswers and len(chances) == 2:
        first, second = (str(name).removeprefix(PROBABILITY_OF) for name in chances)
        other = np.where(table["answer"] == first, second, first)
        table["truth"] = table["truth"].where(table["truth"].notna() | table["right"], other)
    if kind is ClassAnswers:
        table["truth"] = table["truth"].where(
            table["truth"].isin([str(c).removeprefix(PROBABILITY_OF) for c in chances])
        )
    return table
