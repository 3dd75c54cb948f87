"""Lets texts into a network."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("loam")
class Bag(keras.layers.Layer):
    """Codes that a text holds, in any order, to the weighted sum of their learned numbers.

    (batch, length) int32 → (batch, width). Each code weighs `rarity` (codes,), which is not learned, and a text's
    weights are brought to length 1. Code 0 fills up. Always in float32: the numbers of single codes are small.
    """

    def __init__(self, codes: int, width: int, **kwargs: Any) -> None:
        super().__init__(dtype="float32", **{k: v for k, v in kwargs.items() if k != "dtype"})
        self.codes = codes
        self.width = width

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Makes the table and the weights."""
        self.table = self.add_weight((self.codes, self.width), "zeros", name="table")
        self.rarity = self.add_weight((self.codes,), "ones", trainable=False, name="rarity")
        self.built = True

    def call(self, codes: Any) -> Any:
        """Shapes as the class says."""
        weights = ops.where(codes > 0, ops.take(self.rarity, codes, axis=0), 0.0)
        weights = weights * ops.rsqrt(ops.sum(ops.square(weights), axis=1, keepdims=True) + 1e-9)
        return ops.einsum("bl,blw->bw", weights, ops.take(self.table, codes, axis=0))

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {**super().get_config(), "codes": self.codes, "width": self.width}


@keras.saving.register_keras_serializable("loam")
class Positions(keras.layers.Layer):
    """Adds learned numbers for each place of a sequence (batch, length, width), and for nothing else."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Makes the table."""
        self.table = self.add_weight(shape[1:], keras.initializers.RandomNormal(0.0, 0.02), name="table")
        self.built = True

    def call(self, sequence: Any) -> Any:
        """Shapes as the class says."""
        return sequence + ops.cast(self.table, sequence.dtype)


@keras.saving.register_keras_serializable("loam")
class AttentionMask(keras.layers.Layer):
    """Which places may be looked at: codes (batch, length) → (batch, 1, length) bool.

    The first place always may, so that a text without a single piece has somewhere to look.
    """

    def call(self, codes: Any) -> Any:
        """Shapes as the class says."""
        there = codes > 0
        return ops.concatenate([ops.ones_like(there[:, :1]), there[:, 1:]], axis=1)[:, None, :]


@keras.saving.register_keras_serializable("loam")
class Blank(keras.layers.Layer):
    """Makes a sequence (batch, length, width) zero where codes (batch, length) are 0: what fills up."""

    def call(self, sequence: Any, codes: Any) -> Any:
        """Shapes as the class says."""
        return sequence * ops.cast(codes > 0, sequence.dtype)[:, :, None]


@keras.saving.register_keras_serializable("loam")
class MaskedMean(keras.layers.Layer):
    """The mean over the places of a sequence that are there: (batch, length, width), (batch, length) → (batch, width).

    The second input holds codes; code 0 fills up.
    """

    def call(self, sequence: Any, codes: Any) -> Any:
        """Shapes as the class says."""
        there = ops.cast(codes > 0, sequence.dtype)[:, :, None]
        return ops.sum(sequence * there, axis=1) / ops.maximum(ops.sum(there, axis=1), 1)
