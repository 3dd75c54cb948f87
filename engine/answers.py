"""Answers: what a prediction says, the same on every page, in files and over HTTP.

Each kind of answer knows how it is read, how far it is from the truth, and what of it can be followed while a row is
changed; so reports and explanations need not ask which kind it is. Truth is as `Target.in_own_unit` gives it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine import labels

SMALLEST_PROBABILITY = 1e-15
PROBABILITY_OF = "probability of "  # begins the name of the column of each class or label


class Answers(ABC):
    """What a predictor says of some rows, decoded and calibrated."""

    @abstractmethod
    def columns(self) -> dict[str, np.ndarray]:
        """The answers as columns (rows,) of a file, the first of them `answer`."""

    def frame(self) -> pd.DataFrame:
        """The same as a frame."""
        return pd.DataFrame(self.columns())

    @abstractmethod
    def given(self) -> np.ndarray:
        """The answers (rows,) in words or numbers."""

    @abstractmethod
    def read(self, truth: np.ndarray) -> np.ndarray:
        """The truth (rows,) in the words or numbers in which answers are given."""

    @abstractmethod
    def losses(self, truth: np.ndarray) -> np.ndarray:
        """How far the answer of each row (rows,) is from its truth: log loss of probabilities, or absolute error."""

    @abstractmethod
    def errors(self, metric: str, truth: np.ndarray) -> np.ndarray:
        """Error of each row (rows,) whose mean is `metric`, or what is missing to 1 where more is better."""

    @abstractmethod
    def telling(self, truth: np.ndarray) -> str:
        """The metric of `errors` that shows best what these answers rest on."""

    @abstractmethod
    def followed(self) -> int | None:
        """Which probability of the first row speaks for its answer; None for numbers."""

    @abstractmethod
    def values(self, of: int | None) -> np.ndarray:
        """The probability `of` each row (rows,), or the number answered."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The names that probabilities are of; none for numbers."""
        return ()

    def sure(self) -> np.ndarray | None:
        """The probability (rows,) that each answer is right; None where there is no such thing."""
        return None

    def agreement(self, truth: np.ndarray) -> np.ndarray | None:
        """How much of each answer (rows,) is right; None where an answer is right or wrong as a whole."""
        return None

    def margins(self) -> np.ndarray | None:
        """How clear each answer (rows,) is, least for the most doubtful; None for numbers."""
        return None


@dataclass(frozen=True)
class ClassAnswers(Answers):
    """`probabilities` (rows, classes), calibrated, rows sum to 1; `chosen` (rows,) index of the answer in `classes`.

    Truth is the index of the class (rows,).
    """

    classes: tuple[str, ...]
    probabilities: np.ndarray
    chosen: np.ndarray

    def columns(self) -> dict[str, np.ndarray]:
        """Columns: answer, probability (of the answer), and one `probability of …` a class."""
        each = {PROBABILITY_OF + name: self.probabilities[:, i] for i, name in enumerate(self.classes)}
        return {"answer": self.given(), "probability": self.sure(), **each}

    def given(self) -> np.ndarray:
        """Names of classes."""
        return self.read(self.chosen)

    def read(self, truth: np.ndarray) -> np.ndarray:
        """Names of classes."""
        return np.asarray(np.array(self.classes, dtype=object)[truth])

    def losses(self, truth: np.ndarray) -> np.ndarray:
        """Log loss of each row."""
        of_truth = self.probabilities[np.arange(len(truth)), truth]
        return np.asarray(-np.log(of_truth.clip(min=SMALLEST_PROBABILITY)))

    def errors(self, metric: str, truth: np.ndarray) -> np.ndarray:
        """1 where the answer is wrong for accuracy, else log loss."""
        return np.asarray(self.chosen != truth, dtype=np.float64) if metric == "accuracy" else self.losses(truth)

    def telling(self, truth: np.ndarray) -> str:
        """Accuracy; log loss where answers are right no more often than the most frequent class: it hides less."""
        usual = np.bincount(truth).max() / len(truth)
        return "accuracy" if (self.chosen == truth).mean() > usual else "log_loss"

    def followed(self) -> int:
        """The class answered."""
        return int(self.chosen[0])

    def values(self, of: int | None) -> np.ndarray:
        """The probability of one class."""
        return np.asarray(self.probabilities[:, of], dtype=np.float64)

    @property
    def choices(self) -> tuple[str, ...]:
        """The classes."""
        return self.classes

    def sure(self) -> np.ndarray:
        """The probability of the class answered."""
        return np.asarray(self.probabilities[np.arange(len(self.chosen)), self.chosen])

    def margins(self) -> np.ndarray:
        """How far the two most probable classes are apart."""
        two = np.partition(self.probabilities, -2, axis=1)[:, -2:]
        return np.asarray(two[:, 1] - two[:, 0])


