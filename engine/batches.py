"""Rows as Keras's `fit` takes them, batch by batch in their order. Import it only where Keras may be imported."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from engine.encoding import Encoded

AHEAD = 2  # batches that are cut while another is learned from


def batches(inputs: Encoded, truth: np.ndarray, weights: np.ndarray | None, rows: int) -> dict[str, Any]:
    """Arguments of `fit` for one time through `inputs`, `rows` at a time; the last batch may be smaller.

    TensorFlow gets a dataset that does not tune itself. One that does, such as Keras makes of arrays, has a thread
    which looks every 10, 20, 40 … ms; when the dataset ends, it often misses being told so, and `fit` waits for its
    next look: 6.4 s of learning took 10.3 s.
    """
    if keras.backend.backend() != "tensorflow":
        return {"x": inputs, "y": truth, "sample_weight": weights, "batch_size": rows, "shuffle": False}
    import tensorflow as tf

    given = (inputs, truth) if weights is None else (inputs, truth, weights)
    arrays = tf.nest.map_structure(tf.convert_to_tensor, given)

    def batch(number: Any) -> Any:
        return tf.nest.map_structure(lambda array: array[number * rows : (number + 1) * rows], arrays)

    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    numbers = tf.data.Dataset.range(-(-len(truth) // rows))
    return {"x": numbers.map(batch).prefetch(AHEAD).with_options(options)}
