"""The charts' data for answers that are numbers. Everything is in the target's own unit."""

from __future__ import annotations

import numpy as np

from engine.answers import NumberAnswers
from engine.evaluation.intervals import FEWEST_RESAMPLES, bootstrap, percentiles, wilson
from engine.evaluation.scoring import FEWEST_FOR_INTERVAL
from engine.results import Coverage, Histogram, Misses, NumberReport, PredictedTrue, RangeError

PROMISED = 0.9  # of the intervals that targets give
POINTS = 2000
RANGES = 10
MOST_BARS = 40
SAME = 1e-12  # of their size: values that differ by less are one value, rounded differently
SMALLEST = 1e-300


def number_report(truth: np.ndarray, answers: NumberAnswers, row_ids: np.ndarray, seed: int) -> NumberReport:
    """Of test rows: `truth` (rows,), all known."""
    return NumberReport(
        predicted_true=_points(truth, answers, row_ids, seed),
        residuals=histogram(answers.value - truth),
        by_range=_by_range(truth, answers, seed),
        coverage=_coverage(truth, answers),
        misses=_misses(truth, answers),
    )


def _points(truth: np.ndarray, answers: NumberAnswers, row_ids: np.ndarray, seed: int) -> PredictedTrue:
    rows = np.arange(len(truth))
    if len(rows) > POINTS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, POINTS, replace=False))
    return PredictedTrue(
        row_ids=tuple(row_ids[rows].tolist()),
        truth=tuple(truth[rows].tolist()),
        predicted=tuple(answers.value[rows].tolist()),
        low=tuple(answers.low[rows].tolist()),
        high=tuple(answers.high[rows].tolist()),
        of=len(truth),
    )


def histogram(values: np.ndarray) -> Histogram:
    """Even bars over the middle 99 % of the values, when a few far ones would press all others into one bar."""
    low, high = float(values.min()), float(values.max())
    inner_low, inner_high = (float(edge) for edge in np.quantile(values, (0.005, 0.995)))
    if high - low > 2 * (inner_high - inner_low) > 0:
        low, high = inner_low, inner_high
    if high - low <= SAME * max(abs(low), abs(high)):
        room = 0.5 * max(abs(low), SMALLEST)
        low, high = low - room, high + room
    bars = int(np.clip(np.sqrt(len(values)), 5, MOST_BARS))
    counts, edges = np.histogram(values, bins=bars, range=(low, high))
    return Histogram(
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
        below=int((values < edges[0]).sum()),
        above=int((values > edges[-1]).sum()),
    )


def _by_range(truth: np.ndarray, answers: NumberAnswers, seed: int) -> tuple[RangeError, ...]:
    """Ten ranges with as many rows each; fewer where many truths are equal, or there are not ten rows for each."""
    ranges = int(np.clip(len(truth) // FEWEST_FOR_INTERVAL, 1, RANGES))
    edges = np.unique(np.quantile(truth, np.linspace(0, 1, ranges + 1)))
    place = np.searchsorted(edges[1:-1], truth, side="right")
    return tuple(_range(truth[place == i], _rows(answers, place == i), seed) for i in np.unique(place))


def _rows(answers: NumberAnswers, rows: np.ndarray) -> NumberAnswers:
    return NumberAnswers(answers.value[rows], answers.low[rows], answers.high[rows])


def _range(truth: np.ndarray, answers: NumberAnswers, seed: int) -> RangeError:
    error = answers.value - truth
    size, rows = np.abs(error), len(truth)
    mae, interval = float(size.mean()), None
    if rows >= FEWEST_FOR_INTERVAL:
        draws = bootstrap(lambda weights: np.array([size @ weights / rows]), rows, FEWEST_RESAMPLES, seed)
        interval = percentiles(mae, draws[:, 0])
    low, high = interval or (None, None)
    return RangeError(
        low=float(truth.min()),
        high=float(truth.max()),
        rows=rows,
        mae=mae,
        mae_low=low,
        mae_high=high,
        bias=float(error.mean()),
        covered=float(_held(truth, answers).mean()),
    )


def _coverage(truth: np.ndarray, answers: NumberAnswers) -> Coverage:
    held, width = _held(truth, answers), answers.high - answers.low
    low, high = wilson(held.sum(), len(truth))
    return Coverage(
        promised=PROMISED,
        held=float(held.mean()),
        held_low=low,
        held_high=high,
        mean_width=float(width.mean()),
        median_width=float(np.median(width)),
        rows=len(truth),
    )


def _misses(truth: np.ndarray, answers: NumberAnswers) -> Misses:
    error = answers.value - truth
    missed = np.abs(error) > SAME * np.maximum(np.abs(truth), np.abs(answers.value))
    return Misses(low=int((missed & (error < 0)).sum()), high=int((missed & (error > 0)).sum()))


def _held(truth: np.ndarray, answers: NumberAnswers) -> np.ndarray:
    return np.asarray((answers.low <= truth) & (truth <= answers.high))
