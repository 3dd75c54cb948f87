"""Which rows train, validate and test: kept for the lineage, inherited by later versions. For jobs, not for pages.

Rows that accepted feedback taught have a membership of their own, whatever the way to split the others.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd
from filelock import FileLock

from engine.recipe import Recipe
from engine.table import accepted, splits
from engine.table.frames import read_frame
from services import keys
from services.house import House
from storage.queries import datasets
from storage.records import Version

ACCEPTED = "accepted"  # stands for the way to split rows that accepted feedback taught


def membership(home: House, version: Version, recipe: Recipe) -> pd.Series[Any]:
    """The part of each row of the version ("train", "validation", "test"), indexed by row id.

    Rows that an earlier version gave a part keep it; the whole membership is stored before it is returned, so that no
    later run can deal a test row to the training part. Rows that accepted feedback taught train, or have one of the
    parts of `engine.table.accepted`. Raises what `engine.table.splits.assign` raises.
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
        inherited, taught = (_inherited(home, version.dataset, each) for each in (spec_hash, ACCEPTED))
        sent = frame if taught is None else frame[~frame.index.isin(taught.index)]
        assigned = splits.assign(sent, recipe.target, recipe.split, recipe.answer, inherited)
        remembered = splits.remember(inherited, assigned)
        if inherited is None or len(remembered) > len(inherited):
            _remember(home, version, spec_hash, spec, remembered)
    if taught is None:
        return assigned
    known = frame.index[frame.index.isin(taught.index) & frame[recipe.target].notna()]
    return splits.remember(assigned, _taught_parts(home, version, recipe, taught.loc[known], assigned))


def accept(home: House, version: Version, rows: pd.DataFrame, before: pd.DataFrame) -> None:
    """Deals rows that accepted feedback taught, for the lineage and for ever; known ones keep their parts.

    Both frames hold the columns that are learned from, by row id; `before` is the version that the rows are added to.
    """
    with FileLock(home.settings.data / "splits.lock"):
        inherited = _inherited(home, version.dataset, ACCEPTED)
        remembered = splits.remember(inherited, accepted.deal(rows, before, inherited))
        if inherited is None or len(remembered) > len(inherited):
            _remember(home, version, ACCEPTED, {}, remembered)


def _taught_parts(
    home: House, version: Version, recipe: Recipe, parts: pd.Series[Any], assigned: pd.Series[Any]
) -> pd.Series[Any]:
    """The parts of taught rows; one that would train or steer and gives away a test row is left out."""
    path, tests = home.files.path(version.table_key or ""), assigned.index[assigned == "test"]
    told = accepted.keep_out(parts, *_of(read_frame(path, [each.name for each in recipe.inputs]), parts.index, tests))
    if recipe.split.method == "group" and recipe.split.column is not None:
        groups, tested = _of(read_frame(path, [recipe.split.column]).dropna(), parts.index, tests)
        of_tests = groups.index[groups.isin(set(tested.iloc[:, 0])).iloc[:, 0]]
        told = told.mask(told.index.isin(of_tests) & (told != accepted.HELD_BACK), accepted.LEFT_OUT)
    return told


def _of(frame: pd.DataFrame, *rows: pd.Index[Any]) -> list[pd.DataFrame]:
    return [frame.loc[frame.index.intersection(each)] for each in rows]


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
