"""One of two, and one of many."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from scipy.special import expit, log_softmax, softmax

from engine.answers import ClassAnswers
from engine.calibration import fit_temperature
from engine.errors import BadTable
from engine.inputs.boolean import YES
from engine.targets._base import Target


def words_of(values: pd.Series[Any]) -> pd.Series[Any]:
    """Classes are words: a whole number is written without a point, so that 1.0 and 1 are one class.

    Each value is written by itself: a class is called the same in every part, whatever stands beside it.
    """
    if pd.api.types.is_float_dtype(values):
        return values.map(_word, na_action="ignore")
    return values.astype(str).where(values.notna())


def _word(number: float) -> str:
    return str(int(number)) if number.is_integer() else str(number)


class _Classes(Target):
    """What both kinds share: classes as words, a temperature that makes probabilities honest."""

    classes: tuple[str, ...]
    temperature: float = 1.0

    balances: ClassVar[bool] = True

    @classmethod
    def _counts(cls, name: str, values: pd.Series[Any]) -> pd.Series[int]:
        counts = words_of(values).dropna().value_counts()
        if len(counts) < 2:
            raise BadTable(
                "“{column}” has the same answer in every training row: there is nothing to tell apart.", column=name
            )
        return counts

    def encode(self, values: pd.Series[Any]) -> np.ndarray:
        """Class index (rows,) int32; −1 where missing or never seen in training."""
        classes = self.classes
        if pd.api.types.is_float_dtype(values):  # beside fractions, an earlier Loam called the class 1 “1.0”
            classes = tuple(name.removesuffix(".0") for name in classes)
        places = {name: i for i, name in enumerate(classes)}
        return words_of(values).map(places).fillna(-1).to_numpy(dtype="int32")

    def in_own_unit(self, truth: np.ndarray) -> np.ndarray:
        """The index of the class."""
        return truth.astype(np.intp)

    @property
    def choices(self) -> tuple[str, ...]:
        """The classes."""
        return self.classes

    def logits(self, scores: np.ndarray) -> np.ndarray:
        """Scores as (rows, classes) logits before calibration, in float64."""
        return scores.astype("float64")

    def calibrate(self, truth: np.ndarray, scores: np.ndarray) -> Self:
        """Temperature scaling (Guo et al. 2017) on validation rows."""
        return self.model_copy(update={"temperature": fit_temperature(truth, self.logits(scores))})

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Calibrated (rows, classes)."""
        chances: np.ndarray = softmax(self.logits(scores) / self.temperature, axis=1)
        return chances

    def losses(self, truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Log loss of each row before calibration."""
        logs: np.ndarray = log_softmax(self.logits(scores), axis=1)
        return np.asarray(-logs[np.arange(len(truth)), truth])

    def score(self, truth: np.ndarray, scores: np.ndarray) -> float:
        """Share of right answers."""
        return float((self.logits(scores).argmax(axis=1) == truth).mean())

    def loss(self, name: str, *, label_smoothing: float = 0.0) -> Any:
        """Cross-entropy, or focal loss (Lin et al. 2017), for logits."""
        from engine.layers.losses import class_loss

        return class_loss(self.outputs, focal=name == "focal", label_smoothing=label_smoothing)


class OneOfTwo(_Classes):
    """Two answers. Scores are the log-odds of the second class, the one that says yes or is rarer."""

    kind: Literal["binary"] = "binary"
    threshold: float = 0.5  # probability of the second class from which it is the answer

    @classmethod
    def fit(cls, name: str, values: pd.Series[Any]) -> Self:
        """Learns the two classes from training rows."""
        counts = cls._counts(name, values)
        if len(counts) > 2:
            raise BadTable(
                "“{column}” has {found} different answers, not two. Choose “one of many”.",
                column=name,
                found=len(counts),
            )
        usual, rare = str(counts.index[0]), str(counts.index[1])
        says_yes = {word for word in (usual, rare) if word.lower() in YES}
        return cls(name=name, classes=(rare, usual) if says_yes == {usual} else (usual, rare))

    @property
    def outputs(self) -> int:
        """One: the log-odds of the second class."""
        return 1

    def guess(self, truth: np.ndarray) -> np.ndarray:
        """The log-odds of the training shares."""
        share = np.clip(truth.mean(), 1e-6, 1 - 1e-6)
        return np.array([np.log(share / (1 - share))], dtype="float32")

    def logits(self, scores: np.ndarray) -> np.ndarray:
        """(rows, 2): zero and the log-odds."""
        odds = scores[:, 0].astype("float64")
        return np.stack([np.zeros_like(odds), odds], axis=1)

    def decode(self, scores: np.ndarray) -> ClassAnswers:
        """Probabilities, and the second class wherever it reaches the threshold."""
        second: np.ndarray = expit(scores[:, 0].astype("float64") / self.temperature)
        return ClassAnswers(
            self.classes, np.stack([1 - second, second], axis=1), (second >= self.threshold).astype(int)
        )


class OneOfMany(_Classes):
    """Three or more answers. Scores are logits, a class each."""

    kind: Literal["multiclass"] = "multiclass"

    @classmethod
    def fit(cls, name: str, values: pd.Series[Any]) -> Self:
        """Learns the classes from training rows, in natural order: numbers by size, words by the alphabet."""
        words = [str(word) for word in cls._counts(name, values).index]
        numeric = pd.to_numeric(pd.Series(words), errors="coerce")
        ordered = sorted(words) if numeric.isna().any() else [words[i] for i in np.argsort(numeric, kind="stable")]
        return cls(name=name, classes=tuple(ordered))

    @property
    def outputs(self) -> int:
        """One a class."""
        return len(self.classes)

    def guess(self, truth: np.ndarray) -> np.ndarray:
        """The logarithms of the training shares."""
        counts = np.bincount(truth, minlength=len(self.classes)) + 1e-3
        return np.asarray(np.log(counts / counts.sum()), dtype="float32")

    def decode(self, scores: np.ndarray) -> ClassAnswers:
        """Probabilities, and the most probable class."""
        chances = self.probabilities(scores)
        return ClassAnswers(self.classes, chances, chances.argmax(axis=1))
