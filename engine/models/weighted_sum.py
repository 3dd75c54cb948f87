"""A weighted sum of words and of pixels: the honest baseline where no column is tabular, and a usable model.

Words: TF-IDF (Salton & Buckley 1988) of the codes that the encoder made, and of neighbours where these come in order.
Pictures: their pixels, brought to a small size. Above them logistic regression, or ridge regression for numbers.
"""

from __future__ import annotations

import json
import math
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from engine.encoding import Encoded, places
from engine.errors import BundleError, Stopped
from engine.events import Advanced, Note, Point, Wish
from engine.inputs import InputColumn
from engine.inputs.image import Image
from engine.inputs.text import Text
from engine.models._base import Family, Predictor, Task
from engine.models._each_label import EachLabel
from engine.spec import setting

BUCKETS = 1 << 16  # for pairs of neighbours, found by a hash
PRIME = 1_000_003
SIDE = 24  # pixels of a small picture
ROWS_AT_ONCE = 1024
ROUNDS = 25  # of the solver, between two looks at the clock


@dataclass(frozen=True)
class Source:
    """A column, where it stands in the packed arrays, and how it is read: `codes` of a text, `shape` of a picture."""

    kind: Literal["text", "image"]
    start: int
    stop: int
    codes: int = 0
    in_order: bool = False
    shape: tuple[int, ...] = ()

    def features(self, packed: np.ndarray) -> Any:
        """(rows, features), sparse, not yet weighed."""
        part = np.asarray(packed[:, self.start : self.stop])
        return _pixels(part, self.shape) if self.kind == "image" else _words(part, self.codes, self.in_order)


def sources(columns: Sequence[InputColumn]) -> tuple[Source, ...]:
    """What can be read of these columns: texts and pictures."""
    stands = {place.name: (place.start, place.stop) for place in places(columns)}
    found = []
    for column in columns:
        if isinstance(column, Text):
            found.append(Source("text", *stands[column.name], column.codes, in_order=not column.neighbours))
        if isinstance(column, Image):
            shape = (column.height, column.wide, column.channels)
            found.append(Source("image", *stands[column.name], shape=shape))
    return tuple(found)


def _words(codes: np.ndarray, known: int, in_order: bool) -> Any:
    """Which codes each text holds, and which pairs of neighbours: (rows, known [+ BUCKETS]) of 0 and 1."""
    from scipy import sparse

    rows, at = np.nonzero(codes)
    found = codes[rows, at].astype(np.int64)
    if in_order:
        pairs = (codes[:, :-1].astype(np.int64) * PRIME + codes[:, 1:]) % BUCKETS + known
        there = np.nonzero((codes[:, :-1] > 0) & (codes[:, 1:] > 0))
        rows, found = np.concatenate([rows, there[0]]), np.concatenate([found, pairs[there]])
    shape = (len(codes), known + (BUCKETS if in_order else 0))
    held = sparse.csr_matrix((np.ones(len(rows), "float32"), (rows, found)), shape=shape)
    held.data[:] = 1
    return held


def _pixels(packed: np.ndarray, shape: tuple[int, ...]) -> Any:
    """Means of squares of pixels, −1…1: (rows, at most SIDE × SIDE × channels)."""
    from scipy import sparse

    height, wide, channels = shape
    step = max(1, math.ceil(max(height, wide) / SIDE))
    tall, broad = height // step or 1, wide // step or 1
    down, across = min(step, height), min(step, wide)
    small = []
    for at in range(0, len(packed), ROWS_AT_ONCE):
        pictures = packed[at : at + ROWS_AT_ONCE].reshape(-1, *shape)[:, : tall * down, : broad * across]
        squares = pictures.reshape(-1, tall, down, broad, across, channels).mean(axis=(2, 4), dtype="float32")
        small.append(squares.reshape(len(squares), -1) / 127.5 - 1)
    return sparse.csr_matrix(np.concatenate(small) if small else np.zeros((0, tall * broad * channels), "float32"))


class Sum(Predictor):
    """Weights (outputs, features) and a constant for each output. `loudness` (features,) multiplies each feature."""

    def __init__(self, read: tuple[Source, ...], arrays: dict[str, np.ndarray]) -> None:
        self.read = read
        self.loudness, self.weights, self.constant = arrays["loudness"], arrays["weights"], arrays["constant"]

    def predict(self, encoded: Encoded) -> np.ndarray:
        """Scores (rows, outputs): log-odds, logits or standardised values."""
        return self.of(rows_of_features(self.read, encoded, self.loudness))

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


def rows_of_features(read: Sequence[Source], encoded: Encoded, loudness: np.ndarray) -> Any:
    """(rows, features), sparse; the words of each text are brought to length 1 together."""
    from scipy import sparse
    from sklearn.preprocessing import normalize

    blocks, start = [], 0
    for source in read:
        block = source.features(encoded[source.kind])
        louder = block @ sparse.diags(loudness[start : start + block.shape[1]])
        blocks.append(normalize(louder) if source.kind == "text" else louder)
        start += block.shape[1]
    return sparse.hstack(blocks, format="csr")


def _loudness(read: Sequence[Source], encoded: Encoded) -> np.ndarray:
    """Of words by how few texts hold them (inverse document frequency), of pixels by how much they vary."""
    found = []
    for source in read:
        block = source.features(encoded[source.kind])
        rows = block.shape[0]
        if source.kind == "text":
            found.append(1 + np.log((1 + rows) / (1 + np.asarray(block.sum(axis=0)).ravel())))
        else:
            dense = block.toarray()
            found.append(1 / np.maximum(dense.std(axis=0), 1e-2) / math.sqrt(dense.shape[1]))
    return np.concatenate(found).astype("float32")


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
        read = sources(task.inputs)
        loudness = _loudness(read, task.training.encoded())
        features = rows_of_features(read, task.training.encoded(), loudness)
        held = rows_of_features(read, task.validation.encoded(), loudness)
        model, rounds, settled = self._model(task), 0, False
        while not settled and rounds < self.rounds:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it says each time that it has not settled yet
                model.fit(features, task.training.truth(), sample_weight=task.training.weights())
            taken = int(np.max(model.n_iter_)) if model.n_iter_ is not None else 0
            rounds, settled = rounds + taken, taken < ROUNDS
            weights = np.atleast_2d(model.coef_).astype("float32")
            arrays = {"loudness": loudness, "weights": weights, "constant": np.atleast_1d(model.intercept_)}
            found = Sum(read, arrays)
            spent = _tell(task, (found.of(features), found.of(held)), rounds)
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

    def _model(self, task: Task) -> Any:
        from sklearn.linear_model import LogisticRegression, Ridge

        if task.target.kind == "number":
            return Ridge(alpha=5 / self.freedom, solver="sparse_cg")

        def odds() -> Any:
            return LogisticRegression(C=self.freedom, max_iter=min(ROUNDS, self.rounds), warm_start=True)

        if task.target.kind == "labels":
            return EachLabel(odds, task.target.guess(task.training.truth()), task.began + task.seconds)
        return odds()


def _tell(task: Task, scores: tuple[np.ndarray, np.ndarray], rounds: int) -> float:
    """A point of the curve, from scores of training and of validation rows; the seconds spent so far."""
    spent = time.monotonic() - task.began
    truth, held_truth = task.training.truth(), task.validation.truth()
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
