"""Facts about columns: what the Columns page shows. Each fact says how many rows it rests on."""

from __future__ import annotations

from engine.spec import Spec
from engine.table.columns import Kind


class Bar(Spec):
    """One bar of a distribution: a value, or the numbers or times from `low` up to `high`."""

    label: str
    count: int
    low: float | None = None  # numbers as they are, times in seconds since 1970 (UTC)
    high: float | None = None


class ColumnFacts(Spec):
    """What is known about one column.

    `rows` is the number of rows the facts rest on, `of` the rows of the table. `bars` holds at most 20 bars: equal
    ranges of numbers and times (`clipped`: the outer bars also hold what lies beyond), the most frequent values of the
    rest (`others` counts the values without a bar). Numbers have mean, sd and quantiles (0, 5, 25, 50, 75, 95, 100 %).
    """

    name: str
    kind: Kind
    rows: int
    of: int
    missing: int
    distinct: int
    bars: tuple[Bar, ...] = ()
    clipped: bool = False
    others: int = 0
    examples: tuple[str, ...] = ()
    mean: float | None = None
    sd: float | None = None
    quantiles: tuple[float, ...] = ()
    earliest: str = ""
    latest: str = ""
    whole: bool = False  # all numbers are whole
    length: float | None = None  # mean length of texts in characters


class Association(Spec):
    """How closely a column goes with the target: 0 not at all, 1 one tells the other. `method` names the measure."""

    column: str
    strength: float
    method: str
    rows: int
