"""Puts an evaluation together, from scores to verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from engine.answers import Answers, ClassAnswers
from engine.errors import BadTable
from engine.evaluation.classes import class_report
from engine.evaluation.measures import ClassMeasures, Measures, NumberMeasures
from engine.evaluation.numbers import number_report
from engine.evaluation.rows import best_and_worst, decoded, in_own_unit, known, uncertain
from engine.evaluation.scoring import score
from engine.evaluation.verdict import verdict
from engine.events import Note
from engine.results import ClassReport, Evaluation, NumberReport, PredictorName, RowResult
from engine.targets import Target

NAMED = 10  # classes named in a sentence


class _Charts(NamedTuple):
    """What only one kind of answer has."""

    classes: ClassReport | None = None
    numbers: NumberReport | None = None
    uncertain: tuple[RowResult, ...] = ()
    notes: tuple[Note, ...] = ()


def evaluate(
    targets: Mapping[str, Target],
    truth: np.ndarray,
    scores: Mapping[str, np.ndarray],
    *,
    row_ids: np.ndarray,
    truth_train: np.ndarray,
    truth_validation: np.ndarray,
    scores_validation: Mapping[str, np.ndarray],
    seed: int = 0,
) -> Evaluation:
    """How good the predictor "model" is on test rows, beside guessing and, where it is given, "baseline".

    `targets` are calibrated, by predictor; truths (rows,) as `Target.encode` gives them; scores (rows, outputs), by
    predictor. Guessing is `Target.guess` of the training rows. Rows without a known truth are left out and counted.
    Raises BadTable without a single test row to judge by, BadRecipe for scores that are no numbers.
    """
    kept = known(truth)
    if not kept.any():
        raise BadTable("No test row has a known answer in “{column}” to compare with.", column=targets["model"].name)
    values, row_ids = in_own_unit(targets["model"], truth[kept]), row_ids[kept]
    answers: dict[PredictorName, Answers] = {"model": decoded(targets["model"], scores["model"][kept])}
    if "baseline" in scores:
        answers["baseline"] = decoded(targets["baseline"], scores["baseline"][kept])
    answers["guess"] = _guess(targets["model"], truth_train, truth_validation, len(values))

    if isinstance(answers["model"], ClassAnswers):
        held = known(truth_validation)
        validation = decoded(targets["model"], scores_validation["model"][held])
        charts = _class_charts(values, _of_classes(answers), row_ids, (truth_validation[held], validation))
        headline, compared = "accuracy", ("accuracy", "log_loss")
    else:
        charts = _Charts(numbers=number_report(values, answers["model"], row_ids, seed))
        headline, compared = "mae", ("mae", "rmse")

    pairs = [("model", name) for name in answers if name != "model"]
    scored = score({name: _measures(values, each) for name, each in answers.items()}, pairs, compared, seed)
    best, worst = best_and_worst(values, answers["model"], row_ids)
    left_out = len(truth) - len(values)
    return Evaluation(
        answer=targets["model"].kind,
        target=targets["model"].name,
        rows=len(values),
        left_out=left_out,
        headline=headline,
        resamples=scored.resamples,
        seed=seed,
        metrics={name: scored.metrics[name] for name in answers},
        differences=scored.differences,
        verdict=verdict(scored, headline, len(values), answers["guess"]),
        notes=(*_left_out(left_out, targets["model"].name), *charts.notes),
        classes=charts.classes,
        numbers=charts.numbers,
        best_rows=best,
        worst_rows=worst,
        uncertain_rows=charts.uncertain,
    )


def _guess(target: Target, truth_train: np.ndarray, truth_validation: np.ndarray, rows: int) -> Answers:
    """The best constant answer, calibrated on validation rows like every other."""
    constant = target.guess(truth_train[known(truth_train)])
    held = truth_validation[known(truth_validation)]
    calibrated = target.calibrate(held, np.tile(constant, (len(held), 1)))
    return decoded(calibrated, np.tile(constant, (rows, 1)))


def _of_classes(answers: Mapping[PredictorName, Answers]) -> dict[PredictorName, ClassAnswers]:
    return {name: each for name, each in answers.items() if isinstance(each, ClassAnswers)}


def _measures(truth: np.ndarray, answers: Answers) -> Measures:
    if isinstance(answers, ClassAnswers):
        return ClassMeasures(truth, answers)
    return NumberMeasures(truth, answers)


def _class_charts(
    truth: np.ndarray,
    answers: Mapping[PredictorName, ClassAnswers],
    row_ids: np.ndarray,
    validation: tuple[np.ndarray, Answers],
) -> _Charts:
    """`validation` is the encoded truth of validation rows and the model's answers to them."""
    model, (held, held_answers) = answers["model"], validation
    assert isinstance(held_answers, ClassAnswers)
    report = class_report(truth, answers, (held_answers.probabilities[:, 1], held == 1))
    missing = [each.name for each in report.classes if each.rows == 0]
    notes = []
    if missing:
        names = ", ".join(f"“{name}”" for name in missing[:NAMED]) + (", …" if len(missing) > NAMED else "")
        text = "No test row has {names}, so nothing can be said about how well that is found."
        notes.append(Note(text=text, values={"names": names}))
    return _Charts(classes=report, uncertain=uncertain(truth, model, row_ids), notes=tuple(notes))


def _left_out(rows: int, column: str) -> list[Note]:
    if not rows:
        return []
    text = "{rows} test rows were left out: their “{column}” is missing, or an answer that no training row has."
    return [Note(text=text, values={"rows": f"{rows:,}", "column": column})]
