"""How good answers were, from what people said of them: metrics with intervals, by version and over time.

Judged answers are a part of all that people chose to judge: the figures are of that part. Knows no feedback and no
model, only a table of answers and what was said.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from engine.answers import PROBABILITY_OF, Answers, ClassAnswers, LabelAnswers, NumberAnswers
from engine.comparison import kind_of, measures_of
from engine.evaluation.intervals import FEWEST_RESAMPLES, bootstrap, percentiles, wilson
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
