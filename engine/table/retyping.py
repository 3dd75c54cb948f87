"""A column of one kind brought to another. How its values are written is found out once, then kept in the column."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from engine.errors import BadTable
from engine.table.casting import cast
from engine.table.columns import Column, Kind
from engine.table.dates import ORDERS, read_dates
from engine.table.kinds import boolean_words
from engine.table.numbers import find_decimal, find_unit
from engine.table.options import ReadOptions
from engine.table.values import clean, texts_of


def retype(values: pd.Series[Any], column: Column, kind: Kind, *, settled: bool) -> tuple[pd.Series[Any], Column]:
    """The values as `kind`, and the column that they are now.

    With `settled`, how values are written is taken from `column`; otherwise it is found out from the values, and
    BadTable is raised when none of them has the kind.
    """
    if kind == column.kind:
        return values, column
    if "image" in (kind, column.kind):
        raise BadTable(
            "“{column}” cannot become “{kind}”: pictures come with their files, and stay pictures.",
            column=column.name,
            kind=kind,
        )
    texts = clean(texts_of(pa.Array.from_pandas(values)))
    now = column.model_copy(update={"kind": kind})
    if not settled:
        now = _find_out(texts, now)
    how = now.model_copy(update={"read_as": kind})
    read, _ = cast(texts, how, ReadOptions(decimal=now.decimal, thousands="." if now.decimal == "," else ","))
    if not settled and len(texts) > texts.null_count and read.null_count == len(read):
        raise BadTable(
            "No value of “{column}” can be read as “{kind}”. Its first value is “{value}”.",
            column=column.name,
            kind=kind,
            value=texts.drop_null()[0].as_py(),
        )
    return pd.Series(read.to_pandas().array, index=values.index, name=values.name), now


def _find_out(texts: pa.Array, column: Column) -> Column:
    if column.kind == "number":
        return _number(texts, column)
    if column.kind == "datetime":
        counts = {order: len(texts) - read_dates(texts, order).null_count for order in ORDERS}
        return column.model_copy(update={"dates": max(counts, key=counts.__getitem__)})
    if column.kind == "boolean":
        words = boolean_words(texts.drop_null().unique().to_pylist())
        if words is None:
            raise BadTable(
                "“{column}” cannot be yes or no: that takes exactly two different values.", column=column.name
            )
        return column.model_copy(update={"words": words})
    return column


def _number(texts: pa.Array, column: Column) -> Column:
    """The unit and decimal sign with which most values are numbers."""
    unit = find_unit(texts)
    return column.model_copy(update={"unit": unit or column.unit, "decimal": find_decimal(texts, unit)})
