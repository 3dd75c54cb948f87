"""From a version's table to encoded rows on disk. Knows no Keras.

What is prepared is kept in a folder named by what it follows from: a second run on the same columns begins at once.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from engine.bundle import Manifest
from engine.encoding import Encoded, Place, encode, places, row_bytes
from engine.errors import BadRecipe, OutOfResources
from engine.evaluation.rows import known
from engine.feeding import Fed, write_part
from engine.inputs import INPUTS, AnyInput, InputColumn
from engine.recipe import Recipe
from engine.table.columns import Schema
from engine.table.frames import read_frame
from engine.table.options import ReadOptions
from engine.table.pictures import located
from engine.table.splits import PARTS
from engine.table.steps import Step
from engine.targets import TARGETS, AnyTarget, Target

FORMAT = 8  # raise it when what is written changes
BLOCK_BYTES = 32 << 20  # that are encoded before they are written
HELD = "held"  # a file in each folder, locked by all who write or read there
_INPUTS: TypeAdapter[tuple[InputColumn, ...]] = TypeAdapter(tuple[AnyInput, ...])
_TARGET: TypeAdapter[AnyTarget] = TypeAdapter(AnyTarget)


@dataclass(frozen=True)
class RunData:
    """What a recipe is carried out on: a version's Parquet file, and what is known of it.

    `parts` gives "train", "validation" or "test" for each row id. `cache` is a folder for prepared rows that
    runs share; `pictures` is the data set's folder of pictures, which columns of pictures refer to; `weights` is the
    folder of what networks learned elsewhere. `start` is the bundle of a run of the same recipe, whose columns and
    weights this one begins with.
    """

    table: Path
    schema: Schema
    parts: pd.Series[Any]
    cache: Path
    options: ReadOptions | None = None
    steps: tuple[Step, ...] = ()
    pictures: Path | None = None
    weights: Path | None = None
    start: Path | None = None

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        """These columns of all rows, pictures as paths."""
        frame = read_frame(self.table, columns)
        return frame if self.pictures is None else located(frame, self.schema, self.pictures)


@dataclass(frozen=True)
class Prepared:
    """Fitted columns and target, and the three parts, encoded.

    The test part also has rows whose truth is unknown: missing, or a class that training rows lack. They are counted
    where the others are scored.
    """

    folder: Path
    inputs: tuple[InputColumn, ...]
    target: AnyTarget
    seed: int
    held: TextIO = field(repr=False, compare=False)  # while it is open, `prune` leaves the folder alone

    def part(self, name: str, *, balanced: bool = False) -> Fed:
        """One of PARTS."""
        return Fed(self.folder / name, self.seed, balanced)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where each column stands in the packed arrays."""
        return places(self.inputs)


def prepare(recipe: Recipe, data: RunData, report: Callable[[float], None] = lambda _: None) -> Prepared:
    """Fits the columns on training rows and encodes all parts, or opens what an earlier run prepared alike.

    `report` is told the fraction that is encoded, and may raise to give up. Raises BadRecipe when a column is missing
    or of a kind that cannot be learned from, BadTable when there is nothing to learn, OutOfResources when the disk is
    full.
    """
    _check(recipe, data.schema)
    folder = data.cache / _name(recipe, data)
    while (held := _hold(folder)) is None:
        _write(recipe, data, folder, report)
    os.utime(folder)  # the oldest unused ones are removed first
    fitted = json.loads((folder / "fitted.json").read_text("utf8"))
    inputs, target = _INPUTS.validate_python(fitted["inputs"]), _TARGET.validate_python(fitted["target"])
    return Prepared(folder, inputs, target, recipe.seed, held)


def prune(cache: Path, keep_bytes: int) -> None:
    """Removes the prepared folders that were not used for the longest time, until the rest is at most `keep_bytes`.

    They may lie anywhere under `cache`. Those that a run holds stay; halves that a killed run left go in any case.
    """
    for half in cache.rglob("*.part"):
        _remove(half)
    found = {file.parent.parent for file in cache.rglob("truth.npy")}
    folders = sorted(found, key=lambda f: f.stat().st_mtime, reverse=True)
    total = 0
    for folder in folders:
        total += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        if total > keep_bytes:
            _remove(folder)


def _hold(folder: Path) -> TextIO | None:
    """Keeps `prune` from the folder as long as the file is open, or the process lives. None when there is no folder."""
    try:
        held = (folder / HELD).open("a", encoding="utf8")
    except FileNotFoundError:
        return None
    fcntl.flock(held, fcntl.LOCK_SH)
    return held if folder.exists() else None  # it may have gone just before the lock


