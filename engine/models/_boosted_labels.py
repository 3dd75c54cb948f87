"""Gradient boosting of several labels a row: trees of its own for each label (binary relevance).

Source: Tsoumakas and Katakis 2007. Frequent labels come first; those for which there are too few rows or no time get
their share of the training rows in every row, as guessing would say.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engine.encoding import Encoded
from engine.errors import Stopped
from engine.events import Advanced, Note, Wish
from engine.models._base import Predictor, Task
from engine.models._trees import FIRST_TREES, TREES_AT_ONCE, at_best, load_trees, matrix, save_trees, scores_of

LABELS_FILE = "labels.skops"
LEAST_ROWS = 10  # of training with the label, and without
MOST_LABELS = 100  # that get trees


class BoostedLabels(Predictor):
    """A constant (labels,) and a scikit-learn model for some of the labels, by place."""

    def __init__(self, kinds: tuple[str, ...], constants: np.ndarray, models: dict[int, Any]) -> None:
        self.kinds, self.constants, self.models = kinds, constants, models

    def predict(self, encoded: Encoded) -> np.ndarray:
        """Scores (rows, labels): log-odds."""
        rows = matrix(encoded, self.kinds)
        scores = np.tile(self.constants.astype("float32"), (len(rows), 1))
        for place, model in self.models.items():
            scores[:, place] = scores_of(model, rows, 1)[:, 0]
        return scores

    def save(self, folder: Path) -> None:
        """Writes labels.skops."""
        places, models = list(self.models), list(self.models.values())
        save_trees(folder / LABELS_FILE, (list(self.kinds), self.constants, places, models))

    @classmethod
    def load(cls, folder: Path) -> BoostedLabels:
        """Opens only what scikit-learn itself is made of."""
        kinds, constants, places, models = load_trees(folder / LABELS_FILE)
        return cls(tuple(kinds), constants, dict(zip(places, models, strict=True)))


def fit_each_label(task: Task, kinds: tuple[str, ...], model: Callable[[], Any]) -> BoostedLabels:
    """Each label in turn, most frequent first, with an equal part of the time that is left.

    Raises Stopped when the person gave the run up.
    """
    rows, truth = matrix(task.training.encoded(), kinds), np.asarray(task.training.truth())
    held, held_truth = matrix(task.validation.encoded(), kinds), np.asarray(task.validation.truth())
    there = truth.sum(axis=0)
    enough = np.flatnonzero(np.minimum(there, len(truth) - there) >= LEAST_ROWS)
    places = enough[np.argsort(-there[enough], kind="stable")][:MOST_LABELS].tolist()
    fitted: dict[int, Any] = {}
    for done, place in enumerate(places):
        left = task.seconds - (time.monotonic() - task.began)
        wish = task.wishes()
        if wish is Wish.STOP:
            raise Stopped("The run was stopped.")
        if fitted and (left <= 0 or wish is Wish.FINISH):
            break
        until = time.monotonic() + left / (len(places) - done)
        fitted[place] = _grown(model(), (rows, truth[:, place]), (held, held_truth[:, place]), until)
        task.emit(Advanced(fraction=(done + 1) / len(places), seconds_left=max(left, 0.0)))
    values = {
        "labels": len(fitted), "of": truth.shape[1], "seconds": round(time.monotonic() - task.began, 1)
    }  # fmt: skip
    text = "Gradient boosting: trees for {labels} of {of} labels in {seconds} s; the others get their usual share."
    if len(fitted) == truth.shape[1]:
        text = "Gradient boosting: trees for each of {labels} labels in {seconds} s."
    task.emit(Note(text=text, values=values))
    return BoostedLabels(kinds, task.target.guess(truth), fitted)


def _grown(model: Any, seen: tuple[np.ndarray, np.ndarray], held: tuple[np.ndarray, np.ndarray], until: float) -> Any:
    """As many trees as do best, looked for until nothing is gained, or the time of this label is up.

    `seen` and `held` are rows and truth.
    """
    most, began, trees = model.max_iter, time.monotonic(), 0
    more = FIRST_TREES
    while more > 0:
        model.set_params(max_iter=min(trees + more, most))
        model.fit(*seen, X_val=held[0], y_val=held[1])
        if model.n_iter_ < model.max_iter or model.n_iter_ >= most:
            break
        trees, now = int(model.n_iter_), time.monotonic()
        more = min(TREES_AT_ONCE, int((until - now) / 2 * trees / max(now - began, 1e-6)))
    return at_best(model)
