"""The contract of a kind of answer."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from engine.answers import Answers
from engine.spec import Spec


class Target(Spec):
    """What is predicted, as it was fitted on training rows: frozen, saved as JSON, without Keras.

    *Scores* are what a predictor gives: shape (rows, outputs), float32. For classes they are logits (one column for
    one of two: the log-odds of the second class), for labels the log-odds of each, for numbers the standardised value.
    `decode` turns scores into answers with the calibration learned on validation rows.
    """

    kind: str
    name: str

    balances: ClassVar[bool] = False  # whether rows can be weighed so that rare answers count as much

    @classmethod
    @abstractmethod
    def fit(cls, name: str, values: pd.Series[Any]) -> Self:
        """Learns classes or scale from training rows. Raises BadTable when there is nothing to learn."""

    @abstractmethod
    def encode(self, values: pd.Series[Any]) -> np.ndarray:
        """Truth as an array: class index (rows,) int32 (-1: not known), labels (rows, labels) int8 (-1: not known), or
        standardised (rows,) float32 (NaN: not known).
        """

    @abstractmethod
    def in_own_unit(self, truth: np.ndarray) -> np.ndarray:
        """Encoded, known truth as answers are compared with it, see `engine.answers`."""

    @property
    @abstractmethod
    def choices(self) -> tuple[str, ...]:
        """The names among which it answers; none for numbers."""

    @property
    @abstractmethod
    def outputs(self) -> int:
        """Columns of the scores."""

    @abstractmethod
    def guess(self, truth: np.ndarray) -> np.ndarray:
        """The best constant scores (outputs,) knowing only the training rows' encoded `truth`."""

    @abstractmethod
    def loss(self, name: str, *, label_smoothing: float = 0.0) -> Any:
        """The Keras loss for scores; `name` is one of the recipe's losses, "auto" the usual one."""

    @abstractmethod
    def losses(self, truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """The usual loss of each row (rows,), in numpy: log loss, or squared error of standardised values."""

    @abstractmethod
    def score(self, truth: np.ndarray, scores: np.ndarray) -> float:
        """The headline metric of this kind of answer, see `engine.evaluation.kinds`."""

    @abstractmethod
    def calibrate(self, truth: np.ndarray, scores: np.ndarray) -> Self:
        """The same target with its calibration learned from validation rows."""

    @abstractmethod
    def decode(self, scores: np.ndarray) -> Answers:
        """Scores to calibrated answers."""
