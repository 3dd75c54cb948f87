"""Tiny made-up pictures: a bright bar that lies or stands, in files as a data set keeps them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from engine.fitting import Fitting
from engine.preparing import RunData
from engine.recipe import Effort, Input, Recipe
from engine.table.columns import ROW, Column, Kind, Schema

CLASSES = ("lies", "stands")
COLUMNS: dict[str, Kind] = {"picture": "image", "weight": "number", "what": "category"}


def bar(stands: bool, random: np.random.Generator, size: int = 12, channels: int = 1) -> np.ndarray:
    """(size, size, channels) uint8: noise with a bright bar three pixels wide."""
    pixels = random.integers(0, 60, (size, size, channels), dtype=np.uint8)
    at = random.integers(1, size - 3)
    if stands:
        pixels[:, at : at + 3] = 230
    else:
        pixels[at : at + 3] = 230
    return pixels


def bars(folder: Path, rows: int = 60, channels: int = 1) -> pd.DataFrame:
    """Pictures kept under `folder`, and the rows that refer to them; every thirteenth row has none."""
    random = np.random.default_rng(0)
    kept: list[str | None] = []
    for row in range(rows):
        pixels = bar(row % 2 == 1, random, channels=channels)
        name = f"{row % 4:02x}/{row:032x}.png"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.squeeze()).save(folder / name)
        kept.append(None if row % 13 == 12 else name)
    frame = pd.DataFrame({"picture": pd.Series(kept, dtype="str"), "weight": random.normal(size=rows)})
    frame["what"] = pd.Series([CLASSES[row % 2] for row in range(rows)], dtype="str")
    return frame.rename_axis(ROW)


def recipe(*columns: str, **changes: object) -> Recipe:
    """What lies or stands, from these columns, in two epochs."""
    usual: dict[str, object] = {
        "target": "what",
        "answer": "binary",
        "inputs": tuple(Input(name=name, kind=COLUMNS[name]) for name in columns or ("picture",)),
        "fitting": Fitting(epochs=2),
        "effort": Effort(name="own", seconds=120),
    }
    return Recipe.model_validate(usual | changes)


def run_data(folder: Path, rows: int = 60, channels: int = 1) -> RunData:
    """A version on disk with its pictures, 60 % training, 20 % validation, 20 % test."""
    frame = bars(folder / "pictures", rows, channels)
    frame.reset_index().to_parquet(folder / "table.parquet", index=False)
    schema = Schema(columns=tuple(Column(name=name, kind=kind, read_as=kind) for name, kind in COLUMNS.items()))
    parts = np.array(["train", "train", "train", "validation", "test"])[np.arange(rows) // 2 % 5]
    return RunData(
        table=folder / "table.parquet",
        schema=schema,
        parts=pd.Series(parts, index=frame.index),
        cache=folder / "cache",
        pictures=folder / "pictures",
    )
