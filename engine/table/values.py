"""Cells as text: which words mean that a value is missing, and how typed values are written as text."""

from __future__ import annotations

import math
from datetime import datetime, time
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

MISSING = (
    "", "NA", "N/A", "n/a", "na", "<NA>", "#N/A", "#N/A N/A", "#NA", "null", "NULL", "Null", "NaN", "nan", "NAN",
    "-NaN", "-nan", "None", "NaT", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
)  # fmt: skip
_MISSING = pa.array(MISSING, pa.string())


def clean(cells: pa.Array) -> pa.Array:
    """Cells without spaces around them; null where they say that there is no value."""
    text = pc.utf8_trim_whitespace(cells.cast(pa.string()) if cells.type != pa.string() else cells)
    missing = pc.is_in(text, value_set=_MISSING)
    if pc.any(missing).as_py():
        return pc.if_else(missing, pa.scalar(None, pa.string()), text)
    return text


def as_text(value: Any, decimal: str = ".") -> str:
    """One typed value as the text that reads back to it; "" for a missing one."""
    if isinstance(value, str):
        return value
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return number_text(float(value)).replace(".", decimal)
    if isinstance(value, datetime):
        whole_day = value.time() == time.min and value.tzinfo is None
        return value.date().isoformat() if whole_day else value.isoformat(sep=" ")
    return str(value)


def number_text(number: float) -> str:
    """A number as a person writes it: no fraction on whole numbers, "" for NaN."""
    if math.isnan(number):
        return ""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return repr(number)


def texts_of(values: pa.Array) -> pa.Array:
    """Typed values as the text that reads back to them, null where missing."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return texts_of(values.cast(kind.value_type))
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        coded = pc.dictionary_encode(values.cast(pa.float64()))
        words = pa.array([number_text(number) or None for number in coded.dictionary.to_pylist()], pa.string())
        return pc.take(words, coded.indices)
    if pa.types.is_timestamp(kind):
        moments = values.cast(pa.timestamp("us", tz=kind.tz), safe=False).cast(pa.timestamp("us"))
        days = pc.equal(pc.floor_temporal(moments, unit="day"), moments)
        seconds = pc.strftime(moments, "%Y-%m-%d %H:%M:%S")  # %S of microseconds has a fraction
        return pc.if_else(days, pc.strftime(moments, "%Y-%m-%d"), seconds)
    return values.cast(pa.string())
