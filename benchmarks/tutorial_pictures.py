"""The script that a tutorial would teach for pictures: Keras's example for MNIST, with a dense layer of 128.

Run as a process of its own: `python benchmarks/tutorial_pictures.py plan.json`. It imports nothing of Loam; the plan
names the files, the split and the sizes, so that both do the same work. Prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
from PIL import Image


def build(shape: tuple[int, ...], classes: int, plan: dict) -> keras.Model:
    """Convolution, pooling, convolution, pooling, dense, one score a class."""
    model = keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(classes),
        ]
    )
    model.compile(
        keras.optimizers.Adam(plan["learning_rate"]),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def main(plan_file: str) -> None:
    """Reads, scales, fits, scores."""
    plan = json.loads(Path(plan_file).read_text())
    keras.utils.set_random_seed(0)
    with np.load(plan["arrays"]) as arrays:
        files, truth, parts = arrays["files"], arrays["truth"], arrays["parts"]
    began = time.perf_counter()
    pictures = np.stack([np.asarray(Image.open(file)) for file in files])[..., None]
    read_seconds = time.perf_counter() - began
    scaled = pictures.astype("float32") / 255
    fitting, steering, testing = (parts == name for name in ("train", "validation", "test"))
    began = time.perf_counter()
    model = build(scaled.shape[1:], int(truth.max()) + 1, plan)
    with tempfile.TemporaryDirectory() as folder:
        best = f"{folder}/best.keras"
        model.fit(
            scaled[fitting],
            truth[fitting],
            batch_size=plan["batch_size"],
            epochs=plan["epochs"],
            validation_data=(scaled[steering], truth[steering]),
            callbacks=[keras.callbacks.ModelCheckpoint(best, save_best_only=True)],
            verbose=0,
        )
        model = keras.models.load_model(best)
    fit_seconds = time.perf_counter() - began
    right = model.predict(scaled[testing], verbose=0).argmax(axis=1) == truth[testing]
    print(json.dumps({"fit": fit_seconds, "read": read_seconds, "right": float(right.mean())}))


if __name__ == "__main__":
    main(sys.argv[1])
