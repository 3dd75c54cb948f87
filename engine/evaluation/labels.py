"""The charts' data for answers that are several labels a row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.answers import LabelAnswers
from engine.evaluation.classes import COMPARED, reliability
from engine.evaluation.measures import Stated
from engine.evaluation.ranking import areas
from engine.results import LabelReport, LabelScore, PredictorName


def label_report(truth: np.ndarray, answers: Mapping[PredictorName, LabelAnswers], threshold: float) -> LabelReport:
    """Of test rows. `truth` (rows, labels) of bool, all known; `threshold` is the model's."""
    drawn = [name for name in COMPARED if name in answers]
    return LabelReport(
        threshold=threshold,
        labels=_scores(truth, answers["model"]),
        reliability=tuple(reliability(Stated(answers[name].probabilities, truth), name) for name in drawn),
    )


def _scores(truth: np.ndarray, answers: LabelAnswers) -> tuple[LabelScore, ...]:
    there, given = truth.sum(axis=0).tolist(), answers.chosen.sum(axis=0).tolist()
    found = (truth & answers.chosen).sum(axis=0).tolist()
    return tuple(
        LabelScore(
            name=answers.labels[k],
            rows=there[k],
            given=given[k],
            precision=found[k] / given[k] if given[k] else None,
            recall=found[k] / there[k] if there[k] else None,
            f1=2 * found[k] / (there[k] + given[k]) if there[k] else None,
            average_precision=pair[1].value if (pair := areas(answers.probabilities[:, k], truth[:, k])) else None,
        )
        for k in sorted(range(len(there)), key=lambda k: -there[k])
    )
