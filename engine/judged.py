"""Compares two runs on answers that people judged, though they report mistakes more often than right answers.

What people called wrong and what they called right are measured apart: how much is gained on either does not depend on
who reports. What does is the share of answers that were wrong. It lies between those called wrong among all that were
given (each of them is one) and among all that were judged (nobody reports right answers more often than mistakes).
Answers that nobody judged narrow it down: if the runs differ there as often as where answers were wrong, many of these
were wrong too (black box shift estimation, Lipton et al. 2018).

Does not know whether people choose, among mistakes or among right answers, by what the second run would have said.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from engine.answers import Answers, ClassAnswers, LabelAnswers, NumberAnswers
from engine.comparison import kind_of, outcomes, row_errors, shared_rows, spelling
from engine.evaluation.intervals import FEWEST_ROWS
from engine.evaluation.scoring import Scored, difference
from engine.events import Note
from engine.metrics import METRICS
from engine.results import ComparedRun, Comparison, Heard, Metric
from engine.table.accepted import HELD_BACK_OF_100

FEWEST_OF_EACH = 10  # rows called wrong, and called right
DRAWS = 1000
HEADLINES: dict[type[Answers], str] = {ClassAnswers: "accuracy", LabelAnswers: "jaccard", NumberAnswers: "mae"}

TOO_FEW = {
    "wrong": "Too few answers that people called wrong were held back to compare on: about {more} more would do.",
    "right": "Too few answers that people called right were held back to compare on: about {more} more would do.",
}

# Errors of both runs, and how far their answers are apart. Half a row of each (Jeffreys), so that what did not happen
# among few rows is not taken to be impossible.
EITHER_WRONG = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
HALF = 0.5


def compare_judged(
    tables: Mapping[str, pd.DataFrame], wrong: Collection[int], heard: Heard, silent: np.ndarray, *, seed: int = 0
) -> Comparison:
    """Compares the second run with the first on rows whose answers were judged.

    `tables` as `engine.comparison.compare` takes them; `wrong` are the ids of rows whose answer was called wrong;
    `silent` (rows,) is how far both are `apart` where nobody judged, as far as that is known.
    """
    labels, kind = list(tables), kind_of(next(iter(tables.values())))
    common, _ = shared_rows(tables, number=kind is NumberAnswers)
    first, second = common.values()
    errors = row_errors(common, kind, HEADLINES[kind])
    rows = np.column_stack([*errors.values(), apart(first["answer"], second["answer"])])
    called = np.asarray(first.index.isin(list(wrong)))
    said = _too_few(int(called.sum()), int((~called).sum()))
    scored = Scored(dict.fromkeys(labels, ()), (), 0)
    if not said:
        random = np.random.default_rng(seed)
        ends = _extremes(rows) if kind is NumberAnswers else EITHER_WRONG
        parts = [_resampled(rows[each], ends, random) for each in (called, ~called)]
        silence = np.array([[0.0], [ends[:, 2].max()]])
        differs = _resampled(silent[:, None], silence, random)[:, 0] if len(silent) else None
        shares = _share_wrong(parts[0][:, 2], parts[1][:, 2], differs, heard)
        means = rows[called].mean(axis=0), rows[~called].mean(axis=0)
        scored = _scored(labels, HEADLINES[kind], _Weighed(shares, parts, means), len(rows))
        said = outcomes(scored, HEADLINES[kind])
    text = (
        "Of {answers} answers, people called {wrong} wrong and {right} right. People report mistakes more often than "
        "right answers; the comparison takes that into account."
    )
    counts = {name: f"{count:,}" for name, count in heard.model_dump().items()}
    own = {label: len(table) for label, table in tables.items()}
    return Comparison(
        rows=len(rows),
        headline=HEADLINES[kind],
        runs=tuple(ComparedRun(label=each, own_rows=own[each], metrics=scored.metrics[each]) for each in labels),
        differences=scored.differences,
        sentences=(Note(text=text, values=counts), *said),
        enough=bool(scored.differences) and len(rows) >= FEWEST_ROWS,
        heard=heard,
    )


def apart(one: pd.Series[Any], other: pd.Series[Any]) -> np.ndarray:
    """How far the answers to each row (rows,) are apart: the distance of numbers; 1 where words differ, else 0."""
    if pd.api.types.is_numeric_dtype(one) and pd.api.types.is_numeric_dtype(other):
        return np.asarray(np.abs(one.to_numpy(dtype="float64") - other.to_numpy(dtype="float64")))
    one, other = one.astype(str), other.astype(str)
    names = spelling(one, other)
    return np.asarray(one.replace(names).to_numpy() != other.replace(names).to_numpy(), dtype="float64")


class _Weighed:
    """Means over all answers, from those of answers called wrong and called right; the share that was wrong is known
    no better than from the first to the second of `shares`.
    """

    def __init__(
        self, shares: tuple[float, float], parts: Sequence[np.ndarray], means: tuple[np.ndarray, np.ndarray]
    ) -> None:
        self._shares, self._parts = np.array([shares]).T, parts
        middle = sum(shares) / 2
        self._mean = middle * means[0] + (1 - middle) * means[1]

    def of(self, weights: Sequence[float]) -> tuple[float, tuple[float, float]]:
        """A sum of the columns, so weighted: its mean and the interval that holds it at every share possible."""
        wrong, right = (part @ np.asarray(weights) for part in self._parts)
        drawn = self._shares * wrong + (1 - self._shares) * right
        low, high = np.quantile(drawn.min(axis=0), 0.025), np.quantile(drawn.max(axis=0), 0.975)
        value = float(self._mean @ np.asarray(weights))
        return value, (min(float(low), value), max(float(high), value))


def _scored(labels: Sequence[str], headline: str, weighed: _Weighed, rows: int) -> Scored:
    """The headline metric of both, and the second minus the first."""
    better = METRICS[headline].higher_is_better
    metrics: dict[str, tuple[Metric, ...]] = {}
    for label, weights in zip(labels, ((1, 0, 0), (0, 1, 0)), strict=True):
        value, (low, high) = weighed.of(weights)
        ends = (1 - value, 1 - high, 1 - low) if better else (value, low, high)
        found = dict(zip(("value", "low", "high"), ends, strict=True))
        metrics[label] = (Metric(name=headline, higher_is_better=better, **found),)
    value, interval = weighed.of((1, -1, 0) if better else (-1, 1, 0))
    second, first = (metrics[label][0].value for label in reversed(labels))
    told = difference(headline, (labels[1], labels[0]), (second, first), interval, rows)
    return Scored(metrics, (told,), DRAWS)


def _share_wrong(wrong: np.ndarray, right: np.ndarray, differs: np.ndarray | None, heard: Heard) -> tuple[float, float]:
    """The least and the most that the share of wrong answers can be.

    `wrong` and `right` (draws,) say how far both runs are apart on answers that people called so, `differs` on answers
    that nobody judged, if that is known.
    """
    least, most = heard.wrong / max(1, heard.answers), heard.wrong / max(1, heard.wrong + heard.right)
    if differs is None:
        return least, most
    tells = wrong > right
    there = np.clip((differs - right) / np.where(tells, wrong - right, 1.0), 0.0, 1.0)
    unjudged = 1 - (heard.wrong + heard.right) / heard.answers
    share = np.clip(least + unjudged * there, least, most)
    low, high = np.quantile(np.where(tells, share, least), 0.025), np.quantile(np.where(tells, share, most), 0.975)
    return float(low), float(high)


def _resampled(rows: np.ndarray, prior: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Means (draws, columns) of rows weighted at random: the Bayesian bootstrap (Rubin 1981); `prior` rows weigh half.

    Unlike the bootstrap it does not take for certain what few rows agree on.
    """
    weights = random.standard_gamma(1.0, (DRAWS, len(rows)))
    weights = np.column_stack([weights, random.standard_gamma(HALF, (DRAWS, len(prior)))])
    return np.asarray(weights @ np.vstack([rows, prior]) / weights.sum(axis=1, keepdims=True))


def _extremes(rows: np.ndarray) -> np.ndarray:
    """The rows (2, columns) on which either run does best against the other: for numbers, which have no ends."""
    gains = rows[:, 0] - rows[:, 1]
    return rows[[gains.argmax(), gains.argmin()]]


def _too_few(wrong: int, right: int) -> list[Note]:
    """What is missing to compare on, and about how much more of it would do: a part of it is held back."""
    return [
        Note(text=TOO_FEW[said], values={"more": math.ceil((FEWEST_OF_EACH - rows) * 100 / HELD_BACK_OF_100)})
        for said, rows in (("wrong", wrong), ("right", right))
        if rows < FEWEST_OF_EACH
    ]
