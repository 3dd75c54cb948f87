"""A weighted sum of words and of pixels: the honest baseline where no column is tabular, and a usable model.

TF-IDF of words and small pictures (`engine.models._sources`), and above them logistic regression, or ridge regression
for numbers, on as many rows as fit into memory.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from engine.encoding import Encoded, rows_of, take
from engine.errors import BundleError, Stopped
from engine.events import Advanced, Began, Note, Point, Wish
from engine.inputs import InputColumn
from engine.models._base import Family, Predictor, Task
from engine.models._each_label import EachLabel
from engine.models._seen import of_all
from engine.models._sources import ROWS_AT_ONCE, Source, all_features, features_of, in_blocks, loudness_of, sources
from engine.spec import setting

ROUNDS, FEWEST_ROUNDS = 25, 5  # of the solver, between two looks at the clock; each time it begins to feel its way anew
LOOK_WORK = 5_000_000_000  # multiplications between two looks
MOST_BYTES = 1 << 30  # of features that are held in memory


class Sum(Predictor):
    """Weights (outputs, features) and a constant for each output. `loudness` (features,) multiplies each feature."""

    def __init__(self, read: tuple[Source, ...], arrays: dict[str, np.ndarray]) -> None:
        self.read = read
        self.loudness, self.weights, self.constant = arrays["loudness"], arrays["weights"], arrays["constant"]

    def predict(self, encoded: Encoded) -> np.ndarray:
        """Scores (rows, outputs): log-odds, logits or standardised values."""
        blocks = in_blocks(np.arange(rows_of(encoded)))
        return np.concatenate(
            [self.of(features_of(self.read, take(encoded, block), self.loudness)) for block in blocks]
        )

    def of(self, features: Any) -> np.ndarray:
        """The same, from features that are weighed already."""
        return np.asarray(features @ self.weights.T + self.constant, dtype="float32")

    def save(self, folder: Path) -> None:
        """Writes sum.npz."""
        folder.mkdir(parents=True, exist_ok=True)
        read = json.dumps([asdict(each) for each in self.read])
        np.savez_compressed(
            folder / "sum.npz",
            read=np.array(read),
            loudness=self.loudness,
            weights=self.weights,
            constant=self.constant,
        )

    @classmethod
    def load(cls, folder: Path) -> Sum:
        """Raises BundleError when the file is not one of ours."""
        try:
            with np.load(folder / "sum.npz", allow_pickle=False) as kept:
                read = tuple(Source(**each | {"shape": tuple(each["shape"])}) for each in json.loads(str(kept["read"])))
                return cls(read, {name: kept[name] for name in ("loudness", "weights", "constant")})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BundleError("The saved weights cannot be read: {problem}", problem=str(error)) from error


def _held_at_once(read: Sequence[Source], encoded: Encoded, rows: int) -> int:
    """How many of so many rows fit into MOST_BYTES, by what the first of them take."""
    first = np.arange(min(rows, ROWS_AT_ONCE))
    taken = 0
    for source in read:
        block = source.features(encoded[source.kind][first])
        taken += block.nbytes if isinstance(block, np.ndarray) else block.data.nbytes + block.indices.nbytes
    if len({source.kind for source in read}) > 1:
        taken *= 2  # beside words, pixels are written with their places
    return min(rows, max(1, MOST_BYTES * len(first) // max(1, taken)))


def _taught(truth: np.ndarray, most: int) -> np.ndarray:
    """Places of the first rows, which are as good as random, and of a row of each class that they lack."""
    places = np.arange(most)
    if truth.ndim > 1 or not np.issubdtype(truth.dtype, np.integer):
        return places
    return np.union1d(places, np.unique(truth, return_index=True)[1])


class WeightedSum(Family):
    """Logistic or ridge regression on TF-IDF and on small pictures (scikit-learn)."""

    family: Literal["weighted sum"] = "weighted sum"
    freedom: float = setting(
        5.0, "Freedom", "How large weights may become: less is safer with few rows.", gt=0, le=1000, step=1.0
    )
    rounds: int = setting(300, "Rounds", "Rounds of the solver at most.", ge=1, le=10_000)

    title: ClassVar[str] = "Weighted sum of words and pixels"
    advice: ClassVar[str] = (
        "Choose it for texts when a quick, strong first answer is enough; runs without numbers and categories are "
        "compared with it."
    )
    neural: ClassVar[bool] = False

    @classmethod
    def reads(cls, kind: type[InputColumn]) -> bool:
        """Texts and pictures."""
        return not kind.tabular

    def fit(self, task: Task) -> Sum:
        """Goes on until it has settled, the time is up, or a person says so.

        Raises Stopped when the person gave the run up.
        """
        self.refuse_unless_it_reads(task.inputs)
        task.emit(Began())
        read = sources(task.inputs)
        rows = self._rows(task, read)
        loudness = loudness_of(read, task.training.encoded(), rows[0])
        features, held = (
            all_features(read, fed.encoded(), loudness, places)
            for fed, places in zip((task.training, task.validation), rows, strict=True)
        )
        truth, weights = task.training.truth()[rows[0]], task.training.weights()
        at_once = self._at_once(features, task)
        model, rounds, settled = self._model(task, at_once), 0, False
        while not settled and rounds < self.rounds:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it says each time that it has not settled yet
                model.fit(features, truth, sample_weight=None if weights is None else weights[rows[0]])
            taken = int(np.max(model.n_iter_)) if model.n_iter_ is not None else 0
            rounds, settled = rounds + taken, taken < at_once
            found = Sum(read, {"loudness": loudness, **_sums(model, task.target.outputs)})
            spent = _tell(task, (found.of(features), found.of(held)), rows, rounds)
            wish = task.wishes()
            if wish is Wish.STOP:
                raise Stopped("The run was stopped.")
            if wish is Wish.FINISH or spent > task.seconds:
                break
        values = {"seconds": round(time.monotonic() - task.began, 1)}
        task.emit(Note(text="The weighted sum of words and pixels took {seconds} s.", values=values))
        return found

    def load(self, folder: Path) -> Sum:
        """See the contract."""
        return Sum.load(folder)

    def _rows(self, task: Task, read: Sequence[Source]) -> tuple[np.ndarray, np.ndarray]:
        """Places of the training and of the validation rows that fit into memory; says so when these are not all."""
        training, validation = task.training, task.validation
        most = _held_at_once(read, training.encoded(), training.rows)
        taught = _taught(training.truth(), most)
        if len(taught) < training.rows:
            text = "The weighted sum of words and pixels learned from {rows} of {all} rows: as many as it may hold."
            task.emit(Note(text=text, values={"rows": len(taught), "all": training.rows}))
        return taught, np.arange(min(validation.rows, max(1, most // 4)) if most < training.rows else validation.rows)

    def _at_once(self, features: Any, task: Task) -> int:
        """Rounds between two looks at the clock: fewer where one takes long."""
        numbers = features.size if isinstance(features, np.ndarray) else features.nnz
        affordable = LOOK_WORK // max(1, 2 * numbers * task.target.outputs)
        return min(self.rounds, ROUNDS, max(FEWEST_ROUNDS, affordable))

    def _model(self, task: Task, rounds: int) -> Any:
        from sklearn.linear_model import LogisticRegression, Ridge

        if task.target.kind == "number":
            return Ridge(alpha=5 / self.freedom, solver="sparse_cg")

        def odds() -> Any:
            return LogisticRegression(C=self.freedom, max_iter=rounds, warm_start=True)

        if task.target.kind == "labels":
            return EachLabel(odds, task.target.guess(task.training.truth()), task.began + task.seconds)
        return odds()


def _sums(model: Any, outputs: int) -> dict[str, np.ndarray]:
    """The weights and constants of each output, from what scikit-learn fitted."""
    weights, constant = np.atleast_2d(model.coef_).astype("float32"), np.atleast_2d(model.intercept_)
    return {
        "weights": of_all(weights.T, model, outputs, unseen=0.0).T,
        "constant": of_all(constant, model, outputs)[0],
    }


def _tell(task: Task, scores: tuple[np.ndarray, np.ndarray], rows: tuple[np.ndarray, np.ndarray], rounds: int) -> float:
    """A point of the curve, from scores of these training and validation rows; the seconds spent so far."""
    spent = time.monotonic() - task.began
    truth, held_truth = task.training.truth()[rows[0]], task.validation.truth()[rows[1]]
    loss, held_loss = (
        float(task.target.losses(known, given).mean()) for known, given in zip((truth, held_truth), scores, strict=True)
    )
    task.emit(
        Point(
            step=rounds, epoch=float(rounds), seconds=round(spent, 3), loss=loss, validation_loss=held_loss,
            score=task.target.score(held_truth, scores[1]), learning_rate=0.0, best=True,
        )
    )  # fmt: skip
    task.emit(Advanced(fraction=min(spent / task.seconds, 1.0), seconds_left=max(task.seconds - spent, 0.0)))
    return spent
