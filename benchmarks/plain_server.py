"""The server that one would write by hand around a saved network: FastAPI, pandas and `model.predict`.

    BUNDLE=… uvicorn benchmarks.plain_server:app

It does what Loam does for the same bundle, but for keeping the answers. It borrows Loam's encoding of rows and
decoding of scores, so that the two differ in how they serve alone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import keras
import pandas as pd
from fastapi import Body, FastAPI

import engine.network  # noqa: F401 - the layers that the saved network names
from engine.bundle import Bundle

bundle = Bundle.open(Path(os.environ["BUNDLE"]))
network = keras.saving.load_model(bundle.folder / "model" / "model.keras", compile=False)
app = FastAPI()


@app.post("/predict")
def predict(asked: Annotated[dict[str, Any], Body()]) -> list[dict[str, Any]]:
    """The answers to some rows."""
    scores = network.predict(bundle.encode(pd.DataFrame(asked["rows"])), verbose=0)
    answers: list[dict[str, Any]] = bundle.target().decode(scores).frame().to_dict("records")
    return answers
