"""Metrics, what differs, and the verdict in words."""

from __future__ import annotations

from typing import Literal

from engine.events import Note
from engine.spec import Spec

PredictorName = Literal["model", "baseline", "guess"]
Outcome = Literal["better", "alike", "worse", "unknown"]  # unknown: too few rows to tell


class Metric(Spec):
    """One metric on the test rows and its 95 % interval. `name` is a key of `engine.metrics.METRICS`."""

    name: str
    value: float
    low: float | None
    high: float | None
    higher_is_better: bool


class Difference(Spec):
    """`first` minus `second` in one metric on the same rows, from a paired bootstrap.

    In an evaluation first and second are predictors; in a comparison they are the runs' labels.
    `outcome` says how the first does against the second; where that is not known, `more` rows would tell, roughly.
    """

    metric: str
    first: str
    second: str
    value: float
    low: float | None
    high: float | None
    outcome: Outcome
    more: int | None = None


class Verdict(Spec):
    """What a reader should know first.

    `headline` "Right 87 times in 100 (86–88)." · `short` the same without the range, for lists · `guessing` and
    `simpler` compare, `sentences` add what else must be said (how many rows it rests on, what to try next).
    """

    headline: Note
    short: Note
    against_guess: Outcome
    against_baseline: Outcome | None  # None when there is no baseline
    guessing: Note
    simpler: Note | None
    sentences: tuple[Note, ...] = ()
