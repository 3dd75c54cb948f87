"""Rows as `fit` takes them."""

from __future__ import annotations

import keras
import numpy as np

from engine.batches import batches


def test_all_rows_are_learned_from_once_in_their_order_the_last_batch_too() -> None:
    seen: list[np.ndarray] = []

    class Watched(keras.Model):
        def call(self, inputs: dict[str, keras.KerasTensor]) -> keras.KerasTensor:
            seen.append(np.asarray(inputs["number"]).ravel())
            return inputs["number"]

    network = Watched()
    network.compile(loss="mse", run_eagerly=True)
    rows = np.arange(10, dtype="float32").reshape(-1, 1)
    weights = np.linspace(0, 2, 10, dtype="float32")
    history = network.fit(**batches({"number": rows}, rows + 1, weights, 4), verbose=0)
    assert [part.tolist() for part in seen] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    np.testing.assert_allclose(history.history["loss"][0], weights.mean(), rtol=1e-5)
