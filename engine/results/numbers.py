"""How far numbers are off."""

from __future__ import annotations

from engine.spec import Spec


class PredictedTrue(Spec):
    """Points of the predicted-against-true chart: a seeded sample of the test rows. `of` is the number of all."""

    row_ids: tuple[int, ...]
    truth: tuple[float, ...]
    predicted: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    of: int


class Histogram(Spec):
    """`counts[i]` values lie in [edges[i], edges[i + 1]). `below` and `above` are outside, with the far ones."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int = 0
    above: int = 0


class Misses(Spec):
    """Test rows that were answered too low and too high; exact answers are neither."""

    low: int
    high: int


class RangeError(Spec):
    """Test rows whose truth lies in [low, high] : mean error with interval, bias (predicted − true) and coverage."""

    low: float
    high: float
    rows: int
    mae: float
    mae_low: float | None
    mae_high: float | None
    bias: float
    covered: float


class Coverage(Spec):
    """How often the intervals that should hold `promised` of the time held the truth on test rows."""

    promised: float
    held: float
    held_low: float
    held_high: float
    mean_width: float
    median_width: float
    rows: int


class NumberReport(Spec):
    """Charts for numbers, all of the model. Residual = predicted − true."""

    predicted_true: PredictedTrue
    residuals: Histogram
    by_range: tuple[RangeError, ...]
    coverage: Coverage
    misses: Misses | None = None  # of an earlier Loam: not counted
