"""Which rows train, validate and test: kept for the lineage, inherited by later versions. For jobs, not for pages."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd
from filelock import FileLock

from engine.recipe import Recipe
from engine.table import splits
from engine.table.frames import read_frame
from services import keys
from services.house import House
from storage.queries import datasets
from storage.records import Version


def membership(home: House, version: Version, recipe: Recipe) -> pd.Series[Any]:
    """The part of each row of the version ("train", "validation", "test"), indexed by row id.

    Rows that an earlier version gave a part keep it; the whole membership is stored before it is returned, so that no
    later run can deal a test row to the training part. Raises what `engine.table.splits.assign` raises.
    """
    target = _first_name(version, recipe.target)
    spec = {"split": recipe.split.model_dump(mode="json", exclude={"column"}), "target": target}
    if recipe.split.column is not None:
        spec["column"] = _first_name(version, recipe.split.column)
    spec_hash = hashlib.sha256(repr(sorted(spec.items())).encode()).hexdigest()
    if version.table_key is None:
        raise ValueError(f"Version {version.id} has no table.")
    columns = dict.fromkeys(name for name in (recipe.target, recipe.split.column) if name is not None)
    frame = read_frame(home.files.path(version.table_key), list(columns))
    # Two runs that start together must not each deal the rows by themselves.
    with FileLock(home.settings.data / "splits.lock"):
        inherited = _inherited(home, version.dataset, spec_hash)
        assigned = splits.assign(frame, recipe.target, recipe.split, recipe.answer, inherited)
        remembered = splits.remember(inherited, assigned)
        if inherited is None or len(remembered) > len(inherited):
            _remember(home, version, spec_hash, spec, remembered)
    return assigned


def _first_name(version: Version, column: str) -> str:
    """What the column was called when its file came in: a new name or kind must not deal the rows anew."""
    for step in reversed(version.steps):
        if step["op"] == "rename" and step["to"] == column:
            column = step["column"]
    return column


def _inherited(home: House, dataset: int, spec_hash: str) -> pd.Series[Any] | None:
    with home.database.read() as session:
        known = datasets.split(session, dataset, spec_hash)
    if known is None:
        return None
    return pd.read_parquet(home.files.path(known.key))["part"]


def _remember(home: House, version: Version, spec_hash: str, spec: dict[str, Any], parts: pd.Series[Any]) -> None:
    key = keys.split(version.dataset, spec_hash)
    with home.files.new(key) as target:
        parts.to_frame("part").to_parquet(target)
    with home.database.write() as session:
        datasets.save_split(session, version, spec_hash, spec, key)
