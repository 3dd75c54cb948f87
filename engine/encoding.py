"""Rows to packed arrays, one a kind of column. Knows numpy and pandas, not Keras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.inputs import INPUTS, InputColumn

Rows: TypeAlias = "pd.DataFrame | pa.RecordBatch"
"""Typed rows. Few of them are in an Arrow batch at once, where a frame takes a tenth of a millisecond a column."""
Encoded = dict[str, np.ndarray]
"""Packed arrays, one a kind of column: kind → (rows, sum of widths)."""


@dataclass(frozen=True)
class Place:
    """Where a column stands in the packed arrays: `encoded[kind][:, start:stop]`."""

    name: str
    kind: str
    start: int
    stop: int


def by_kind(columns: Sequence[InputColumn]) -> dict[str, list[InputColumn]]:
    """Columns grouped by kind, in the registry's order; kinds that do not occur are left out."""
    grouped = {kind: [c for c in columns if c.kind == kind] for kind in INPUTS}
    return {kind: group for kind, group in grouped.items() if group}


def places(columns: Sequence[InputColumn]) -> tuple[Place, ...]:
    """Where each column stands."""
    found = []
    for kind, group in by_kind(columns).items():
        start = 0
        for column in group:
            found.append(Place(column.name, kind, start, start + column.width))
            start += column.width
    return tuple(found)


def encode(columns: Sequence[InputColumn], rows: Rows) -> Encoded:
    """Packed arrays {kind: (rows, sum of widths)}; one array a kind, so that a network has few inputs."""
    return {
        kind: np.concatenate([c.encode(rows[c.name]) for c in group], axis=1)
        for kind, group in by_kind(columns).items()
    }


def row_bytes(columns: Sequence[InputColumn]) -> int:
    """Bytes of one encoded row."""
    return sum(column.width * np.dtype(column.dtype).itemsize for column in columns)


def take(encoded: Encoded, rows: np.ndarray | slice) -> Encoded:
    """The same rows of every array."""
    return {kind: array[rows] for kind, array in encoded.items()}


def rows_of(encoded: Encoded) -> int:
    """How many rows there are."""
    return len(next(iter(encoded.values())))


def save_arrays(path: Path, arrays: dict[str, Any]) -> None:
    """Writes named arrays into one file."""
    np.savez(path, **arrays)
