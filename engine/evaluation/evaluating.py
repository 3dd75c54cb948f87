"""Puts an evaluation together, from scores to verdict."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.answers import Answers
from engine.errors import BadTable
from engine.evaluation.kinds import KINDS, Tested
from engine.evaluation.measures import Measures
from engine.evaluation.rows import best_and_worst, decoded, known, uncertain
from engine.evaluation.scoring import score
from engine.evaluation.verdict import verdict
from engine.events import Note
from engine.results import Evaluation, PredictorName
from engine.targets import Target


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

    `targets` are calibrated, by predictor; truths (rows, …) as `Target.encode` gives them; scores (rows, outputs), by
    predictor. Guessing is `Target.guess` of the training rows. Rows without a known truth are left out and counted.
    Raises BadTable without a single test row to judge by, BadRecipe for scores that are no numbers.
    """
    kept = known(truth)
    if not kept.any():
        raise BadTable("No test row has a known answer in “{column}” to compare with.", column=targets["model"].name)
    target, values, row_ids = targets["model"], targets["model"].in_own_unit(truth[kept]), row_ids[kept]
    answers: dict[PredictorName, Answers] = {"model": decoded(target, scores["model"][kept])}
    if "baseline" in scores:
        answers["baseline"] = decoded(targets["baseline"], scores["baseline"][kept])
    answers["guess"] = _guess(target, truth_train, truth_validation, len(values))

    kind, held = KINDS[type(answers["model"])], known(truth_validation)
    held_answers = decoded(target, scores_validation["model"][held])
    tested = Tested(target, values, answers, row_ids, target.in_own_unit(truth_validation[held]), held_answers, seed)
    report = kind.report(tested)
    pairs = [("model", name) for name in answers if name != "model"]
    measures: dict[str, Measures] = {name: kind.measures(values, each) for name, each in answers.items()}
    scored = score(measures, pairs, (kind.headline, kind.second), seed)
    best, worst = best_and_worst(values, answers["model"], row_ids)
    left_out = len(truth) - len(values)
    return Evaluation(
        answer=target.kind,
        target=target.name,
        rows=len(values),
        left_out=left_out,
        headline=kind.headline,
        resamples=scored.resamples,
        seed=seed,
        metrics={name: scored.metrics[name] for name in answers},
        differences=scored.differences,
        verdict=verdict(scored, kind.headline, len(values), answers["guess"]),
        notes=(*_left_out(left_out, target.name), *report.notes),
        classes=report.classes,
        labels=report.labels,
        numbers=report.numbers,
        best_rows=best,
        worst_rows=worst,
        uncertain_rows=uncertain(values, answers["model"], row_ids),
    )


def _guess(target: Target, truth_train: np.ndarray, truth_validation: np.ndarray, rows: int) -> Answers:
    """The best constant answer, calibrated on validation rows like every other."""
    constant = target.guess(truth_train[known(truth_train)])
    held = truth_validation[known(truth_validation)]
    calibrated = target.calibrate(held, np.tile(constant, (len(held), 1)))
    return decoded(calibrated, np.tile(constant, (rows, 1)))


def _left_out(rows: int, column: str) -> list[Note]:
    if not rows:
        return []
    text = "{rows} test rows were left out: their “{column}” is missing, or an answer that no training row has."
    return [Note(text=text, values={"rows": f"{rows:,}", "column": column})]
