"""A weighted sum of words and of pixels: the honest baseline where no column is tabular, and a usable model.

Words: TF-IDF (Salton & Buckley 1988) of the codes that the encoder made, and of neighbours where these come in order.
Pictures: their pixels, brought to a small size. Above them logistic regression, or ridge regression for numbers, on as
many rows as fit into memory.
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

from engine.encoding import Encoded, places, rows_of, take
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
ROUNDS, FEWEST_ROUNDS = 25, 5  # of the solver, between two looks at the clock; each time it begins to feel its way anew
LOOK_WORK = 5_000_000_000  # multiplications between two looks
MOST_BYTES = 1 << 30  # of features that are held in memory


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
        """(rows, features), not yet weighed: sparse for words, dense for pixels."""
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


def _pixels(packed: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Means of squares of pixels, −1…1: (rows, at most SIDE × SIDE × channels)."""
    height, wide, channels = shape
    step = max(1, math.ceil(max(height, wide) / SIDE))
    tall, broad = height // step or 1, wide // step or 1
    down, across = min(step, height), min(step, wide)
    pictures = packed.reshape(-1, *shape)[:, : tall * down, : broad * across]
    squares = pictures.reshape(-1, tall, down, broad, across, channels).mean(axis=(2, 4), dtype="float32")
    return np.asarray(squares.reshape(len(squares), tall * broad * channels) / 127.5 - 1, dtype="float32")


class Sum(Predictor):
    """Weights (outputs, features) and a constant for each output. `loudness` (features,) multiplies each feature."""

    def __init__(self, read: tuple[Source, ...], arrays: dict[str, np.ndarray]) -> None:
        self.read = read
        self.loudness, self.weights, self.constant = arrays["loudness"], arrays["weights"], arrays["constant"]

    def predict(self, encoded: Encoded) -> np.ndarray:
        """Scores (rows, outputs): log-odds, logits or standardised values."""
        blocks = _blocks(np.arange(rows_of(encoded)))
        return np.concatenate([self.of(_features(self.read, take(encoded, block), self.loudness)) for block in blocks])

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


def _blocks(rows: np.ndarray) -> list[np.ndarray]:
    """Places of rows, a few at a time; one block at least."""
    return [rows[at : at + ROWS_AT_ONCE] for at in range(0, max(1, len(rows)), ROWS_AT_ONCE)]


def _features(read: Sequence[Source], encoded: Encoded, loudness: np.ndarray) -> Any:
    """(rows, features), dense when there are only pixels; the words of each text are brought to length 1 together."""
    from scipy import sparse
    from sklearn.preprocessing import normalize

    blocks, start = [], 0
    for source in read:
        block = source.features(encoded[source.kind])
        louder = loudness[start : start + block.shape[1]]
        words = source.kind == "text"
        blocks.append(normalize(block @ sparse.diags(louder)) if words else block * louder)
        start += block.shape[1]
    if any(source.kind == "text" for source in read):
        return sparse.hstack(blocks, format="csr", dtype="float32")
    return np.hstack(blocks)


def _all_features(read: Sequence[Source], encoded: Encoded, loudness: np.ndarray, rows: np.ndarray) -> Any:
    """The same of many rows, block by block: they lie on the disk, and may be far more bytes there."""
    from scipy import sparse

    blocks = [_features(read, take(encoded, block), loudness) for block in _blocks(rows)]
    return np.concatenate(blocks) if isinstance(blocks[0], np.ndarray) else sparse.vstack(blocks, format="csr")


def _loudness(read: Sequence[Source], encoded: Encoded, rows: np.ndarray) -> np.ndarray:
    """Of words by how few texts hold them (inverse document frequency), of pixels by how much they vary."""
    found = []
    for source in read:
        sums: Any = 0.0
        squares: Any = 0.0
        for block in _blocks(rows):
            features = source.features(encoded[source.kind][block])
            sums = sums + np.asarray(features.sum(axis=0, dtype="float64")).ravel()
            if source.kind == "image":
                squares = squares + np.square(features).sum(axis=0, dtype="float64")
        if source.kind == "text":
            found.append(1 + np.log((1 + len(rows)) / (1 + sums)))
        else:
            deviation = np.sqrt(np.maximum(squares / len(rows) - np.square(sums / len(rows)), 0))
            found.append(1 / np.maximum(deviation, 1e-2) / math.sqrt(len(deviation)))
    return np.concatenate(found).astype("float32")


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
        read = sources(task.inputs)
        rows = self._rows(task, read)
        loudness = _loudness(read, task.training.encoded(), rows[0])
        features, held = (
            _all_features(read, fed.encoded(), loudness, places)
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
            sums = np.atleast_2d(model.coef_).astype("float32")
            arrays = {"loudness": loudness, "weights": sums, "constant": np.atleast_1d(model.intercept_)}
            found = Sum(read, arrays)
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
