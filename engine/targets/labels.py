"""Several of many: a row has some labels of a set, or none of them."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from scipy.special import expit, log_expit, logit

from engine.answers import LabelAnswers
from engine.calibration import fit_temperature
from engine.errors import BadTable
from engine.labels import USUAL, counted, parted, separator_of
from engine.targets._base import Target
from engine.targets.classes import words_of

LEAST_ROWS = 2  # of training; rarer labels are left out
UNKNOWN = -1
THRESHOLDS = np.linspace(0.02, 0.98, 97)


class SeveralOfMany(Target):
    """Labels, written in one cell. Scores are the log-odds of each label.

    An empty cell says nothing of the row, `[]` says that it has no label (see `engine.labels`). Labels of a single
    training row are left out, `left_out` counts them; a row that has no others is not known.

    A label is given from one `threshold` on, the same for all: it is the one at which F1 over all labels of validation
    rows is best. In theory too the best is the same for all labels when probabilities are honest (Lipton, Elkan and
    Naryanaswamy 2014), and thresholds of their own were worse on unseen rows, for rare labels above all.
    """

    kind: Literal["labels"] = "labels"
    labels: tuple[str, ...]
    separator: str
    left_out: int = 0
    temperature: float = 1.0
    threshold: float = 0.5

    @classmethod
    def fit(cls, name: str, values: pd.Series[Any]) -> Self:
        """Learns the separator and the labels from training rows, most frequent labels first."""
        cells = {str(cell): int(rows) for cell, rows in words_of(values).dropna().value_counts().items()}
        separator = separator_of(cells) or USUAL
        found = counted(cells, separator)
        kept = sorted((label for label, rows in found.items() if rows >= LEAST_ROWS), key=lambda x: (-found[x], x))
        known = sum(cells.values())
        if all(found[label] == known for label in kept):
            raise BadTable(
                "“{column}” has the same labels in every training row: there is nothing to tell apart.", column=name
            )
        return cls(name=name, labels=tuple(kept), separator=separator, left_out=len(found) - len(kept))

    def encode(self, values: pd.Series[Any]) -> np.ndarray:
        """Which labels a row has: (rows, labels) int8, 1 or 0; −1 throughout where that is not known."""
        codes, cells = pd.factorize(words_of(values))
        places = {label: k for k, label in enumerate(self.labels)}
        flags = np.full((len(cells) + 1, len(self.labels)), UNKNOWN, dtype="int8")  # the last: missing
        for i, cell in enumerate(cells):
            names = parted(str(cell), self.separator)
            known = [places[label] for label in names if label in places]
            if known or not names:
                flags[i] = 0
                flags[i, known] = 1
        return flags[codes]

    def in_own_unit(self, truth: np.ndarray) -> np.ndarray:
        """(rows, labels) of bool."""
        return truth.astype(bool)

    @property
    def choices(self) -> tuple[str, ...]:
        """The labels."""
        return self.labels

    @property
    def outputs(self) -> int:
        """One a label."""
        return len(self.labels)

    def guess(self, truth: np.ndarray) -> np.ndarray:
        """The log-odds of each label's share of training rows."""
        return np.asarray(logit(np.clip(truth.mean(axis=0), 1e-6, 1 - 1e-6)), dtype="float32")

    def loss(self, name: str, *, label_smoothing: float = 0.0) -> Any:
        """Binary cross-entropy a label, or focal loss (Lin et al. 2017)."""
        import keras

        if name == "focal":
            return keras.losses.BinaryFocalCrossentropy(from_logits=True, label_smoothing=label_smoothing)
        return keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=label_smoothing)

    def losses(self, truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Log loss of each row before calibration, the mean over its labels."""
        signed = np.where(truth == 1, scores, -scores).astype("float64")
        return np.asarray(-log_expit(signed).mean(axis=1))

    def score(self, truth: np.ndarray, scores: np.ndarray) -> float:
        """F1 over all rows and labels; until it is calibrated, labels are given from one half on."""
        return f1(truth == 1, self._chances(scores) >= self.threshold)

    def calibrate(self, truth: np.ndarray, scores: np.ndarray) -> Self:
        """One temperature for all labels, then the threshold at which F1 is best; on validation rows."""
        warm = self.model_copy(update={"temperature": fit_temperature(truth.ravel(), scores.reshape(-1, 1))})
        flags, chances = truth == 1, warm._chances(scores)
        reached = [f1(flags, chances >= threshold) for threshold in THRESHOLDS]
        best = max(range(len(reached)), key=lambda i: (reached[i], -abs(THRESHOLDS[i] - 0.5)))
        return warm.model_copy(update={"threshold": float(THRESHOLDS[best])})

    def decode(self, scores: np.ndarray) -> LabelAnswers:
        """Probabilities, and the labels that reach the threshold."""
        chances = self._chances(scores)
        return LabelAnswers(self.labels, chances, chances >= self.threshold, self.separator)

    def _chances(self, scores: np.ndarray) -> np.ndarray:
        chances: np.ndarray = expit(scores.astype("float64") / self.temperature)
        return chances


def f1(truth: np.ndarray, chosen: np.ndarray) -> float:
    """F1 over all rows and labels (…) of bool; 1 where there are none and none are given."""
    both = int(truth.sum()) + int(chosen.sum())
    return 2 * int((truth & chosen).sum()) / both if both else 1.0
