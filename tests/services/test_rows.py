"""Rows to predict, read alone, together, or as a file: what they mean does not depend on their company."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bundle import Manifest
from engine.encoding import encode
from engine.errors import BadRow
from engine.inputs import INPUTS
from engine.table.columns import Column, Schema
from engine.table.options import ReadOptions
from engine.table.steps import AsMissing, Rename
from services.rows import Oddities, Reader
from tests.engine.tables import COLUMNS, houses

HOUSES = houses(200)
NOWHERE = Path("/nowhere")

words = st.sampled_from(
    ["1,5", "1.250,75", "007", "yes", " Yes ", "no", "true", "上海", "=cmd()", "NA", "", "inf", "x" * 300]
)
dates = st.sampled_from(["2024-03-05", "05.03.2024", "5.3.24 14:30", "2024-02-30", "1969-12-31T23:59:59Z"])
numbers = st.floats(width=64) | st.integers() | st.integers(-5, 5)
cells = st.none() | st.booleans() | numbers | words | dates
rows_ = st.lists(
    st.fixed_dictionaries({}, optional=dict.fromkeys([*COLUMNS, "place"], cells)).filter(bool), min_size=1, max_size=6
)


def manifest() -> Manifest:
    """Of a model of every kind of column, from a file with decimal commas in which `town` was called `place`."""
    dmy = {"sold": {"dates": "dmy"}, "garden": {"words": ("no", "yes")}, "size": {"unit": "€"}}
    columns = [Column(name=name, kind=kind, read_as=kind, **dmy.get(name, {})) for name, kind in COLUMNS.items()]
    return Manifest(
        versions={},
        table=Schema(columns=tuple(columns)),
        options=ReadOptions(decimal=",", thousands="."),
        steps=(Rename(column="place", to="town"), AsMissing(column="town", values=("=cmd()",))),
        inputs=tuple(INPUTS[kind].fit(name, HOUSES[name]) for name, kind in COLUMNS.items()),
        targets={},
        families={},
        hashes={},
    )


MANIFEST = manifest()
READER = Reader(MANIFEST)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(rows_)
def test_a_row_is_read_and_encoded_as_if_it_were_alone(rows: list[dict[str, Any]]) -> None:
    together = READER.few(rows, NOWHERE)
    encoded = encode(MANIFEST.inputs, together.located)
    for i, row in enumerate(rows):
        alone = READER.few([row], NOWHERE)
        assert alone.rows.to_pylist() == together.rows[i : i + 1].to_pylist()
        assert set(alone.lost) == {name for name, lost in together.lost.items() if lost[i]}
        for kind, array in encode(MANIFEST.inputs, alone.located).items():
            np.testing.assert_array_equal(array, encoded[kind][i : i + 1])


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[words | dates] * len(COLUMNS)), min_size=1, max_size=6))
def test_written_rows_are_read_as_those_of_a_file(rows: list[tuple[str, ...]]) -> None:
    few = READER.few([dict(zip(COLUMNS, row, strict=True)) for row in rows], NOWHERE)
    file = pa.RecordBatch.from_arrays([pa.array(column) for column in zip(*rows, strict=True)], list(COLUMNS))
    many = READER.many(file, NOWHERE)
    assert few.rows.equals(many.rows)
    assert {name: lost.tolist() for name, lost in few.lost.items()} == {
        n: lost.tolist() for n, lost in many.lost.items()
    }


def test_an_arrow_batch_is_encoded_as_the_frame_of_it() -> None:
    frame = HOUSES[list(COLUMNS)].reset_index(drop=True)
    batch = pa.RecordBatch.from_pandas(frame, preserve_index=False)
    encoded = encode(MANIFEST.inputs, batch)
    for kind, array in encode(MANIFEST.inputs, frame).items():
        np.testing.assert_array_equal(array, encoded[kind])


def test_numbers_written_with_a_comma_may_come_as_numbers() -> None:
    (row,) = READER.few([{"size": 1250.125, "town": 7.0, "sold": "5.3.2024", "garden": True}], NOWHERE).rows.to_pylist()
    assert (row["size"], row["town"], row["garden"]) == (1250.125, "7", "yes")
    assert row["sold"] == pd.Timestamp("2024-03-05")


def test_what_is_odd_is_counted_over_the_pieces_of_a_file() -> None:
    odd = Oddities()
    for size, town in (("1,5", "上海"), ("large", "Atlantis")):
        odd.add(
            READER, READER.many(pa.RecordBatch.from_pydict({"size": [size], "town": [town], "moon": ["1"]}), NOWHERE)
        )
    assert (odd.rows, odd.extra, odd.missing) == (2, {"moon"}, {"garden", "sold", "about"})
    assert (dict(odd.unread), {name: list(found) for name, found in odd.unknown.items()}) == (
        {"size": 1},
        {"town": ["Atlantis"]},
    )


def test_a_row_without_any_column_is_refused() -> None:
    with pytest.raises(BadRow, match="None of the columns"):
        READER.few([{"size": 1}, {"moon": 1}], NOWHERE)
    with pytest.raises(BadRow, match="None of the columns"):
        READER.many(pa.RecordBatch.from_pydict({"moon": ["1"]}), NOWHERE)
    assert READER.few([{"place": "上海"}], NOWHERE).rows.to_pylist()[0]["town"] == "上海"
