"""A number."""

from __future__ import annotations

import sys
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

from engine.answers import NumberAnswers
from engine.calibration import conformal_quantile
from engine.errors import BadTable
from engine.targets._base import Target

LARGEST = sys.float_info.max
FURTHEST = 1e15
"""Standard deviations. A network's loss squares them, and sums them over a batch, in float32."""


class Quantity(Target):
    """A number, standardised for learning. Answers come with an interval that holds the truth 90 times in 100."""

    kind: Literal["number"] = "number"
    mean: float
    deviation: float
    margin: float = 0.0  # half the width of the interval, in standardised units

    @classmethod
    def fit(cls, name: str, values: pd.Series[Any]) -> Self:
        """Learns mean and standard deviation from training rows."""
        known = values.to_numpy(dtype="float64", na_value=np.nan)
        known = known[np.isfinite(known)]
        largest = float(np.abs(known).max(initial=0.0)) or 1.0
        shares = known / largest  # the sum of the largest numbers there are, or of their squares, is none
        deviation = float(shares.std()) * largest if len(known) else 0.0
        if deviation == 0.0 or known.min() == known.max():
            raise BadTable(
                "“{column}” has the same value in every training row: there is nothing to learn.", column=name
            )
        return cls(name=name, mean=float(shares.mean()) * largest, deviation=deviation)

    def encode(self, values: pd.Series[Any]) -> np.ndarray:
        """Standardised (rows,) float32, at most FURTHEST deviations from the mean; missing is NaN."""
        numbers = values.to_numpy(dtype="float64", na_value=np.nan)
        with np.errstate(over="ignore"):  # halves, because the distance of the two largest numbers is none
            distances = (numbers / 2 - self.mean / 2) / self.deviation * 2
        return np.asarray(np.clip(distances, -FURTHEST, FURTHEST).astype("float32"))

    def in_own_unit(self, truth: np.ndarray) -> np.ndarray:
        """The number in the column's own unit, float64."""
        return self.decode(truth[:, None]).value

    @property
    def choices(self) -> tuple[str, ...]:
        """None: any number."""
        return ()

    @property
    def outputs(self) -> int:
        """One: the standardised number."""
        return 1

    def guess(self, truth: np.ndarray) -> np.ndarray:
        """The training mean."""
        return np.array([truth.mean()], dtype="float32")

    def loss(self, name: str, *, label_smoothing: float = 0.0) -> Any:
        """Squared, absolute or Huber error."""
        import keras

        return {
            "mae": keras.losses.MeanAbsoluteError,
            "huber": keras.losses.Huber,
        }.get(name, keras.losses.MeanSquaredError)()

    def losses(self, truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Squared error of each row, standardised."""
        gaps: np.ndarray = (scores[:, 0].astype("float64") - truth) ** 2
        return gaps

    def score(self, truth: np.ndarray, scores: np.ndarray) -> float:
        """Mean absolute error in the column's own unit."""
        return min(float(np.abs(scores[:, 0].astype("float64") - truth).mean()) * self.deviation, LARGEST)

    def calibrate(self, truth: np.ndarray, scores: np.ndarray) -> Self:
        """Split-conformal margin on validation rows (Lei et al. 2018)."""
        gaps = np.abs(scores[:, 0].astype("float64") - truth)
        return self.model_copy(update={"margin": float(conformal_quantile(gaps, 0.9))})

    def decode(self, scores: np.ndarray) -> NumberAnswers:
        """Values and intervals in the column's own unit."""
        margin = min(self.margin * self.deviation, LARGEST)
        with np.errstate(over="ignore"):
            value = _finite((scores[:, 0].astype("float64") * (self.deviation / 2) + self.mean / 2) * 2)
            return NumberAnswers(value, _finite(value - margin), _finite(value + margin))


def _finite(values: np.ndarray) -> np.ndarray:
    """The largest number there is instead of infinity."""
    return np.asarray(np.clip(values, -LARGEST, LARGEST))
