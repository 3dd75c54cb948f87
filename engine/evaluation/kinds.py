"""How each kind of answers is measured and reported. A new one is a report and a line in `KINDS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from engine.answers import Answers, ClassAnswers, LabelAnswers, NumberAnswers
from engine.evaluation.classes import class_report
from engine.evaluation.label_measures import LabelMeasures
from engine.evaluation.labels import label_report
from engine.evaluation.measures import ClassMeasures, Measures, NumberMeasures
from engine.evaluation.numbers import number_report
from engine.events import Note, listed
from engine.results import ClassReport, LabelReport, NumberReport, PredictorName

NAMED = 10  # classes named in a sentence


@dataclass(frozen=True)
class Tested:
    """What a report is made of. `truth` and `row_ids` (rows,) are of test rows, all known, as are `answers`.

    `target` is the model's; `held` and `held_answers` are the truth of validation rows and what the model says of them.
    A report gets targets and answers of its own kind alone.
    """

    target: Any
    truth: np.ndarray
    answers: Mapping[PredictorName, Any]
    row_ids: np.ndarray
    held: np.ndarray
    held_answers: Any
    seed: int


class Report(NamedTuple):
    """What only one kind of answer has to show and to say."""

    classes: ClassReport | None = None
    labels: LabelReport | None = None
    numbers: NumberReport | None = None
    notes: tuple[Note, ...] = ()


def _classes(tested: Tested) -> Report:
    validation = tested.held_answers.probabilities[:, 1], tested.held == 1
    report = class_report(tested.truth, tested.answers, validation)
    return Report(classes=report, notes=_missing([each.name for each in report.classes if each.rows == 0]))


def _labels(tested: Tested) -> Report:
    report = label_report(tested.truth, tested.answers, tested.target.threshold)
    missing = _missing([each.name for each in report.labels if each.rows == 0])
    return Report(labels=report, notes=(*_rare(tested.target.left_out), *missing))


def _numbers(tested: Tested) -> Report:
    return Report(numbers=number_report(tested.truth, tested.answers["model"], tested.row_ids, tested.seed))


class Kind(NamedTuple):
    """One kind of answers: the two metrics by which predictors are compared, how one predictor is measured from truth
    and answers, and the report.
    """

    headline: str
    second: str
    measures: Callable[[np.ndarray, Any], Measures]
    report: Callable[[Tested], Report]


KINDS: dict[type[Answers], Kind] = {
    ClassAnswers: Kind("accuracy", "log_loss", ClassMeasures, _classes),
    LabelAnswers: Kind("micro_f1", "log_loss", LabelMeasures, _labels),
    NumberAnswers: Kind("mae", "rmse", NumberMeasures, _numbers),
}


def _rare(labels: int) -> tuple[Note, ...]:
    text = "Labels that only one training row has were left out: {labels}."
    return (Note(text=text, values={"labels": labels}),) if labels else ()


def _missing(names: list[str]) -> tuple[Note, ...]:
    """The note on classes or labels that no test row has."""
    if not names:
        return ()
    text = "No test row has {names}, so nothing can be said about how well that is found."
    return (Note(text=text, values={"names": listed(names, NAMED)}),)
