"""Builds, saves and asks a Keras network. Import it only where Keras may be imported."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
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

FEATURES = "features"  # the layer between the encoders and the trunk
ROWS_AT_ONCE = 8192
NUMBERS_AT_ONCE = 1 << 26  # of the largest layer's answers, or of what it attends to: 256 MB


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
    joined = keras.layers.Identity(name=FEATURES)(joined)
    head = keras.layers.Dense(outputs, dtype="float32", name="scores")
    network = keras.Model(entrances, head(family.trunk(joined)))
    head.bias.assign(start)
    return network


def work_of(network: keras.Model) -> int:
    """Multiplications to answer one row, roughly: each number of a kernel counts once for each place it is used at."""
    work = 0
    for layer in _layers(network):
        for kernel in (weight for weight in layer.weights if weight.name.endswith("kernel")):
            taken, given = _places(layer.input), _places(layer.output)
            work += int(np.prod(kernel.shape)) * (given if kernel.ndim > 2 else max(given, taken))
        if isinstance(layer, keras.layers.MultiHeadAttention):  # comparing places, and adding up what they say
            work += 2 * _attended(layer) * layer.key_dim
    return work


class NetworkPredictor(Predictor):
    """A trained network."""

    def __init__(self, network: keras.Model) -> None:
        self.network = network
        layers = _layers(network)
        largest = max(max(int(np.prod(layer.output.shape[1:])), _attended(layer)) for layer in layers)
        self.at_once = min(ROWS_AT_ONCE, 1 << (max(1, NUMBERS_AT_ONCE // largest).bit_length() - 1))
        self._compiled: dict[int, Callable[[Any], Any]] = {}  # by how many rows it answers

    def predict(self, encoded: Encoded) -> np.ndarray:
        """Scores (rows, outputs) float32. Rows are filled up to a power of two: few shapes to compile."""
        total = rows_of(encoded)
        scores = [self._block(take(encoded, slice(at, at + self.at_once))) for at in range(0, total, self.at_once)]
        return np.concatenate(scores) if scores else np.zeros((0, self.network.output_shape[-1]), "float32")

    def _block(self, encoded: Encoded) -> np.ndarray:
        rows = rows_of(encoded)
        filled = 1 << (rows - 1).bit_length()
        padded = {k: np.concatenate([a, np.repeat(a[:1], filled - rows, axis=0)]) for k, a in encoded.items()}
        return np.asarray(self._scores(padded), dtype="float32")[:rows]

    def _scores(self, encoded: Encoded) -> Any:
        """From the compiled function. TensorFlow finds it by the shapes of what is asked, which takes half as long as a
        small network does, so that it is found once.
        """
        if keras.backend.backend() != "tensorflow":
            return self.network.predict_on_batch(encoded)
        asked, rows = [(encoded,)], rows_of(encoded)
        if rows not in self._compiled:
            self.network.make_predict_function()
            self._compiled[rows] = self.network.predict_function.get_concrete_function(asked)
        return self._compiled[rows](asked)

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


def _layers(network: keras.Model) -> list[keras.Layer]:
    """The layers that hand one array on, as all of ours do; those of networks inside it, too."""
    inner = [within for layer in network.layers if isinstance(layer, keras.Model) for within in _layers(layer)]
    outer = [layer for layer in network.layers if not isinstance(layer, keras.Model)]
    return inner + [layer for layer in outer if isinstance(layer.output, keras.KerasTensor)]


def _attended(layer: keras.Layer) -> int:
    """How many numbers say how much places look at each other: heads × places². 0 for other layers."""
    if not isinstance(layer, keras.layers.MultiHeadAttention):
        return 0
    return int(layer.num_heads) * _places(layer.input) ** 2


def _places(taken: keras.KerasTensor | list[keras.KerasTensor]) -> int:
    """How many places of an array have features of their own: pixels of a picture, pieces of a text. Of several arrays
    the first counts.
    """
    tensor = taken if isinstance(taken, keras.KerasTensor) else taken[0]
    return int(np.prod(tensor.shape[1:-1]))
