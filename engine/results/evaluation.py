"""How good a run is: everything that was found out on its test rows."""

from __future__ import annotations

from typing import Literal

from engine.events import Note
from engine.results.classes import ClassReport, LabelReport
from engine.results.numbers import NumberReport
from engine.results.reasons import Importance
from engine.results.rows import RowResult, Suspects
from engine.results.scores import Difference, Metric, PredictorName, Verdict
from engine.spec import Spec


class Evaluation(Spec):
    """How good a run is on test rows that it had never seen."""

    format: Literal[1] = 1
    answer: str  # kind of target
    target: str
    rows: int
    left_out: int  # test rows whose truth is missing, or a class that training had not seen
    headline: str
    resamples: int
    seed: int
    metrics: dict[PredictorName, tuple[Metric, ...]]
    differences: tuple[Difference, ...]
    verdict: Verdict
    notes: tuple[Note, ...] = ()
    classes: ClassReport | None = None
    labels: LabelReport | None = None
    numbers: NumberReport | None = None
    best_rows: tuple[RowResult, ...] = ()
    worst_rows: tuple[RowResult, ...] = ()
    uncertain_rows: tuple[RowResult, ...] = ()
    importance: Importance | None = None
    suspects: Suspects | None = None  # classes only

    def metric(self, name: str, predictor: PredictorName = "model") -> Metric | None:
        """None when these test rows do not define it, as the ROC area of one class."""
        return next((metric for metric in self.metrics.get(predictor, ()) if metric.name == name), None)
