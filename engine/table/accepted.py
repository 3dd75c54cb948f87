"""Rows that people taught: which of them train or steer, and which are held back for ever to test on.

They have a membership of their own, so that the one of the rows before them stays as it was. Knows no model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

TAUGHT, STEERS = "train", "validation"
HELD_BACK = "feedback"  # tests, and never trains
LEFT_OUT = "left out"  # none of these: learning from it would give away a row of the test part

HELD_BACK_OF_100, STEERING_OF_100 = 25, 15
DIGITS = 6  # of a number that count: a network sees no more, and JSON or a form may have rounded the rest
MISSING = "\0"  # no cell holds it


def fingerprints(frame: pd.DataFrame) -> np.ndarray:
    """A number (rows,) uint64 for each row, the same for rows that hold the same, whatever the order of columns."""
    plain = {name: _plain(frame[name]) for name in sorted(map(str, frame.columns))}
    return pd.util.hash_pandas_object(pd.DataFrame(plain), index=False).to_numpy(dtype="uint64")


def deal(rows: pd.DataFrame, before: pd.DataFrame, known: pd.Series[Any] | None = None) -> pd.Series[Any]:
    """TAUGHT, STEERS or HELD_BACK for each new row. Both frames hold the columns that are learned from, by row id.

    It follows from what a row holds: two alike are never parted, also not from one `before` that was taught and has its
    part in `known`. A row that repeats another of those `before` is no test of what was learned from it, and trains.
    """
    prints, earlier = fingerprints(rows), fingerprints(before)
    lot = np.where(np.isin(prints, earlier), 99, prints % np.uint64(100))
    held, steers = lot < HELD_BACK_OF_100, lot < HELD_BACK_OF_100 + STEERING_OF_100
    parts = pd.Series(np.select([held, steers], [HELD_BACK, STEERS], TAUGHT), index=rows.index, dtype=object)
    if known is not None:
        taught = pd.Series(earlier, index=before.index)[before.index.isin(known.index)]
        part_of = dict(zip(taught, known.loc[taught.index], strict=True))
        same = pd.Series(prints, index=rows.index).map(part_of)
        parts = parts.mask(same.notna(), same)
    return parts.rename("part")


def keep_out(parts: pd.Series[Any], rows: pd.DataFrame, tests: pd.DataFrame) -> pd.Series[Any]:
    """The parts of taught rows, LEFT_OUT those that are not held back and repeat a row of `tests`, or one held back."""
    held = rows[(parts == HELD_BACK).to_numpy()]
    tests = pd.concat([tests, held]) if len(held) else tests
    told = np.isin(fingerprints(rows), fingerprints(tests)) & (parts != HELD_BACK).to_numpy()
    return parts.mask(told, LEFT_OUT)


def _plain(values: pd.Series[Any]) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(values):
        return _rounded(values.to_numpy(dtype="float64", na_value=np.nan))
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.to_numpy(dtype="datetime64[ms]").astype("int64")  # JSON tells no more
    return values.astype(object).where(values.notna(), MISSING).astype(str).to_numpy(dtype=object)


def _rounded(numbers: np.ndarray) -> np.ndarray:
    """To so many digits, a missing one like any other."""
    size = np.abs(numbers)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        unit = 10.0 ** (np.floor(np.log10(size)) - DIGITS + 1)
        rounded = np.round(numbers / unit) * unit
    return np.where(np.isnan(numbers), np.nan, np.where((size > 0) & np.isfinite(rounded), rounded, 0.0))
