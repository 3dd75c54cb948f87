"""Gradient boosting: the honest baseline of every run, and a usable model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from engine.encoding import Encoded, by_kind
from engine.errors import Stopped
from engine.events import Advanced, Began, Note, Point, Wish
from engine.inputs import INPUTS, InputColumn
from engine.models._base import Family, Predictor, Task
from engine.models._boosted_labels import LABELS_FILE, BoostedLabels, fit_each_label
from engine.models._trees import FIRST_TREES, TREES_AT_ONCE, at_best, load_trees, matrix, save_trees, scores_of
from engine.spec import setting


def code_columns(inputs: Sequence[InputColumn]) -> list[bool]:
    """Which columns of the matrix hold codes."""
    return [c.categorical for group in by_kind(inputs).values() for c in group if c.tabular for _ in range(c.width)]


class BoostedTrees(Predictor):
    """A fitted scikit-learn model, the kinds of column that it reads, and how many outputs it has."""

    def __init__(self, model: Any, kinds: tuple[str, ...], outputs: int) -> None:
        self.model = model
        self.kinds = kinds
        self.outputs = outputs

    def predict(self, encoded: Encoded) -> np.ndarray:
        """Scores (rows, outputs): log-odds, logits or standardised values."""
        return scores_of(self.model, matrix(encoded, self.kinds), self.outputs)

    def save(self, folder: Path) -> None:
        """Writes trees.skops."""
        save_trees(folder / "trees.skops", (list(self.kinds), self.model, self.outputs))

    @classmethod
    def load(cls, folder: Path) -> BoostedTrees:
        """Opens only what scikit-learn itself is made of."""
        kinds, model, *outputs = load_trees(folder / "trees.skops")
        return cls(model, tuple(kinds), *(outputs or [model.n_trees_per_iteration_]))  # of an earlier Loam: all it has


def _tell(
    task: Task, model: Any, held: tuple[np.ndarray, np.ndarray], before: tuple[int, float], seconds: float
) -> None:
    """Points of the curve: after the latest trees, and after the best if it is one of them, so that what is kept is
    seen. `held` are validation rows and truth, `before` the trees and seconds until the latest ones.
    """
    (known, then), best = before, at_best(model)
    if known < best.n_iter_ < model.n_iter_:
        share = (best.n_iter_ - known) / (model.n_iter_ - known)
        task.emit(_point(task, best, held, then + share * (seconds - then)))
    task.emit(_point(task, model, held, seconds))
    task.emit(Advanced(fraction=min(seconds / task.seconds, 1.0), seconds_left=max(task.seconds - seconds, 0.0)))


def _point(task: Task, model: Any, held: tuple[np.ndarray, np.ndarray], seconds: float) -> Point:
    """Every tree is one more time through the rows."""
    return Point(
        step=int(model.n_iter_),
        epoch=float(model.n_iter_),
        seconds=round(seconds, 3),
        loss=float(-model.train_score_[-1]),
        validation_loss=float(-model.validation_score_[-1]),
        score=task.target.score(held[1], scores_of(model, held[0], task.target.outputs)),
        learning_rate=model.learning_rate,
        best=at_best(model).n_iter_ == model.n_iter_,
    )


class GradientBoosting(Family):
    """Histogram gradient boosting (scikit-learn, after LightGBM, Ke et al. 2017) with native categories."""

    family: Literal["gradient boosting"] = "gradient boosting"
    trees: int = setting(500, "Trees", "At most so many rounds; fewer when nothing more is gained.", ge=1, le=10_000)
    learning_rate: float = setting(0.08, "Learning rate", "How much each tree may change.", gt=0, le=1, step=0.01)
    leaves: int = setting(31, "Leaves", "Leaves of each tree at most.", ge=2, le=1024)
    smallest_leaf: int = setting(20, "Smallest leaf", "Rows that a leaf holds at least.", unit="rows", ge=1, le=10_000)
    l2: float = setting(0.0, "L2", "Draws the leaves' answers towards zero.", ge=0, le=100, step=0.1)
    patience: int = setting(20, "Early stopping", "Stop after this many trees without a gain.", ge=1, le=1000)

    title: ClassVar[str] = "Gradient boosting"
    advice: ClassVar[str] = (
        "Choose it for small tables and for a quick, strong first answer; every run on a table is compared with it."
    )
    neural: ClassVar[bool] = False

    @classmethod
    def reads(cls, kind: type[InputColumn]) -> bool:
        """Amounts and words."""
        return kind.tabular

    def fit(self, task: Task) -> Predictor:
        """Adds trees until nothing is gained on validation rows, the time is up, or a person says so; keeps the best.

        Raises Stopped when the person gave the run up.
        """
        self.refuse_unless_it_reads(task.inputs)
        task.emit(Began())
        kinds = tuple(kind for kind in by_kind(task.inputs) if INPUTS[kind].tabular)
        if task.target.kind == "labels":
            return fit_each_label(task, kinds, lambda: self.model(task))
        model = self.model(task)
        rows, truth, weights = matrix(task.training.encoded(), kinds), task.training.truth(), task.training.weights()
        held, held_truth = matrix(task.validation.encoded(), kinds), task.validation.truth()
        if task.target.kind != "number":
            seen = np.isin(held_truth, truth)  # scikit-learn refuses other classes
            held, held_truth = held[seen], held_truth[seen]
        trees, spent, more = 0, 0.0, FIRST_TREES
        while more > 0:
            model.set_params(max_iter=min(trees + more, self.trees))
            model.fit(rows, truth, sample_weight=weights, X_val=held, y_val=held_truth)
            gained_nothing = model.n_iter_ < model.max_iter
            before = trees, spent
            trees, spent = int(model.n_iter_), time.monotonic() - task.began
            _tell(task, model, (held, held_truth), before, spent)
            wish = task.wishes()
            if wish is Wish.STOP:
                raise Stopped("The run was stopped.")
            if gained_nothing or trees >= self.trees or wish is Wish.FINISH:
                break
            # Half of what the pace allows: on a machine with other work the next trees may take longer.
            more = min(TREES_AT_ONCE, int((task.seconds - spent) / 2 * trees / spent))
        best = at_best(model)
        values = {"trees": best.n_iter_, "seconds": round(spent, 1)}
        task.emit(Note(text="Gradient boosting: {trees} trees in {seconds} s.", values=values))
        return BoostedTrees(best, kinds, task.target.outputs)

    def load(self, folder: Path) -> Predictor:
        """See the contract."""
        return BoostedLabels.load(folder) if (folder / LABELS_FILE).exists() else BoostedTrees.load(folder)

    def model(self, task: Task) -> Any:
        """The scikit-learn model, not yet fitted."""
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        kind = HistGradientBoostingRegressor if task.target.kind == "number" else HistGradientBoostingClassifier
        return kind(
            max_iter=self.trees,
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=self.smallest_leaf,
            l2_regularization=self.l2,
            categorical_features=code_columns(task.inputs),
            early_stopping=True,
            n_iter_no_change=self.patience,
            warm_start=True,
            random_state=task.seed,
        )
