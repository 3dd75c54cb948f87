"""The pictures of a version as people look at them: by class, a page at a time, small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.augmentation import Augmentation
from engine.errors import BadTable
from engine.table.frames import read_frame
from engine.table.pictures import as_png, load, small
from services import access, columns, keys
from services.access import User
from services.house import house
from storage.records import Version

CLASSES = 10  # on a page
OF_A_CLASS = 8
PICTURES = 60  # on a page of one class
ORIGINALS, VARIATIONS = 2, 3  # pictures that are shown varied, and variations of each
GUISED = 96  # pixels of a side


@dataclass(frozen=True)
class Shelf:
    """Some pictures of one class; None is the class of the rows without one. `total` counts all of its pictures.

    `rows` are the ids of the rows that `pictures` stand in.
    """

    label: str | None
    total: int
    rows: tuple[int, ...]
    pictures: tuple[Path, ...]


@dataclass(frozen=True)
class Shelves:
    """A page of the gallery; `pages` counts them."""

    shelves: tuple[Shelf, ...]
    pages: int


@dataclass(frozen=True)
class Varied:
    """A picture as a PNG file: as it is, or changed as training might change it."""

    content: bytes
    original: bool


def labels(user: User, version_id: int, by: str) -> tuple[str, ...]:
    """The values of a column, the most frequent first."""
    access.require(user, "read", "version", version_id)
    counts = columns.values_of(columns.version_of(version_id), by)[by].value_counts()
    return tuple(map(str, counts.index))


def classes(user: User, version_id: int, picture: str, by: str | None, page: int = 0) -> Shelves:
    """A page of classes, the largest first, each with some of its pictures from all over the table."""
    access.require(user, "read", "version", version_id)
    version, frame = _read(version_id, picture, by)
    groups = _groups(frame, by)
    shown = groups[page * CLASSES : (page + 1) * CLASSES]
    shelves = tuple(
        _shelf(version, label, rows, _spread(len(rows), PICTURES if len(groups) == 1 else OF_A_CLASS))
        for label, rows in shown
    )
    return Shelves(shelves, max(1, -(-len(groups) // CLASSES)))


def one_class(user: User, version_id: int, picture: str, by: str, label: str | None, page: int = 0) -> Shelves:
    """A page of the pictures of one class, in the order of the table."""
    access.require(user, "read", "version", version_id)
    version, frame = _read(version_id, picture, by)
    rows = dict(_groups(frame, by)).get(label, frame.iloc[:0][picture])
    shown = np.arange(page * PICTURES, min((page + 1) * PICTURES, len(rows)))
    return Shelves((_shelf(version, label, rows, shown),), max(1, -(-len(rows) // PICTURES)))


def small_pictures(user: User, version_id: int, references: Sequence[str]) -> dict[str, bytes]:
    """Small pictures by their references; those that are not there are left out."""
    access.require(user, "read", "version", version_id)
    folder = _folder(columns.version_of(version_id))
    paths = {reference: small(folder, reference) for reference in references}
    return {reference: path.read_bytes() for reference, path in paths.items() if path.exists()}


def varied(user: User, version_id: int, picture: str, augmentation: Augmentation) -> tuple[Varied, ...]:
    """Some pictures of a column, each followed by variations in which training would meet it."""
    access.require(user, "read", "version", version_id)
    version, frame = _read(version_id, picture, None)
    folder, chosen = _folder(version), frame[picture].iloc[_spread(len(frame), ORIGINALS)]
    shown = [load(small(folder, reference), (GUISED, GUISED), 3) for reference in chosen]
    found: list[Varied] = []
    for at, pixels in enumerate(shown):
        made = augmentation.examples(pixels, VARIATIONS, other=shown[at - 1], seed=at)
        found += [Varied(as_png(pixels), original=True), *(Varied(as_png(each), original=False) for each in made)]
    return tuple(found)


def _read(version_id: int, picture: str, by: str | None) -> tuple[Version, pd.DataFrame]:
    version = columns.version_of(version_id)
    if columns.schema_of(version)[picture].kind != "image":
        raise BadTable("“{column}” holds no pictures.", column=picture)
    frame = read_frame(columns.table_of(version), [picture, *([by] if by else [])])
    return version, frame[frame[picture].notna()]


def _groups(frame: pd.DataFrame, by: str | None) -> list[tuple[str | None, pd.Series[Any]]]:
    """The pictures of each class, indexed by row id; the largest class first, rows without one last."""
    pictures = frame.iloc[:, 0]
    if by is None:
        return [(None, pictures)]
    order = frame[by].value_counts().index
    found: list[tuple[str | None, pd.Series[Any]]] = [(label, pictures[frame[by] == label]) for label in order]
    rest = pictures[frame[by].isna()]
    return [*found, (None, rest)] if len(rest) else found


def _spread(total: int, most: int) -> np.ndarray:
    """Places all over the rows."""
    return np.unique(np.linspace(0, total - 1, min(total, most)).round().astype(int)) if total else np.arange(0)


def _shelf(version: Version, label: str | None, rows: pd.Series[Any], places: np.ndarray) -> Shelf:
    folder, chosen = _folder(version), rows.iloc[places]
    pictures = tuple(small(folder, reference) for reference in chosen)
    return Shelf(label, len(rows), tuple(int(row) for row in chosen.index), pictures)


def _folder(version: Version) -> Path:
    return house().files.path(keys.pictures(version.dataset))
