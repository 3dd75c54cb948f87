"""Lets amounts into a network."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("loam")
class NumberEncoder(keras.layers.Layer):
    """Amounts with gaps to features without: NaN becomes 0, and columns that had gaps in training get a flag.

    (batch, columns) → (batch, columns + flags), or with `waves` > 0 (batch, columns × WIDTH + flags): each amount is
    also shown as `waves` cosines of learned frequency, mixed to WIDTH − 1 numbers of its own. Networks find it hard to
    bend sharply along one input; waves make it easy (PLR, Gorishniy et al. 2022; with phases as in RealMLP, 2024).
    Always computed in float32: scaled amounts lose their meaning in half precision.
    """

    WIDTH = 4

    def __init__(self, missing: list[int], waves: int = 0, **kwargs: Any) -> None:
        super().__init__(dtype="float32", **{k: v for k, v in kwargs.items() if k != "dtype"})
        self.missing = list(missing)
        self.waves = waves

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Makes the waves' weights."""
        columns = shape[-1]
        if self.waves:
            mixed = self.WIDTH - 1
            self.frequency = self.add_weight(
                (columns, self.waves), keras.initializers.RandomNormal(0.0, 0.1), name="frequency"
            )
            self.phase = self.add_weight(
                (columns, self.waves), keras.initializers.RandomUniform(-math.pi, math.pi), name="phase"
            )
            self.mix = self.add_weight(
                (columns, self.waves, mixed),
                keras.initializers.RandomNormal(0.0, 1 / math.sqrt(self.waves)),
                name="mix",
            )
            self.shift = self.add_weight((columns, mixed), "zeros", name="shift")
        self.built = True

    def call(self, amounts: Any) -> Any:
        """Shapes as the class says."""
        gaps = ops.isnan(amounts)
        filled = ops.where(gaps, ops.zeros_like(amounts), amounts)
        parts = [filled]
        if self.waves:
            wave = ops.cos(2 * math.pi * filled[:, :, None] * self.frequency + self.phase)
            mixed = ops.einsum("bcw,cwm->bcm", wave, self.mix) + self.shift
            parts.append(ops.reshape(mixed, (-1, mixed.shape[1] * mixed.shape[2])))
        if self.missing:
            parts.append(ops.cast(ops.take(gaps, self.missing, axis=1), "float32"))
        return ops.concatenate(parts, axis=-1) if len(parts) > 1 else filled

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the layer."""
        return {**super().get_config(), "missing": self.missing, "waves": self.waves}
