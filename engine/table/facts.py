"""Facts about columns: what the Columns page shows. Each fact says how many rows it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.labels import several
from engine.spec import Spec
from engine.table.association import Association, associations
from engine.table.columns import Column, Kind, Schema
from engine.table.media import PictureFacts, TextFacts, picture_facts, text_facts
from engine.table.paths import part_of
from engine.table.values import number_text

__all__ = ["Association", "Bar", "ColumnFacts", "associations", "column_facts", "given_column"]

BARS = 20
TOP = 12  # most frequent values shown
EXAMPLES = 5
CELLS = 5_000  # different ones that are looked at for labels
LABELLED = 200  # letters on average; longer cells are texts
QUANTILES = (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)


class Bar(Spec):
    """One bar of a distribution: a value, or the numbers or times from `low` up to `high`."""

    label: str
    count: int
    low: float | None = None  # numbers as they are, times in seconds since 1970 (UTC)
    high: float | None = None


class ColumnFacts(Spec):
    """What is known about one column.

    `rows` is the number of rows the facts rest on, `of` the rows of the table. `bars` holds at most 20 bars: equal
    ranges of numbers and times (`clipped`: the outer bars also hold what lies beyond), the most frequent values of the
    rest (`others` counts the values without a bar). Numbers have mean, sd and quantiles (0, 5, 25, 50, 75, 95, 100 %).
    """

    name: str
    kind: Kind
    rows: int
    of: int
    missing: int
    distinct: int
    bars: tuple[Bar, ...] = ()
    clipped: bool = False
    others: int = 0
    examples: tuple[str, ...] = ()
    mean: float | None = None
    sd: float | None = None
    quantiles: tuple[float, ...] = ()
    earliest: str = ""
    latest: str = ""
    whole: bool = False  # all numbers are whole
    length: float | None = None  # mean length of texts and identifiers in characters
    labels: int = 0  # of which cells hold several; 0 where each holds one thing
    texts: TextFacts | None = None
    pictures: PictureFacts | None = None


def column_facts(source: Path | pd.DataFrame, schema: Schema, pictures: Path | None = None) -> tuple[ColumnFacts, ...]:
    """Facts on all rows of a version (a path, read a column at a time) or of a frame, in the schema's order.

    `pictures` is the data set's folder of pictures; without it nothing but their number is known.
    """
    facts: dict[str, ColumnFacts] = {}
    later: dict[str, pa.Array] = {}
    for column, values in _columns(source, schema):
        facts[column.name] = _facts(column, values)
        if column.kind in ("text", "image") and values.null_count < len(values):
            later[column.name] = values
    given = given_column(facts.values())
    parts = None if given is None else next(values for column, values in _columns(source, schema.only(given)))
    for name, values in later.items():
        if schema[name].kind == "text":
            facts[name] = facts[name].model_copy(update={"texts": text_facts(values, parts)})
        elif pictures is not None:
            facts[name] = facts[name].model_copy(update={"pictures": picture_facts(values, parts, pictures)})
    return tuple(facts.values())


def given_column(facts: Iterable[ColumnFacts]) -> str | None:
    """The first column that says of each row whether it trains or tests, in words such as “train” and “test”."""
    for one in facts:
        words = {part_of(bar.label) for bar in one.bars} if one.kind in ("category", "boolean") else set()
        if not one.others and None not in words and {"train", "test"} <= words:
            return one.name
    return None


def _columns(source: Path | pd.DataFrame, schema: Schema) -> Iterator[tuple[Column, pa.Array]]:
    if isinstance(source, pd.DataFrame):
        for column in schema.columns:
            yield column, pa.Array.from_pandas(source[column.name])
        return
    with pq.ParquetFile(source, memory_map=True) as file:
        for column in schema.columns:
            yield column, file.read(columns=[column.name]).column(0).combine_chunks()


def _facts(column: Column, values: pa.Array) -> ColumnFacts:
    present = values.drop_null()
    base: dict[str, Any] = {
        "name": column.name,
        "kind": column.kind,
        "rows": len(values),
        "of": len(values),
        "missing": values.null_count,
    }
    if not len(present):
        return ColumnFacts(**base, distinct=0)
    if column.kind == "number":
        return ColumnFacts(**base, **_of_numbers(np.asarray(present)))
    if column.kind == "datetime":
        return ColumnFacts(**base, **_of_times(np.asarray(present)))
    return ColumnFacts(**base, **_of_words(column, present))


def _of_numbers(values: np.ndarray) -> dict[str, Any]:
    ordered = np.sort(values)
    distinct, counts = _runs(ordered)
    few = len(distinct) <= TOP
    if few:
        bars = [
            Bar(label=number_text(n), count=int(c), low=n, high=n)
            for n, c in zip(distinct.tolist(), counts.tolist(), strict=True)
        ]
    clipped, ranges = (False, bars) if few else _histogram(ordered)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, sd = float(np.mean(values)), float(np.std(values))
    return {
        "distinct": len(distinct),
        "bars": tuple(ranges),
        "clipped": clipped,
        "examples": tuple(number_text(n) for n in _first_different(values)),
        "mean": mean if np.isfinite(mean) else None,
        "sd": sd if np.isfinite(sd) else None,
        "quantiles": tuple(_quantile(ordered, share) for share in QUANTILES),
        "whole": bool(np.all(np.floor(distinct) == distinct)),
    }


def _of_times(values: np.ndarray) -> dict[str, Any]:
    seconds = np.sort(values.astype("datetime64[us]").astype(np.int64) / 1e6)
    distinct, _ = _runs(seconds)
    clipped, bars = _histogram(seconds)
    labelled = [bar.model_copy(update={"label": f"{_moment(bar.low)} – {_moment(bar.high)}"}) for bar in bars]
    return {
        "distinct": len(distinct),
        "bars": tuple(labelled),
        "clipped": clipped,
        "examples": tuple(_moment(s.astype("datetime64[us]").astype(np.int64) / 1e6) for s in _first_different(values)),
        "earliest": _moment(seconds[0]),
        "latest": _moment(seconds[-1]),
    }


def _of_words(column: Column, values: pa.Array) -> dict[str, Any]:
    counted = pc.value_counts(values)
    words, counts = counted.field(0), counted.field(1)
    found: dict[str, Any] = {"distinct": len(words)}
    if column.kind in ("category", "boolean"):
        order = [("counts", "descending"), ("words", "ascending")]
        top = pc.select_k_unstable(pa.table({"words": words, "counts": counts}), k=TOP, sort_keys=order)
        best = pc.take(counted, top)
        found["bars"] = tuple(Bar(label=_short(b["values"]), count=b["counts"]) for b in best.to_pylist())
        found["others"] = len(words) - len(best)
    else:
        found["length"] = pc.mean(pc.utf8_length(values)).as_py()
    found["examples"] = tuple(_short(word) for word in words[:EXAMPLES].to_pylist())
    if found.get("length", 0) <= LABELLED:
        first = counted[:CELLS].to_pylist()
        found["labels"] = several({each["values"]: each["counts"] for each in first})
    return found


def _histogram(ordered: np.ndarray) -> tuple[bool, list[Bar]]:
    """Up to BARS bars of equal width. A long tail is gathered in the outer bars, so that the middle can be seen."""
    low, high = float(ordered[0]), float(ordered[-1])
    inner_low, inner_high = _quantile(ordered, 0.005), _quantile(ordered, 0.995)
    clipped = high - low > 3 * (inner_high - inner_low) > 0
    if clipped:
        low, high = inner_low, inner_high
    if not np.isfinite(high - low) or high <= low:
        return False, [Bar(label=number_text(low), count=len(ordered), low=low, high=high)]
    edges = np.linspace(low, high, BARS + 1)
    places = np.searchsorted(ordered, edges[1:-1])
    counts = np.diff(np.r_[0, places, len(ordered)])
    digits = max(0, 3 - int(np.ceil(np.log10(max(edges[1] - edges[0], 1e-12)))) - 1)
    names = [number_text(round(float(edge), min(digits, 12))) for edge in edges]
    return clipped, [
        Bar(label=f"{names[i]} – {names[i + 1]}", count=int(counts[i]), low=float(edges[i]), high=float(edges[i + 1]))
        for i in range(BARS)
    ]


def _runs(ordered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Different values of a sorted array, and how often each comes."""
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    return ordered[starts], np.diff(np.r_[starts, len(ordered)])


def _quantile(ordered: np.ndarray, share: float) -> float:
    return float(ordered[round(share * (len(ordered) - 1))])


def _first_different(values: np.ndarray) -> list[Any]:
    return list(dict.fromkeys(values[:200].tolist() if values.dtype.kind == "f" else values[:200]))[:EXAMPLES]


def _moment(seconds: float | None) -> str:
    moment = np.datetime64(round((seconds or 0) * 1e6), "us")
    day = moment.astype("datetime64[D]")
    return str(day) if day == moment else str(moment.astype("datetime64[s]")).replace("T", " ")


def _short(word: str) -> str:
    return word if len(word) <= 120 else word[:119] + "…"
