"""Lets codes of words into a network."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("loam")
class CategoryEncoder(keras.layers.Layer):
    """Codes of all category columns to features: (batch, columns) int32 → (batch, columns × width).

    One table of learned numbers holds the words of all columns, one after the other: a single lookup serves them all.
    `sizes` are the numbers of codes, a column each.
    """

    def __init__(self, sizes: list[int], width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sizes = list(sizes)
        self.width = width
        self.offsets = np.cumsum([0, *self.sizes[:-1]]).astype("int32")

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Makes the table."""
        self.table = self.add_weight(
            (sum(self.sizes), self.width), keras.initializers.RandomNormal(0.0, 0.1), name="table"
        )
        self.built = True

    def call(self, codes: Any) -> Any:
        """Shapes as the class says."""
        found = ops.take(self.table, ops.cast(codes, "int32") + self.offsets, axis=0)
        return ops.reshape(found, (-1, len(self.sizes) * self.width))

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {**super().get_config(), "sizes": self.sizes, "width": self.width}
