"""Cells to the values of their column's kind, as Arrow arrays. What cannot be read becomes null, and can be counted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from engine.table.columns import STORED, Column
from engine.table.dates import read_dates
from engine.table.kinds import BOOLEANS
from engine.table.numbers import read_numbers
from engine.table.options import ReadOptions
from engine.table.tally import is_text
from engine.table.values import as_text, clean, texts_of

Cells: TypeAlias = "pa.Array | Sequence[Any]"
"""A column as it comes: text as written, or typed values; in Arrow, or plain and perhaps of several types."""


def cast(cells: Cells, column: Column, options: ReadOptions) -> tuple[pa.Array, pa.Array]:
    """The values as `column.read_as` says, of type STORED, and a mask of the cells that hold something unreadable.

    Each of plain values is read as it would be alone. Infinities and moments beyond the calendar are unreadable.
    """
    if not isinstance(cells, pa.Array):
        return _cast_plain(cells, column, options)
    if not is_text(cells.type):
        if _fits(cells.type, column):
            return _cast_typed(cells, column)
        cells = _written(cells, column)
    text = clean(cells)
    read: pa.Array = text
    if column.read_as == "number":
        read = _finite(read_numbers(text, options.decimal or ".", options.thousands or "", column.unit))
    elif column.read_as == "datetime":
        read = read_dates(text, column.dates or "ymd")
        if column.dates not in (None, "ymd") and read.null_count > text.null_count:
            read = pc.coalesce(read, read_dates(text, "ymd"))  # as JSON has it; a year in front is no day
    elif column.read_as == "boolean" and column.words is not None:
        read = _boolean(text, column.words)
    return read.cast(STORED[column.read_as]), _lost(text, read)


def _cast_plain(values: Sequence[Any], column: Column, options: ReadOptions) -> tuple[pa.Array, pa.Array]:
    """The values of each type together, as if the others were missing."""
    kinds = {type(value) for value in values if value is not None} or {str}
    alike = [values] if len(kinds) == 1 else [[v if type(v) is kind else None for v in values] for kind in kinds]
    read, unread = zip(*(cast(_array(each), column, options) for each in alike), strict=True)
    return reduce(pc.coalesce, read), reduce(pc.or_, unread)


def _array(values: Sequence[Any]) -> pa.Array:
    try:
        return pa.array(values, from_pandas=True)
    except (OverflowError, pa.ArrowException):  # whole numbers of more than 64 bits
        return pa.array([as_text(value) for value in values], pa.string())


def _written(cells: pa.Array, column: Column) -> pa.Array:
    """Typed values as a person would write them into this column."""
    text = texts_of(cells)
    fractions = pa.types.is_floating(cells.type) or pa.types.is_decimal(cells.type)
    return pc.replace_substring(text, ".", column.decimal) if fractions and column.decimal != "." else text


def _lost(cells: pa.Array, read: pa.Array) -> pa.Array:
    """Which cells hold something that was not read."""
    if read.null_count == cells.null_count:
        return pa.repeat(False, len(cells))
    return pc.and_(pc.is_valid(cells), pc.is_null(read))


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
    return read.cast(wanted), _lost(cells, read)


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