@dataclass(frozen=True)
class LabelAnswers(Answers):
    """`probabilities` (rows, labels), calibrated, each for itself; `chosen` (rows, labels) of bool: given or not.

    `separator` stands between labels that are written together. Truth is (rows, labels) of bool.
    """

    labels: tuple[str, ...]
    probabilities: np.ndarray
    chosen: np.ndarray
    separator: str

    def columns(self) -> dict[str, np.ndarray]:
        """Columns: answer (the labels in one cell, `[]` for none) and one `probability of …` a label."""
        each = {PROBABILITY_OF + name: self.probabilities[:, i] for i, name in enumerate(self.labels)}
        return {"answer": self.given(), **each}

    def given(self) -> np.ndarray:
        """Labels in one cell each, as the column writes them."""
        return self.read(self.chosen)

    def read(self, truth: np.ndarray) -> np.ndarray:
        """Labels in one cell each, as the column writes them."""
        names = np.array(self.labels, dtype=object)
        cells = [labels.joined(names[row], self.separator) for row in truth.astype(bool)]
        return np.array(cells, dtype=object)

    def losses(self, truth: np.ndarray) -> np.ndarray:
        """Log loss of each row, the mean over its labels."""
        of_truth = np.where(truth, self.probabilities, 1 - self.probabilities)
        return np.asarray(-np.log(of_truth.clip(min=SMALLEST_PROBABILITY)).mean(axis=1))

    def errors(self, metric: str, truth: np.ndarray) -> np.ndarray:
        """The share of labels that are not in common for the Jaccard index, else log loss."""
        return 1 - self.agreement(truth) if metric == "jaccard" else self.losses(truth)

    def telling(self, truth: np.ndarray) -> str:
        """The Jaccard index; log loss where all rows get the same labels: it hides less."""
        return "jaccard" if (self.chosen != self.chosen[:1]).any() else "log_loss"

    def followed(self) -> int:
        """The most probable label."""
        return int(self.probabilities[0].argmax())

    def values(self, of: int | None) -> np.ndarray:
        """The probability of one label."""
        return np.asarray(self.probabilities[:, of], dtype=np.float64)

    @property
    def choices(self) -> tuple[str, ...]:
        """The labels."""
        return self.labels

    def agreement(self, truth: np.ndarray) -> np.ndarray:
        """The Jaccard index of each row: of the labels that it has or is given, the share that is both; 1 for none."""
        flags = truth.astype(bool)
        either = (flags | self.chosen).sum(axis=1)
        return np.asarray(np.where(either, (flags & self.chosen).sum(axis=1) / np.maximum(either, 1), 1.0))

    def margins(self) -> np.ndarray:
        """The logarithm of how probable it is that every label is as answered, if they were independent."""
        as_said = np.where(self.chosen, self.probabilities, 1 - self.probabilities)
        return np.asarray(np.log(as_said.clip(min=SMALLEST_PROBABILITY)).sum(axis=1))


@dataclass(frozen=True)
class NumberAnswers(Answers):
    """`value`, `low`, `high` (rows,) in the column's own unit; [low, high] holds the truth 90 times in 100.

    Truth is the number (rows,).
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def columns(self) -> dict[str, np.ndarray]:
        """Columns: answer, low, high."""
        return {"answer": self.value, "low": self.low, "high": self.high}

    def given(self) -> np.ndarray:
        """Numbers as they are."""
        return self.value

    def read(self, truth: np.ndarray) -> np.ndarray:
        """Numbers as they are."""
        return truth

    def losses(self, truth: np.ndarray) -> np.ndarray:
        """Absolute error."""
        return np.asarray(np.abs(self.value - truth))

    def errors(self, metric: str, truth: np.ndarray) -> np.ndarray:
        """Absolute error."""
        return self.losses(truth)

    def telling(self, truth: np.ndarray) -> str:
        """The mean absolute error."""
        return "mae"

    def followed(self) -> None:
        """Numbers speak for themselves."""
        return

    def values(self, of: int | None) -> np.ndarray:
        """The number answered."""
        return np.asarray(self.value, dtype=np.float64)
