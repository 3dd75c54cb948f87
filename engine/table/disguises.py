"""Missing values in disguise: signs and numbers that people write where there is nothing to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.table.columns import Kind
from engine.table.kinds import NEARLY
from engine.table.numbers import find_decimal, read_numbers
from engine.table.values import number_text

WORDS = frozenset(
    (
        "?", "??", "???", "-", "--", "---", "–", "—", ".", "..", "...", "*", "/", "_", "#", "n.a.", "n.a", "n.d.",
        "k.a.", "k. a.", "unknown", "missing", "not available", "not applicable", "not known",
        "#ref!", "#value!", "#div/0!", "(blank)", "(null)", "(none)", "(empty)", "<null>", "nil",
        "未知", "不详", "空", "缺失",
    )
)  # fmt: skip
HIGH = (99.0, 999.0, 9999.0, 99999.0, 999999.0, 9999999.0)
LOW = (-1.0, -9.0, -99.0, -999.0, -9999.0, -99999.0)
DAYS = tuple(np.datetime64(day, "us") for day in ("1900-01-01", "1970-01-01", "2999-12-31", "9999-12-31"))
APART = 0.7  # a high sign stands above all other values by this factor


@dataclass(frozen=True)
class Disguised:
    """Values that mean “missing”, as written, how many there are, and the kind of the column without them."""

    words: tuple[str, ...]
    count: int
    kind: Kind | None


def disguised(kind: Kind, values: pd.Series[Any]) -> Disguised | None:
    """The values of a column that probably mean that there is none; None when there are no such."""
    present = values.dropna()
    if kind == "number":
        return _of_numbers(present.to_numpy(dtype=np.float64))
    if kind == "datetime":
        return _of_times(present.to_numpy())
    if kind in ("category", "boolean"):
        return _of_words(present)
    return None


def _of_words(values: pd.Series[Any]) -> Disguised | None:
    counts = values.value_counts()
    hidden = [str(word) for word in counts.index if str(word).strip().casefold() in WORDS]
    if not hidden or len(hidden) == len(counts):
        return None
    rest = counts.drop(hidden)
    texts = pa.array(rest.index.astype(str), pa.string())
    decimal = find_decimal(texts)
    numbers = read_numbers(texts, decimal, thousands="." if decimal == "," else ",")
    numeric = rest.to_numpy()[np.asarray(numbers.is_valid())].sum() >= NEARLY * rest.sum()
    return Disguised(tuple(hidden), int(counts[hidden].sum()), "number" if numeric else None)


def _of_numbers(values: np.ndarray) -> Disguised | None:
    """Signs stand at an end, apart from the other values, and more than once."""
    if len(values) < 10:
        return None
    different, counts = np.unique(values, return_counts=True)
    hidden: list[int] = []
    low = 0
    while low < len(different) and different[low] in LOW and counts[low] > 1:
        low += 1
    if low < len(different) - 1 and different[low] >= 0:
        hidden += range(low)
    last = len(different) - 1
    if last > 1 and different[last] in HIGH and counts[last] > 1:
        hidden += [last] if 0 <= different[last - 1] <= APART * different[last] else []
    if not hidden:
        return None
    return Disguised(tuple(number_text(float(different[i])) for i in hidden), int(counts[hidden].sum()), None)


def _of_times(values: np.ndarray) -> Disguised | None:
    found = [(day, int((values == day).sum())) for day in DAYS]
    hidden = [(str(day.astype("datetime64[D]")), count) for day, count in found if count > 1 and count < len(values)]
    if not hidden:
        return None
    return Disguised(tuple(word for word, _ in hidden), sum(count for _, count in hidden), None)
