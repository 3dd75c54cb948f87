"""What answers rest on: columns, words, parts of a picture."""

from __future__ import annotations

from typing import Literal

from engine.events import Note
from engine.spec import Spec


class ColumnImportance(Spec):
    """What the metric loses when this column is shuffled, averaged over repeats; 95 % interval."""

    name: str
    drop: float
    low: float | None
    high: float | None


class Importance(Spec):
    """Permutation importance (Breiman 2001; Fisher, Rudin & Dominici 2019) in `metric`, largest first.

    `repeats` is how often each column was shuffled; `complete` is False when time ran out and `columns` lacks some.
    """

    metric: str
    rows: int
    of: int
    repeats: int
    complete: bool
    columns: tuple[ColumnImportance, ...]


class Contribution(Spec):
    """What one column added to this answer, and the standard error of sampling."""

    name: str
    value: float
    error: float


class Contributions(Spec):
    """Why one row got its answer: base + sum of the contributions = answer, exactly up to rounding of floats.

    `unit` says what is summed: the probability of the class or label `of`, or the number itself. `base` is the average
    answer over the background rows. `method` names the method in words.
    """

    method: Note
    unit: Literal["probability", "number"]
    of: str | None
    base: float
    answer: float
    columns: tuple[Contribution, ...]
    background_rows: int
    draws: int


class HeatMap(Spec):
    """Which parts of a picture an answer rests on: `cells` line by line, as `engine.heatmap` measures them.

    `answer` is the probability of the class or label `of`, or the number; `hidden` what is left of it once the warmest
    cells, the share `marked`, are hidden, and `elsewhere` the mean when the same shape is hidden at random places.
    """

    column: str
    of: str | None
    unit: Literal["probability", "number"]
    answer: float
    cells: tuple[tuple[float, ...], ...]
    marked: float
    hidden: float
    elsewhere: float


class MarkedPart(Spec):
    """The letters `start` to `end` of a text. `effect` > 0: they speak for the answer, or raise the number. A word that
    is repeated has the same effect each time: that of all of them.
    """

    start: int
    end: int
    effect: float


class MarkedText(Spec):
    """Which words of a text an answer rests on: `parts` in their order, the telling ones only.

    An effect is by how much the log-odds of the class or label `of`, or the number, falls where the part is hidden.
    `answer` is the probability or number given, `hidden` what is left of it once the `taken` words that speak for it
    are hidden, and `elsewhere` the mean when as many words are hidden at random.
    """

    column: str
    text: str
    of: str | None
    unit: Literal["probability", "number"]
    answer: float
    parts: tuple[MarkedPart, ...]
    taken: int
    hidden: float
    elsewhere: float
