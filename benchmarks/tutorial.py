"""The script that a tutorial would teach: pandas, Keras layers, fit with a checkpoint of the best epoch, a test score.

Run as a process of its own: `python benchmarks/tutorial.py plan.json`. It imports nothing of Loam; the plan names the
columns, the split and the sizes of the network, so that both do the same work. Prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
import pandas as pd


def encode(frame: pd.DataFrame, numbers: list[str], words: list[str], fitting: pd.DataFrame) -> list[np.ndarray]:
    """Scaled numbers as one array, and an array of codes for each column of words: 0 is unknown."""
    scaled = (frame[numbers] - fitting[numbers].mean()) / fitting[numbers].std()
    arrays = [scaled.fillna(0).to_numpy("float32")]
    for name in words:
        codes = {word: i + 1 for i, word in enumerate(sorted(fitting[name].dropna().unique()))}
        arrays.append(frame[name].map(codes).fillna(0).to_numpy("int32"))
    return arrays


def build(numbers: int, sizes: list[int], plan: dict) -> keras.Model:
    """Embeddings beside the numbers, then dense layers with dropout, then the log-odds."""
    inputs = [keras.Input((numbers,))]
    features = [inputs[0]]
    for size in sizes:
        code = keras.Input((), dtype="int32")
        inputs.append(code)
        features.append(keras.layers.Embedding(size, plan["category_width"])(code))
    x = keras.layers.Concatenate()(features)
    for width in plan["widths"]:
        x = keras.layers.Dense(width, activation=plan["activation"])(x)
        x = keras.layers.Dropout(plan["dropout"])(x)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile(
        keras.optimizers.AdamW(plan["learning_rate"], weight_decay=plan["weight_decay"]),
        keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    return model


def area_under_curve(truth: np.ndarray, scores: np.ndarray) -> float:
    """AUC by ranks (Mann and Whitney)."""
    ranks, ones = pd.Series(scores).rank().to_numpy(), truth.sum()
    return float((ranks[truth == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(truth) - ones)))


def main(plan_file: str) -> None:
    """Reads, encodes, fits, scores."""
    plan = json.loads(Path(plan_file).read_text())
    keras.utils.set_random_seed(0)
    frame = pd.read_parquet(plan["table"]).set_index("__row__")
    parts = pd.read_parquet(plan["parts"])["part"].reindex(frame.index)
    fitting, steering, testing = (frame[parts == part] for part in ("train", "validation", "test"))
    numbers, words, target = plan["numbers"], plan["words"], plan["target"]
    truth = [(part[target] == plan["positive"]).to_numpy("float32") for part in (fitting, steering, testing)]
    x, held, asked = (encode(part, numbers, words, fitting) for part in (fitting, steering, testing))
    sizes = [int(max(c.max() for c in codes)) + 1 for codes in zip(x[1:], held[1:], asked[1:], strict=True)]
    began = time.perf_counter()
    model = build(len(numbers), sizes, plan)
    with tempfile.TemporaryDirectory() as folder:
        best = f"{folder}/best.keras"
        model.fit(
            x,
            truth[0],
            batch_size=plan["batch_size"],
            epochs=plan["epochs"],
            validation_data=(held, truth[1]),
            callbacks=[keras.callbacks.ModelCheckpoint(best, save_best_only=True)],
            verbose=0,
        )
        model = keras.models.load_model(best)
    fit_seconds = time.perf_counter() - began
    score = area_under_curve(truth[2], model.predict(asked, verbose=0)[:, 0])
    print(json.dumps({"fit": fit_seconds, "AUC": score, "parameters": model.count_params()}))


if __name__ == "__main__":
    main(sys.argv[1])
