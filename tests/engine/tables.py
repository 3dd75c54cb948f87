"""Small made-up tables with every kind of column, and what the engine needs to learn from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from engine.fitting import Fitting
from engine.preparing import RunData
from engine.recipe import Answer, Effort, Input, Recipe
from engine.table.columns import ROW, Column, Kind, Schema

COLUMNS: dict[str, Kind] = {
    "size": "number",
    "town": "category",
    "garden": "boolean",
    "sold": "datetime",
    "about": "text",
}
ROOMS = ("bright kitchen", "quiet street", "新厨房，阳光很好", "a cellar, dry!", "old windows")
TARGETS: dict[Answer, tuple[str, Kind]] = {
    "binary": ("cheap", "boolean"),
    "multiclass": ("band", "category"),
    "labels": ("suits", "category"),
    "number": ("price", "number"),
}


def houses(rows: int = 600, seed: int = 0) -> pd.DataFrame:
    """Prices that follow from size, town, garden and, less, what is said; with gaps in every input column."""
    random = np.random.default_rng(seed)
    size = random.gamma(4.0, 30.0, rows)
    town = random.choice(["上海", "Köln", "=cmd()", "<b>Rom</b>"], rows)
    garden = random.choice(["no", "yes"], rows)
    sold = np.datetime64("2020-01-01") + random.integers(0, 1500, rows).astype("timedelta64[D]")
    price = 1000 + 20 * size + 900 * (town == "上海") + 500 * (garden == "yes") + random.normal(0, 100, rows)
    frame = pd.DataFrame({"size": size, "town": town, "garden": garden, "sold": sold.astype("datetime64[us]")})
    rooms = random.integers(0, len(ROOMS), (rows, 2))
    frame["about"] = [f"House, {ROOMS[a]}, {ROOMS[b]}" for a, b in rooms]
    price = price + 300 * (rooms == 2).any(axis=1)
    for column in frame:
        frame.loc[random.random(rows) < 0.05, column] = None
    frame["price"] = price
    frame["cheap"] = np.where(price < np.median(price), "yes", "no")
    frame["band"] = np.array(["low", "middle", "high"])[np.digitize(price, np.quantile(price, [0.33, 0.66]))]
    suits = {"big families": size > 130, "老人": town == "上海", "dogs": garden == "yes"}
    frame["suits"] = ["; ".join(name for name, fits in suits.items() if fits[i]) or "[]" for i in range(rows)]
    words = ("town", "garden", "about", "cheap", "band", "suits")
    return frame.astype(dict.fromkeys(words, "str")).rename_axis(ROW)


def recipe(answer: Answer, **changes: object) -> Recipe:
    """Everything at its default but for two epochs."""
    usual: dict[str, object] = {
        "target": TARGETS[answer][0],
        "answer": answer,
        "inputs": tuple(Input(name=name, kind=kind) for name, kind in COLUMNS.items()),
        "fitting": Fitting(epochs=2),
        "effort": Effort(name="own", seconds=120),
    }
    return Recipe.model_validate(usual | changes)


def run_data(folder: Path, frame: pd.DataFrame) -> RunData:
    """The frame as a version on disk, 60 % training, 20 % validation, 20 % test."""
    table = folder / "table.parquet"
    if not table.exists():
        frame.reset_index().to_parquet(table, index=False)
    kinds = COLUMNS | dict(TARGETS.values())
    schema = Schema(columns=tuple(Column(name=name, kind=kinds[name], read_as=kinds[name]) for name in frame))
    parts = np.array(["train", "train", "train", "validation", "test"])[np.arange(len(frame)) % 5]
    return RunData(table=table, schema=schema, parts=pd.Series(parts, index=frame.index), cache=folder / "cache")
