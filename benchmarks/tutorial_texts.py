"""The script that a tutorial would teach for texts: TextVectorization, Embedding, LSTM, a checkpoint of the best epoch.

Run as a process of its own: `python benchmarks/tutorial_texts.py plan.json`. It imports nothing of Loam; the plan names
the column, the split and the sizes of the network, so that both do the same work. Prints one line of JSON.
As such scripts are, it is read from top to bottom: what it does like `tutorial.py` is written again.
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


def build(plan: dict) -> keras.Model:
    """Embedding, LSTM, the log-odds."""
    codes = keras.Input((plan["length"],), dtype="int32")
    x = keras.layers.Embedding(plan["known"], plan["width"], mask_zero=True)(codes)
    x = keras.layers.LSTM(plan["units"])(x)
    model = keras.Model(codes, keras.layers.Dense(1)(x))
    model.compile(
        keras.optimizers.Adam(plan["learning_rate"]),
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
    keras.utils.set_random_seed(plan["seed"])
    frame = pd.read_parquet(plan["table"]).set_index("__row__")
    parts = pd.read_parquet(plan["parts"])["part"].reindex(frame.index)
    fitting, steering, testing = (frame[parts == part] for part in ("train", "validation", "test"))
    truth = [(part[plan["target"]] == plan["positive"]).to_numpy("float32") for part in (fitting, steering, testing)]
    cut = keras.layers.TextVectorization(max_tokens=plan["known"], output_sequence_length=plan["length"])
    cut.adapt(fitting[plan["text"]].to_numpy(str))
    codes = [np.asarray(cut(part[plan["text"]].to_numpy(str))) for part in (fitting, steering, testing)]
    began = time.perf_counter()
    model = build(plan)
    with tempfile.TemporaryDirectory() as folder:
        best = f"{folder}/best.keras"
        model.fit(
            codes[0],
            truth[0],
            batch_size=plan["batch_size"],
            epochs=plan["epochs"],
            validation_data=(codes[1], truth[1]),
            callbacks=[keras.callbacks.ModelCheckpoint(best, save_best_only=True)],
            verbose=0,
        )
        model = keras.models.load_model(best)
    fit_seconds = time.perf_counter() - began
    score = area_under_curve(truth[2], model.predict(codes[2], verbose=0)[:, 0])
    print(json.dumps({"fit": fit_seconds, "AUC": score}))


if __name__ == "__main__":
    main(sys.argv[1])
