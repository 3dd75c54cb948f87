"""MixUp (Zhang et al. 2018): two pictures over each other, and both answers in proportion. Knows no Keras."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.encoders import Encoder, ImageEncoder
from engine.encoding import Encoded
from engine.inputs import InputColumn


def evenness(encoders: Mapping[str, Encoder], inputs: Sequence[InputColumn]) -> float:
    """The number that the recipe gives MixUp, 0 for none. Words and dates cannot be mixed: pictures alone can."""
    encoder = encoders.get("image")
    alone = all(column.kind == "image" for column in inputs)
    return encoder.augmentation.mixup if alone and isinstance(encoder, ImageEncoder) else 0.0


def mixed(
    inputs: Encoded, truth: np.ndarray, *, evenness: float, batch: int, random: np.random.Generator
) -> tuple[Encoded, np.ndarray]:
    """Rows each mixed with another of their batch, and what the loss needs: of `truth` (rows, …) the own, the other's,
    and the share of the own, side by side.
    """
    truth = truth.reshape(len(truth), -1)
    made = {kind: array.copy() for kind, array in inputs.items()}
    answers = np.empty((len(truth), 2 * truth.shape[1] + 1), dtype="float32")
    for start in range(0, len(truth), batch):
        rows = slice(start, start + batch)
        count = len(truth[rows])
        other, share = random.permutation(count), random.beta(evenness, evenness, count).astype("float32")
        for kind, array in inputs.items():
            own = array[rows] * share[:, None]
            made[kind][rows] = np.rint(own + array[rows][other] * (1 - share[:, None]))
        answers[rows] = np.concatenate([truth[rows], truth[rows][other], share[:, None]], axis=1)
    return made, answers
