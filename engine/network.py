"""Builds, saves and asks a Keras network. Import it only where Keras may be imported."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

import engine.layers.categories  # registers the layers that a saved network names
import engine.layers.losses
import engine.layers.numbers
import engine.layers.texts  # noqa: F401
from engine.encoders import Encoder
from engine.encoding import Encoded, by_kind, rows_of, take
from engine.errors import BundleError
from engine.inputs import INPUTS, InputColumn
from engine.models._base import Predictor
from engine.models._network import NetworkFamily

ROWS_AT_ONCE = 8192


def build_network(
    family: NetworkFamily,
    encoders: Mapping[str, Encoder],
    inputs: Sequence[InputColumn],
    outputs: int,
    start: np.ndarray,
) -> keras.Model:
    """Encoders → trunk → head; `start` (outputs,) are the scores that the untrained head leans to."""
    entrances, features = {}, []
    for kind, group in by_kind(inputs).items():
        width = sum(c.width for c in group)
        entrances[kind] = keras.Input((width,), name=kind, dtype=INPUTS[kind].dtype)
        features.append(INPUTS[kind].layers(group, encoders.get(kind, family))(entrances[kind]))
    joined = keras.layers.Concatenate()(features) if len(features) > 1 else features[0]
    head = keras.layers.Dense(outputs, dtype="float32", name="scores")
    network = keras.Model(entrances, head(family.trunk(joined)))
    head.bias.assign(start)
    return network


class NetworkPredictor(Predictor):
    """A trained network."""

    def __init__(self, network: keras.Model) -> None:
        self.network = network

    def predict(self, encoded: Encoded) -> np.ndarray:
        """Scores (rows, outputs) float32. Rows are filled up to a power of two: few shapes to compile."""
        total = rows_of(encoded)
        scores = [self._block(take(encoded, slice(at, at + ROWS_AT_ONCE))) for at in range(0, total, ROWS_AT_ONCE)]
        return np.concatenate(scores) if scores else np.zeros((0, self.network.output_shape[-1]), "float32")

    def _block(self, encoded: Encoded) -> np.ndarray:
        rows = rows_of(encoded)
        filled = 1 << (rows - 1).bit_length()
        padded = {k: np.concatenate([a, np.repeat(a[:1], filled - rows, axis=0)]) for k, a in encoded.items()}
        scores: Any = self.network.predict_on_batch(padded)
        return np.asarray(scores, dtype="float32")[:rows]

    def save(self, folder: Path) -> None:
        """Writes model.keras without the optimiser."""
        folder.mkdir(parents=True, exist_ok=True)
        self.network.save(folder / "model.keras", include_optimizer=False)

    @classmethod
    def load(cls, folder: Path) -> NetworkPredictor:
        """Raises BundleError when the file is not a network of ours."""
        try:
            return cls(keras.saving.load_model(folder / "model.keras", compile=False, safe_mode=True))
        except (OSError, ValueError, TypeError, json.JSONDecodeError) as error:
            raise BundleError("The saved network cannot be opened: {problem}", problem=str(error)[:500]) from error
