"""Metrics with intervals of several predictors on the same rows, and paired differences between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.evaluation.intervals import bootstrap, outcome, percentiles, pivotal, resamples_for, rows_to_tell, wilson
from engine.evaluation.measures import Measures
from engine.metrics import METRICS
from engine.results import Difference, Metric

FEWEST_FOR_INTERVAL = 10


@dataclass(frozen=True)
class Scored:
    """Metrics by predictor, differences, and the number of resamples that the intervals rest on."""

    metrics: dict[str, tuple[Metric, ...]]
    differences: tuple[Difference, ...]
    resamples: int


def score(
    measures: Mapping[str, Measures], pairs: Sequence[tuple[str, str]], compared: Sequence[str], seed: int
) -> Scored:
    """Measures every predictor on the same rows; `pairs` are compared in the metrics named in `compared`.

    All measures are of the same rows and have the same names. Metrics that these rows do not define are left out.
    """
    rows = next(iter(measures.values())).count
    resamples = resamples_for(rows)
    figures = {name: each.of(np.ones(rows)) for name, each in measures.items()}
    draws = bootstrap(lambda weights: np.concatenate([m.of(weights) for m in measures.values()]), rows, resamples, seed)
    parts = dict(zip(measures, np.split(draws, len(measures), axis=1), strict=True))
    metrics = {name: _metrics(each, figures[name], parts[name]) for name, each in measures.items()}
    differences = []
    for first, second in pairs:
        for metric in compared:
            column = measures[first].names.index(metric)
            values = figures[first][column], figures[second][column]
            gaps = parts[first][:, column] - parts[second][:, column]
            interval = percentiles(float(values[0] - values[1]), gaps) if rows >= FEWEST_FOR_INTERVAL else None
            differences.append(difference(metric, (first, second), values, interval, rows))
    return Scored(metrics, tuple(differences), resamples)


def _metrics(measures: Measures, figures: np.ndarray, draws: np.ndarray) -> tuple[Metric, ...]:
    found = []
    for i, name in enumerate(measures.names):
        if not np.isfinite(figures[i]):
            continue
        value = float(figures[i])
        interval = _interval(name, value, draws[:, i], measures.count)
        low, high = interval or (None, None)
        info = METRICS[name]
        found.append(Metric(name=name, value=value, low=low, high=high, higher_is_better=info.higher_is_better))
    return tuple(found)


def _interval(name: str, value: float, draws: np.ndarray, rows: int) -> tuple[float, float] | None:
    if name in {"accuracy", "exact_match"}:
        return wilson(value * rows, rows)
    if rows < FEWEST_FOR_INTERVAL:
        return None
    return pivotal(value, draws) if name == "calibration_error" else percentiles(value, draws)


def difference(
    metric: str,
    names: tuple[str, str],
    values: tuple[float, float],
    interval: tuple[float, float] | None,
    rows: int,
) -> Difference:
    """What the first of `names` gains on the second on so many rows: its value minus the other's, and the interval."""
    info, value = METRICS[metric], float(values[0] - values[1])
    sign = 1.0 if info.higher_is_better else -1.0
    gained = interval and ((interval[0], interval[1]) if sign > 0 else (-interval[1], -interval[0]))
    if info.scale == "share":
        # Half a point, but among rare mistakes a twentieth of them.
        material, wide = min(0.005, 0.05 * (1 - values[1])), 0.05
    else:
        material, wide = 0.01 * abs(values[1]), 0.1 * abs(values[1])
    low, high = interval or (None, None)
    found = outcome(sign * value, gained, rows, material=material, wide=wide)
    return Difference(
        metric=metric,
        first=names[0],
        second=names[1],
        value=value,
        low=low,
        high=high,
        outcome=found,
        more=rows_to_tell(value, interval, rows, wide=wide) if found == "unknown" else None,
    )
