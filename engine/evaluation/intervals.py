"""How sure a figure is: bootstrap over rows, Wilson intervals for shares, and what a difference is worth.

Knows weights and figures, not what they measure.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.results import Outcome

FEWEST_ROWS = 30  # with fewer, no comparison is made
FEWEST_RESAMPLES, MOST_RESAMPLES = 200, 1000
WORK = 30_000_000  # rows that are drawn altogether at most: a few seconds on one core
Z = 1.959964  # 97.5th percentile of the normal distribution

Measure = Callable[[np.ndarray], np.ndarray]
"""Weights (rows,) to figures (figures,); NaN where the weighted rows do not define one."""


def resamples_for(rows: int) -> int:
    """How many resamples fit into a few seconds: 1,000 up to 30,000 rows, never fewer than 200."""
    return int(np.clip(WORK // max(1, rows), FEWEST_RESAMPLES, MOST_RESAMPLES))


def bootstrap(measure: Measure, rows: int, resamples: int, seed: int) -> np.ndarray:
    """Figures of resampled rows: (resamples, figures). Efron 1979.

    A row drawn twice has weight 2. All figures are taken from the same draws, so that differences between them are
    paired.
    """
    random = np.random.default_rng(seed)
    draws = (np.bincount(random.integers(0, rows, rows), minlength=rows) for _ in range(resamples))
    return np.array([measure(weights.astype(np.float64)) for weights in draws])


def percentiles(value: float, draws: np.ndarray) -> tuple[float, float] | None:
    """The 95 % percentile interval of one figure's draws (resamples,), never without the value itself.

    None when more than half of the draws do not define the figure.
    """
    known = draws[np.isfinite(draws)]
    if len(known) * 2 <= len(draws):
        return None
    low, high = np.quantile(known, (0.025, 0.975))
    return min(float(low), value), max(float(high), value)


def pivotal(value: float, draws: np.ndarray) -> tuple[float, float] | None:
    """The basic bootstrap interval, mirrored at the value: for figures that resampling itself makes larger."""
    interval = percentiles(value, draws)
    return interval and (max(0.0, 2 * value - interval[1]), max(0.0, 2 * value - interval[0]))


def wilson(right: float, rows: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927). Unlike the bootstrap it stays honest at none and all of few rows."""
    share = right / rows
    middle = (share + Z * Z / (2 * rows)) / (1 + Z * Z / rows)
    half = Z / (1 + Z * Z / rows) * np.sqrt(share * (1 - share) / rows + Z * Z / (4 * rows * rows))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def outcome(gain: float, interval: tuple[float, float] | None, rows: int, *, material: float, wide: float) -> Outcome:
    """What a gain (positive is good) is worth.

    Less than `material`, or an interval around 0, is alike; an interval around 0 that reaches further than `wide` to
    either side, or fewer than 30 rows, does not tell.
    """
    if rows < FEWEST_ROWS or interval is None:
        return "unknown"
    low, high = interval
    if low > 0 or high < 0:
        if abs(gain) < material:
            return "alike"
        return "better" if gain > 0 else "worse"
    return "unknown" if max(-low, high) > wide else "alike"


def rows_to_tell(gain: float, interval: tuple[float, float] | None, rows: int, *, wide: float) -> int:
    """About how many more rows than these would give another outcome than “unknown”, if rows to come are like these.

    The interval of a mean narrows with the root of the rows: it then leaves out 0, or reaches no further than `wide`.
    """
    needed = float(FEWEST_ROWS)
    if interval is not None:
        half = (interval[1] - interval[0]) / 2
        reach = max(abs(gain), wide - abs(gain))
        needed = max(needed, rows * (half / reach) ** 2)
    more = max(needed - rows, 1.0)
    place = 10 ** max(0, int(np.log10(more)) - 1)  # two digits: it is no more than an estimate
    return int(np.ceil(more / place) * place)
