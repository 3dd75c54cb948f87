"""Networks of keras.applications read the files of weights that the README says how to make, and see as Keras's do."""

from __future__ import annotations

import numpy as np
import pytest

from engine.backbones import BACKBONES, available, load


@pytest.mark.slow
@pytest.mark.parametrize("file", ["mobilenetv2.weights.h5", "mobilenetv2.keras"])
def test_weights_saved_by_keras_make_the_same_network(tmp_path, file):
    import keras

    known = keras.applications.MobileNetV2(include_top=False, weights=None, pooling="avg")
    save = known.save_weights if file.endswith(".h5") else known.save
    save(tmp_path / file)
    assert "mobilenetv2" in available(tmp_path)
    ours = BACKBONES["mobilenetv2"].build((64, 64, 3), "backbone")
    load(ours, "mobilenetv2", tmp_path)
    pixels = np.random.default_rng(0).random((2, 64, 64, 3), dtype="float32")
    seen = np.asarray(known(keras.applications.mobilenet_v2.preprocess_input(255 * pixels)))
    most = np.abs(seen).max()  # a network that has learned nothing says little
    assert most > 0
    np.testing.assert_allclose(ours(pixels), seen, atol=most / 1000)
