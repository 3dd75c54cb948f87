"""Losses for classes, given logits and the class index of each row."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("loam")
class ClassLoss(keras.losses.Loss):
    """Cross-entropy or focal loss of logits, one column (log-odds of the second class) or one a class.

    Focal loss: Lin et al. 2017, with γ = 2. Label smoothing: Szegedy et al. 2016.
    """

    def __init__(self, outputs: int, focal: bool, label_smoothing: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outputs = outputs
        self.focal = focal
        self.label_smoothing = label_smoothing

    def call(self, truth: Any, logits: Any) -> Any:
        """(rows, 1) class indices and (rows, outputs) logits → (rows,) losses."""
        logits = ops.cast(logits, "float32")
        if self.outputs == 1:
            logits = ops.concatenate([ops.zeros_like(logits), logits], axis=-1)
        classes = logits.shape[-1]
        wanted = ops.one_hot(ops.cast(ops.reshape(truth, (-1,)), "int32"), classes)
        logs = ops.log_softmax(logits, axis=-1)
        weight = (1 - ops.exp(logs)) ** 2 if self.focal else 1.0
        smooth = wanted * (1 - self.label_smoothing) + self.label_smoothing / classes
        return -ops.sum(smooth * weight * logs, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the loss."""
        return {
            **super().get_config(),
            "outputs": self.outputs,
            "focal": self.focal,
            "label_smoothing": self.label_smoothing,
        }


@keras.saving.register_keras_serializable("loam")
class MixedLoss(keras.losses.Loss):
    """The loss of mixed rows: of both answers, in proportion. Given as `engine.mixing.mixed` makes them."""

    def __init__(self, inner: keras.losses.Loss, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, truth: Any, scores: Any) -> Any:
        """(rows,) losses."""
        width = (truth.shape[-1] - 1) // 2
        own, other = (self.inner.call(truth[:, k * width : (k + 1) * width], scores) for k in (0, 1))
        share = ops.cast(truth[:, -1], own.dtype)
        return share * own + (1 - share) * other

    def get_config(self) -> dict[str, Any]:
        """What rebuilds the loss."""
        return {**super().get_config(), "inner": keras.saving.serialize_keras_object(self.inner)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> MixedLoss:
        """The loss again."""
        return cls(**{**config, "inner": keras.saving.deserialize_keras_object(config["inner"])})


def class_loss(outputs: int, *, focal: bool, label_smoothing: float) -> keras.losses.Loss:
    """Keras's own cross-entropy where it serves (it is the quickest), ours for the rest."""
    if focal or (label_smoothing and outputs > 1):
        return ClassLoss(outputs, focal, label_smoothing)
    if outputs == 1:
        return keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=label_smoothing)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
