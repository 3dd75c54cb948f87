"""How far the rows that a model is asked about are from those that it learned from."""

from __future__ import annotations

from typing import Literal

from engine.events import Note
from engine.spec import Spec

Aspect = Literal["values", "length", "known", "brightness", "size", "missing", "new"]
"""What is compared: a column's values; of texts their length and their known words; of pictures brightness and size;
the share of missing cells; the share of words that the model never learned.
"""
Method = Literal["ks", "chi2", "exact"]
Change = Literal["same", "slight", "changed"]  # slight: no chance, but too little to matter
Part = Literal["range", "word", "others", "new"]


class Bar(Spec):
    """A part of a column's values and its share in training and now: a range (above `low`, up to `high`) or a word."""

    part: Part
    word: str = ""
    low: float | None = None
    high: float | None = None
    trained: float
    now: float


class Side(Spec):
    """One aspect of a column, compared.

    `gap` is the largest distance of the two distributions (Kolmogorov and Smirnov's for amounts, half of the sum of
    differences for words) or the share now minus the one in training; `psi` the population stability index. `value`
    passes `threshold` where the change matters; `chance` is how often as much would be seen were nothing changed.
    `trained` and `now` are medians of amounts, and shares.
    """

    aspect: Aspect
    method: Method
    gap: float
    psi: float | None = None
    value: float
    threshold: float
    chance: float
    change: Change
    trained: float | None = None
    now: float | None = None
    bars: tuple[Bar, ...] = ()


class ColumnDrift(Spec):
    """All aspects of one column. `rows` are those that were looked at, `trained` those of training."""

    name: str
    kind: str
    rows: int
    trained: int
    sides: tuple[Side, ...]
    change: Change
    sentence: Note

    def side(self, aspect: Aspect) -> Side | None:
        """One aspect; None where there is none."""
        return next((side for side in self.sides if side.aspect == aspect), None)

    @property
    def worst(self) -> Side | None:
        """The aspect that changed most; None where nothing did that matters."""
        changed = [side for side in self.sides if side.change == "changed"]
        return max(changed, key=lambda side: abs(side.value) / side.threshold, default=None)


class DriftReport(Spec):
    """Every watched column. With fewer than `fewest` rows nothing is said of them, and `columns` is empty.

    `limit` is the chance below which a difference counts as one, shared out over all that is compared.
    """

    rows: int
    fewest: int
    limit: float
    columns: tuple[ColumnDrift, ...]

    @property
    def changed(self) -> tuple[ColumnDrift, ...]:
        """The columns that changed."""
        return tuple(column for column in self.columns if column.change == "changed")
