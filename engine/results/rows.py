"""Single rows of the data."""

from __future__ import annotations

from engine.spec import Spec


class RowResult(Spec):
    """One test row. `loss` is the log loss, or the absolute error; `probability` is that of the answer (classes).

    `agreement` is the share of the labels that the row has or was given which are both (labels).
    """

    row_id: int
    truth: str | float
    answer: str | float
    loss: float
    probability: float | None = None
    agreement: float | None = None


class Suspect(Spec):
    """A row whose answer in the data looks wrong."""

    row_id: int
    given: str
    suggested: str
    probability_given: float
    probability_suggested: float


class Suspects(Spec):
    """The rows that look most wrongly labelled, worst first, of the `judged` ones; `found` counts all."""

    judged: int
    found: int
    rows: tuple[Suspect, ...]
