"""Runs beside each other."""

from __future__ import annotations

from engine.events import Note
from engine.results.scores import Difference, Metric
from engine.spec import Spec


class ComparedRun(Spec):
    """One run on the common rows. `own_rows` is the size of its whole test part."""

    label: str
    own_rows: int
    metrics: tuple[Metric, ...]


class Comparison(Spec):
    """Runs on the test rows that they have in common. `differences` are each later run minus the first."""

    rows: int
    headline: str
    runs: tuple[ComparedRun, ...]
    differences: tuple[Difference, ...]
    sentences: tuple[Note, ...]
    enough: bool
