"""Metrics of several labels a row, from weighted rows. Knows truth and answers, not who gave them.

Sources: Godbole and Sarawagi 2004 for the Jaccard index and exact matches, Tsoumakas and Vlahavas 2007 for the micro
and macro averages; average precision is the mean over labels.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from engine.answers import LabelAnswers
from engine.evaluation.measures import Measures, Stated
from engine.evaluation.ranking import areas


class LabelMeasures(Measures):
    """Metrics of labels. The macro average is over the labels that test rows have."""

    names = (
        "micro_f1", "micro_precision", "micro_recall", "macro_f1", "jaccard", "exact_match",
        "mean_average_precision", "log_loss", "calibration_error",
    )  # fmt: skip

    def __init__(self, truth: np.ndarray, answers: LabelAnswers) -> None:
        """`truth` (rows, labels) of bool, all known."""
        flags = truth.astype(bool)
        self.count = len(flags)
        # (labels, rows): rows have few labels each, so that a resample costs a product with few terms.
        self._found, self._there, self._given = (
            csr_array(each.T.astype(np.float64)) for each in (flags & answers.chosen, flags, answers.chosen)
        )
        exact = (flags == answers.chosen).all(axis=1)
        self._rows = np.stack([answers.agreement(flags), exact, answers.losses(flags)])
        self._area, self._influence = mean_average_precision(flags, answers.probabilities)
        self._stated = Stated(answers.probabilities, flags)

    def of(self, weights: np.ndarray) -> np.ndarray:
        """See Measures. Average precision is taken to the first order, see `ranking.Area`."""
        found, there, given = (each @ weights for each in (self._found, self._there, self._given))
        jaccard, exact, log_loss = self._rows @ weights / weights.sum()
        area = np.clip(self._area + self._influence @ weights * self.count / weights.sum(), 0.0, 1.0)
        present = there > 0
        macro = (2 * found / np.maximum(there + given, 1e-9))[present].mean() if present.any() else np.nan
        precision, recall = _share(found.sum(), given.sum()), _share(found.sum(), there.sum())
        f1 = 2 * found.sum() / (there.sum() + given.sum()) if there.any() or given.any() else 1.0
        error = self._stated.error(weights)
        return np.array([f1, precision, recall, macro, jaccard, exact, area, log_loss, error])


def mean_average_precision(truth: np.ndarray, chances: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean over the labels that some rows have and others have not, and its influence (rows,); NaN without any."""
    found = [pair[1] for k in range(truth.shape[1]) if (pair := areas(chances[:, k], truth[:, k])) is not None]
    if not found:
        return np.nan, np.zeros(len(truth))
    influence = np.sum([area.influence for area in found], axis=0) / len(found)
    return float(np.mean([area.value for area in found])), influence


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan
