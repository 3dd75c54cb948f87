"""Scores of all classes, from those of scikit-learn: it scores the classes that it has seen, and of two the second."""

from __future__ import annotations

from typing import Any

import numpy as np

UNSEEN = -10.0  # the logit of a class that no training row has: next to impossible


def of_all(scores: np.ndarray, model: Any, outputs: int, *, unseen: float = UNSEEN) -> np.ndarray:
    """(rows, outputs), from the `scores` (rows, columns) that the fitted `model` gives."""
    if scores.shape[1] == outputs:
        return scores
    if scores.shape[1] == 1:
        scores = np.hstack([np.zeros_like(scores), scores])
    everything = np.full((len(scores), outputs), unseen, dtype=scores.dtype)
    everything[:, model.classes_] = scores
    return everything
