"""Cells to the values of their column's kind, as Arrow arrays. What cannot be read becomes null, and can be counted."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from engine.table.columns import STORED, Column
from engine.table.dates import read_dates
from engine.table.kinds import BOOLEANS
from engine.table.numbers import read_numbers
from engine.table.options import ReadOptions
from engine.table.tally import is_text
from engine.table.values import as_text, clean, texts_of


def cast(cells: pa.Array, column: Column, options: ReadOptions) -> tuple[pa.Array, pa.Array]:
    """The values as `column.read_as` says, of type STORED, and a mask of the cells that hold something unreadable.

    `cells` is text as written, or typed values. Infinities and moments beyond the calendar are unreadable.
    """
    if not is_text(cells.type):
        if _fits(cells.type, column):
            return _cast_typed(cells, column)
        cells = texts_of(cells)
    text = clean(cells)
    read: pa.Array = text
    if column.read_as == "number":
        read = _finite(read_numbers(text, options.decimal or ".", options.thousands or "", column.unit))
    elif column.read_as == "datetime":
        read = read_dates(text, column.dates or "ymd")
    elif column.read_as == "boolean" and column.words is not None:
        read = _boolean(text, column.words)
    unread = pc.and_(pc.is_valid(text), pc.is_null(read))
    return read.cast(STORED[column.read_as]), unread


def as_arrow(values: pd.Series[Any], decimal: str = ".") -> pa.Array:
    """A column of a frame as cells that `cast` takes; values of mixed types are written as text."""
    if values.dtype == object:
        return pa.array([as_text(value, decimal) for value in values], pa.string())
    cells = pa.Array.from_pandas(values)
    # A frame put together from several keeps its text in several pieces.
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def _fits(kind: pa.DataType, column: Column) -> bool:
    """Whether values of this Arrow type are the column's kind without a detour through text."""
    types = pa.types
    if column.read_as == "number":
        return any(test(kind) for test in (types.is_floating, types.is_integer, types.is_decimal, types.is_boolean))
    if column.read_as == "datetime":
        return bool(types.is_timestamp(kind) or types.is_date(kind))
    return column.read_as == "boolean" and bool(types.is_boolean(kind))


def _cast_typed(cells: pa.Array, column: Column) -> tuple[pa.Array, pa.Array]:
    kind, wanted = cells.type, STORED[column.read_as]
    if column.read_as == "number":
        read = _finite(pc.cast(cells, pa.float64(), safe=False))
    elif column.read_as == "datetime":
        moments = cells.cast(pa.timestamp("us", tz=kind.tz), safe=False) if pa.types.is_timestamp(kind) else cells
        read = moments.cast(wanted, safe=False)
    else:
        no, yes = column.words or ("false", "true")
        read = pc.if_else(cells, yes, no)
    lost = pc.and_(pc.is_valid(cells), pc.is_null(read))
    return read.cast(wanted), lost


def _finite(numbers: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_finite(numbers), numbers, pa.scalar(None, pa.float64()))


def _boolean(text: pa.Array, words: tuple[str, str]) -> pa.Array:
    """The column's own two words, also for other spellings of yes and no; any other word is kept as it is."""
    coded = pc.dictionary_encode(text)
    same = pa.array([_word(value, words) for value in coded.dictionary.to_pylist()], pa.string())
    return pc.take(same, coded.indices)


def _word(value: str, words: tuple[str, str]) -> str:
    if value in words:
        return value
    plain = value.casefold()
    for word in words:
        if plain == word.casefold():
            return word
    if plain in ("0.0", "1.0"):
        plain = plain[0]
    for no, yes in BOOLEANS:
        if plain in (no, yes):
            return words[1] if plain == yes else words[0]
    return value
