"""What a weighted sum reads: words and pixels as features, and how loud each of them is. Knows no model.

Words: TF-IDF (Salton & Buckley 1988) of the codes that the encoder made, and of pairs of neighbours where these come in
order. Pictures: their pixels, brought to a small size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from engine.encoding import Encoded, places, take
from engine.inputs import InputColumn
from engine.inputs.image import Image
from engine.inputs.text import Text

BUCKETS = 1 << 16  # for pairs of neighbours, found by a hash
PRIME = 1_000_003
SIDE = 24  # pixels of a small picture
ROWS_AT_ONCE = 1024


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


def in_blocks(rows: np.ndarray) -> list[np.ndarray]:
    """Places of rows, a few at a time; one block at least."""
    return [rows[at : at + ROWS_AT_ONCE] for at in range(0, max(1, len(rows)), ROWS_AT_ONCE)]


def features_of(read: Sequence[Source], encoded: Encoded, loudness: np.ndarray) -> Any:
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


def all_features(read: Sequence[Source], encoded: Encoded, loudness: np.ndarray, rows: np.ndarray) -> Any:
    """The same of many rows, block by block: they lie on the disk, and may be far more bytes there."""
    from scipy import sparse

    blocks = [features_of(read, take(encoded, block), loudness) for block in in_blocks(rows)]
    return np.concatenate(blocks) if isinstance(blocks[0], np.ndarray) else sparse.vstack(blocks, format="csr")


def loudness_of(read: Sequence[Source], encoded: Encoded, rows: np.ndarray) -> np.ndarray:
    """(features,) float32: of words by how few texts hold them (inverse document frequency), of pixels by how much they
    vary.
    """
    found = []
    for source in read:
        sums: Any = 0.0
        squares: Any = 0.0
        for block in in_blocks(rows):
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
