"""A linear model for each label of several, fitted in turn: to its caller like one of scikit-learn's."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np


class EachLabel:
    """`coef_` (labels, features), `intercept_` and `n_iter_` (labels,).

    A label whose turn does not come `until` then, on the monotonic clock, and one that all training rows have keep
    their usual log-odds, `constants` (labels,), whatever the row says.
    """

    def __init__(self, model: Callable[[], Any], constants: np.ndarray, until: float) -> None:
        self._models = [model() for _ in constants]
        self._until = until
        self.intercept_ = constants.astype("float64")
        self.coef_: np.ndarray = np.zeros((len(constants), 0))
        self.n_iter_ = np.zeros(len(constants), dtype=int)

    def fit(self, features: Any, truth: np.ndarray, sample_weight: np.ndarray | None = None) -> EachLabel:
        """Each label goes on from where it was. `truth` (rows, labels) of 0 and 1."""
        if not self.coef_.size:
            self.coef_ = np.zeros((truth.shape[1], features.shape[1]), dtype="float32")
        for k, model in enumerate(self._models):
            wanted = truth[:, k]
            if wanted.all() or not wanted.any():
                continue
            if time.monotonic() > self._until:
                break
            model.fit(features, wanted, sample_weight=sample_weight)
            self.coef_[k], self.intercept_[k] = model.coef_[0], model.intercept_[0]
            self.n_iter_[k] = int(np.max(model.n_iter_))
        return self