def _remove(folder: Path) -> None:
    """Unless someone holds it. It is a half first, so that nobody opens what is partly gone."""
    try:
        with (folder / HELD).open("a", encoding="utf8") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder.rename(_half_of(folder)), ignore_errors=True)
    except OSError:  # held, or gone meanwhile
        return


def _half_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name.partition('.')[0]}.{uuid.uuid4().hex[:8]}.part")


@contextmanager
def _half(folder: Path) -> Iterator[Path]:
    """A folder to write into: it becomes `folder` at the end, and goes if there is none. Raises OutOfResources."""
    half = _half_of(folder)
    half.mkdir(parents=True)
    held = _hold(half)
    try:
        yield half
        half.rename(folder)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            text = "The disk is full, so the rows could not be prepared. Make room and try again."
            raise OutOfResources(text) from error
        if not folder.exists():  # else another run prepared the same at the same time
            raise
    finally:
        if held is not None:
            held.close()
        shutil.rmtree(half, ignore_errors=True)


def _check(recipe: Recipe, schema: Schema) -> None:
    if not recipe.inputs:
        raise BadRecipe("No column is chosen to learn from. Choose at least one.")
    schema[recipe.target]
    for column in recipe.inputs:
        schema[column.name]
        if column.kind not in INPUTS:
            text = "“{column}” is of the kind “{kind}”, which cannot be learned from yet."
            raise BadRecipe(text, column=column.name, kind=column.kind)
        if column.name == recipe.target:
            raise BadRecipe("“{column}” is what to predict, and cannot be learned from as well.", column=column.name)


def _name(recipe: Recipe, data: RunData) -> str:
    stat = data.table.stat()
    parts = pd.util.hash_pandas_object(data.parts, index=True).to_numpy().sum(dtype="uint64")
    follows_from = [
        FORMAT, str(data.table), stat.st_size, stat.st_mtime_ns, int(parts),
        recipe.target, recipe.answer, [c.model_dump() for c in recipe.inputs],
        {kind: encoder.reading.model_dump() for kind, encoder in recipe.encoders.items()},
        str(data.start),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(follows_from).encode()).hexdigest()[:24]


def _write(recipe: Recipe, data: RunData, folder: Path, report: Callable[[float], None]) -> None:
    names = dict.fromkeys([c.name for c in recipe.inputs] + [recipe.target])
    frame = data.frame(list(names))
    parts = data.parts.reindex(frame.index)
    inputs, target = _fitted(recipe, frame[parts == "train"], data.start)
    fitted = {"inputs": _INPUTS.dump_python(inputs, mode="json"), "target": target.model_dump(mode="json")}
    encoder = _Encoder(inputs, len(frame), report)
    with _half(folder) as half:
        for i, part in enumerate(PARTS):
            rows = frame[parts == part]
            truth = target.encode(rows[recipe.target])
            if part != "test":
                there = known(truth)
                rows, truth = rows[there], truth[there]
            ids, at_once = rows.index.to_numpy(), max(1, BLOCK_BYTES // row_bytes(inputs))
            write_part(half / part, encoder.of(rows), truth, ids, seed=i, rows_at_once=at_once)
        (half / "fitted.json").write_text(json.dumps(fitted, ensure_ascii=False), "utf8")


def _fitted(recipe: Recipe, train: pd.DataFrame, start: Path | None) -> tuple[tuple[InputColumn, ...], Target]:
    """The columns and the target, fitted on training rows, or as they are in the bundle to begin with.

    Weights mean something only with the words and scales that they were learned with.
    """
    if start is not None:
        manifest = Manifest.model_validate_json((start / "manifest.json").read_bytes())
        return manifest.inputs, manifest.targets["model"]
    reading = {kind: encoder.reading for kind, encoder in recipe.encoders.items()}
    inputs = tuple(INPUTS[c.kind].fit(c.name, train[c.name], reading.get(c.kind)) for c in recipe.inputs)
    return inputs, TARGETS[recipe.answer].fit(recipe.target, train[recipe.target])


class _Encoder:
    """Encodes rows at places of a frame, and tells how many of all are encoded."""

    def __init__(self, inputs: Sequence[InputColumn], rows: int, report: Callable[[float], None]) -> None:
        self._inputs, self._rows, self._report = inputs, rows, report
        self._done = 0

    def of(self, frame: pd.DataFrame) -> Callable[[np.ndarray], Encoded]:
        """Places of `frame` to encoded rows."""

        def encoded(places: np.ndarray) -> Encoded:
            found = encode(self._inputs, frame.iloc[places])
            self._done += len(places)
            self._report(self._done / max(1, self._rows))
            return found

        return encoded
