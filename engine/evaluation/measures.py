"""Metrics of weighted rows: all rows at weight 1 give the figures, resampled weights give their intervals.

Knows truth and answers, not who gave them. Names are keys of `engine.metrics.METRICS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from engine.answers import ClassAnswers, NumberAnswers
from engine.evaluation.ranking import areas

BINS = 10  # of a stated probability
SMALL_TRUTH = 0.01  # of the median: below it, a percentage error says nothing


class Measures(ABC):
    """Metrics of one predictor's answers on fixed rows."""

    names: tuple[str, ...]
    count: int  # rows

    @abstractmethod
    def of(self, weights: np.ndarray) -> np.ndarray:
        """Figures (names,) of rows weighted by (rows,); NaN where they do not define one."""


class ClassMeasures(Measures):
    """Metrics of classes. For one of two, precision, recall, F1 and the areas are of the second class."""

    names = (
        "accuracy", "balanced_accuracy", "log_loss", "roc_auc", "average_precision",
        "f1", "precision", "recall", "brier", "calibration_error",
    )  # fmt: skip

    def __init__(self, truth: np.ndarray, answers: ClassAnswers) -> None:
        """`truth` (rows,) class index, all known."""
        self.count = len(truth)
        self._classes = len(answers.classes)
        self._occurring = np.unique(truth)
        # Rows with the same truth and the same answer are counted together: a cell of the confusion matrix.
        cells, self._cell = np.unique(truth * self._classes + answers.chosen, return_inverse=True)
        self._cell_truth, self._cell_answer = np.divmod(cells, self._classes)
        losses = answers.losses(truth), brier(truth, answers.probabilities)
        self._areas, influences = mean_areas(truth, answers.probabilities)
        self._rows = np.stack([*losses, *influences])
        self._stated = stated(truth, answers)

    def of(self, weights: np.ndarray) -> np.ndarray:
        """See Measures. The areas are taken to the first order, see `ranking.Area`."""
        total = weights.sum()
        sums = self._rows @ weights
        log_loss, squared = sums[:2] / total
        # The influences of all rows sum to 0, so the product with w − 1 is the product with w (at mean 1).
        roc, average_precision = np.clip(self._areas + sums[2:] * self.count / total, 0.0, 1.0)
        accuracy, balanced, f1, precision, recall = self._counted(np.bincount(self._cell, weights))
        error = self._stated.error(weights)
        return np.array([accuracy, balanced, log_loss, roc, average_precision, f1, precision, recall, squared, error])

    def _counted(self, cells: np.ndarray) -> tuple[float, float, float, float, float]:
        """Accuracy, balanced accuracy, F1, precision and recall from weights by cell.

        The last three are of the second class for one of two, else averaged over the classes that occur. In the
        average, a class that is never answered has precision 0; for one of two it has none.
        """
        diagonal = np.where(self._cell_truth == self._cell_answer, cells, 0.0)
        found = np.bincount(self._cell_truth, diagonal, self._classes)
        there = np.bincount(self._cell_truth, cells, self._classes)
        answered = np.bincount(self._cell_answer, cells, self._classes)
        present = there > 0
        recall = _share(found, there, np.nan)
        precision = _share(found, answered, np.nan if self._classes == 2 else 0.0)
        f1 = _share(2 * found, there + answered, 0.0)
        accuracy = found.sum() / there.sum()
        if self._classes == 2:
            # Where resampling lost one of both classes, there is nothing to balance.
            balanced = recall[self._occurring].mean()
            return accuracy, balanced, (f1[1] if present[1] else np.nan), precision[1], recall[1]
        balanced = recall[present].mean()
        return accuracy, balanced, f1[present].mean(), precision[present].mean(), balanced


class Stated:
    """Probabilities that were stated, (rows,) or (rows, labels), binned, beside whether they came true."""

    def __init__(self, probability: np.ndarray, happened: np.ndarray) -> None:
        self.probability, self.happened = probability, happened
        self.index = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
        gap = probability - happened
        # (bins, rows): summed over a row's labels once, so that a resample costs one product.
        by_row = [np.where(self.index == i, gap, 0.0).reshape(len(gap), -1).sum(axis=1) for i in range(BINS)]
        self._gaps, self._of = np.stack(by_row), gap.size / max(1, len(gap))

    def error(self, weights: np.ndarray) -> float:
        """Expected calibration error (Naeini et al. 2015): the mean gap of a bin, weighted by its rows."""
        return float(np.abs(self._gaps @ weights).sum() / (weights.sum() * self._of))


def stated(truth: np.ndarray, answers: ClassAnswers) -> Stated:
    """The probability of the second class for one of two, else that of the answer."""
    if len(answers.classes) == 2:
        return Stated(answers.probabilities[:, 1], truth == 1)
    return Stated(answers.sure(), truth == answers.chosen)


def brier(truth: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """Squared distance (rows,) of probabilities (rows, classes) from the truth; for one of two, of one probability."""
    of_truth = chances[np.arange(len(truth)), truth]
    squared = np.einsum("ij,ij->i", chances, chances) - 2 * of_truth + 1
    return np.asarray(squared / 2 if chances.shape[1] == 2 else squared)


def mean_areas(truth: np.ndarray, chances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ROC area and average precision (2,) and their influences (2, rows).

    Of the second class for one of two, else averaged over the classes that occur. NaN when only one class does.
    """
    ranked = [1] if chances.shape[1] == 2 else np.unique(truth).tolist()
    values, influences = np.zeros(2), np.zeros((2, len(truth)))
    for k in ranked:
        found = areas(chances[:, k], truth == k)
        if found is None:
            return np.full(2, np.nan), influences
        for i, area in enumerate(found):
            values[i] += area.value / len(ranked)
            influences[i] += area.influence / len(ranked)
    return values, influences


class NumberMeasures(Measures):
    """Metrics of numbers. The percentage error is left out where the truth comes near 0 or changes its sign."""

    def __init__(self, truth: np.ndarray, answers: NumberAnswers) -> None:
        """`truth` (rows,) in the column's own unit, all known."""
        error = answers.value - truth
        self.count = len(truth)
        self._order = np.argsort(np.abs(error), kind="stable")
        self._sorted = np.abs(error)[self._order]
        # Centred first: sums of squares of large numbers lose the digits that matter.
        centred = truth - truth.mean()
        rows = [np.abs(error), error**2, centred, centred**2]
        self.names = ("mae", "rmse", "r2", "median_error")
        size = np.abs(truth)
        if (truth.min() > 0 or truth.max() < 0) and size.min() >= SMALL_TRUTH * np.median(size):
            self.names = (*self.names, "percentage_error")
            rows.append(np.abs(error) / size)
        self._rows = np.stack(rows)

    def of(self, weights: np.ndarray) -> np.ndarray:
        """See Measures."""
        absolute, squared, mean, square, *relative = self._rows @ weights / weights.sum()
        spread = square - mean**2
        explained = 1 - squared / spread if spread > 1e-12 * square else np.nan
        running = np.cumsum(weights[self._order])
        halves = [np.searchsorted(running, running[-1] / 2, side) for side in ("left", "right")]
        middle = self._sorted[np.minimum(halves, self.count - 1)].mean()
        return np.array([absolute, np.sqrt(squared), explained, middle, *relative])


def _share(part: np.ndarray, whole: np.ndarray, empty: float) -> np.ndarray:
    """`part` / `whole` by class, `empty` where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(len(part), empty), where=whole > 0))
