"""Golden rows: some test rows in a bundle with the scores they got, so that an opened bundle can be tried.

They stand on their own: pictures are kept as the network sees them, and do not refer to the data set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from engine.encoding import Encoded, places, save_arrays
from engine.inputs import InputColumn
from engine.inputs.image import Image
from engine.models import Predictor
from engine.table.columns import Schema
from engine.table.pictures import as_png

PICTURES = "golden"  # the folder of pictures


def save_golden(
    folder: Path,
    frame: pd.DataFrame,
    inputs: Sequence[InputColumn],
    encoded: Encoded,
    predictors: Mapping[str, Predictor],
) -> None:
    """Writes the rows of `frame`, which are `encoded`, with each predictor's scores into a bundle's folder."""
    kept = frame.reset_index(drop=True)
    where = {place.name: place for place in places(inputs)}
    for column in inputs:
        if isinstance(column, Image):
            place = where[column.name]
            rows = encoded[place.kind][:, place.start : place.stop]
            kept[column.name] = [
                None if pd.isna(path) else _keep(column.picture(row), folder, f"{PICTURES}/{place.start}-{i}.png")
                for i, (path, row) in enumerate(zip(kept[column.name], rows, strict=True))
            ]
    kept.to_parquet(folder / "golden.parquet")
    save_arrays(folder / "golden.npz", {name: p.predict(encoded) for name, p in predictors.items()})


def golden_rows(folder: Path, schema: Schema) -> pd.DataFrame:
    """The golden rows of a bundle's folder, ready to be encoded."""
    frame = pd.read_parquet(folder / "golden.parquet")
    for column in schema.columns:
        if column.kind == "image" and column.name in frame:
            frame[column.name] = f"{folder.absolute()}/" + frame[column.name].astype("str")
    return frame


def _keep(pixels: np.ndarray, folder: Path, name: str) -> str:
    (folder / PICTURES).mkdir(exist_ok=True)
    (folder / name).write_bytes(as_png(pixels))
    return name
