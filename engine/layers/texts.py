"""Lets texts into a network."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

BUCKETS = 1 << 17
PRIME = 1_000_003


@keras.saving.register_keras_serializable("loam")
class BagOfNGrams(keras.layers.Layer):
    """The mean embedding of pieces and of runs of neighbours: (batch, length) int32 → (batch, width).

    Pieces have rows of their own; runs of 2…`neighbours` pieces share BUCKETS rows by a hash (fastText, Joulin et al.
    2016). Code 0 fills up and is left out.
    """

    def __init__(self, codes: int, neighbours: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.codes = codes
        self.neighbours = neighbours
        self.width = width

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Makes the table."""
        rows = self.codes + (BUCKETS if self.neighbours > 1 else 0)
        self.table = self.add_weight((rows, self.width), keras.initializers.RandomNormal(0.0, 0.1), name="table")
        self.built = True

    def call(self, tokens: Any) -> Any:
        """Shapes as the class says."""
        tokens = ops.cast(tokens, "int32")
        codes, there = [tokens], [tokens > 0]
        for run in range(2, self.neighbours + 1):
            length = tokens.shape[1] - run + 1
            hashed = tokens[:, :length]
            for at in range(1, run):
                hashed = (hashed * PRIME + tokens[:, at : at + length]) % BUCKETS
            codes.append(self.codes + hashed)
            there.append(tokens[:, run - 1 :] > 0)
        found = ops.take(self.table, ops.concatenate(codes, axis=1), axis=0)
        weights = ops.cast(ops.concatenate(there, axis=1), found.dtype)[:, :, None]
        return ops.sum(found * weights, axis=1) / ops.maximum(ops.sum(weights, axis=1), 1)

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {**super().get_config(), "codes": self.codes, "neighbours": self.neighbours, "width": self.width}
