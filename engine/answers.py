"""Answers: what a prediction says, the same on every page, in files and over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class ClassAnswers:
    """`probabilities` (rows, classes), calibrated, rows sum to 1; `chosen` (rows,) index of the answer in `classes`."""

    classes: tuple[str, ...]
    probabilities: np.ndarray
    chosen: np.ndarray

    def frame(self) -> pd.DataFrame:
        """Columns: answer, probability (of the answer), and one `probability of …` a class."""
        rows = np.arange(len(self.chosen))
        frame = pd.DataFrame(
            {
                "answer": np.array(self.classes, dtype=object)[self.chosen],
                "probability": self.probabilities[rows, self.chosen],
            }
        )
        for i, name in enumerate(self.classes):
            frame[f"probability of {name}"] = self.probabilities[:, i]
        return frame


@dataclass(frozen=True)
class NumberAnswers:
    """`value`, `low`, `high` (rows,) in the column's own unit; [low, high] holds the truth 90 times in 100."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def frame(self) -> pd.DataFrame:
        """Columns: answer, low, high."""
        return pd.DataFrame({"answer": self.value, "low": self.low, "high": self.high})


Answers = ClassAnswers | NumberAnswers
