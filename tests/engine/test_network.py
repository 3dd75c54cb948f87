"""What a network costs to ask, from its layers alone, and what it answers. Fits none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.encoders import Transformer
from engine.inputs.text import Text

LONG = pd.Series(["the tea is good " * 256] * 2)


def test_what_pieces_of_long_texts_look_at_counts() -> None:
    import keras

    from engine.network import NetworkPredictor, work_of

    encoder = Transformer(length=1024, width=64, heads=4, blocks=1)
    column = Text.fit("note", LONG, encoder.reading)
    tokens = keras.Input((column.length,), dtype="int32")
    network = keras.Model(tokens, encoder.features(tokens, column))
    scores = 4 * 1024 * 1024  # of a row, each of four bytes
    assert NetworkPredictor(network).at_once * scores * 4 <= 256 << 20
    assert work_of(network) > 2 * 1024 * 1024 * 64


def test_network_answers_from_the_weights_that_it_has_now() -> None:
    import keras

    from engine.network import NetworkPredictor

    taken = keras.Input((2,), name="number")
    network = keras.Model({"number": taken}, keras.layers.Dense(1, use_bias=False)(taken))
    predictor = NetworkPredictor(network)
    for weights in ([[1.0], [2.0]], [[3.0], [4.0]]):
        network.set_weights([np.array(weights)])
        for rows in (np.array([[1, 1]], "float32"), np.array([[1, 0], [0, 1], [2, 2]], "float32")):
            np.testing.assert_allclose(predictor.predict({"number": rows}), rows @ np.array(weights))
