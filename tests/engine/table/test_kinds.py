"""Which kind a column is, and how its values are read."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.table.columns import Schema
from engine.table.dates import read_dates
from engine.table.numbers import read_numbers
from engine.table.values import number_text, texts_of
from tests.engine.table.files import imported, words, written


def column(tmp_path, values, header="x"):
    """One column of a file, and what is said of it. A second column keeps empty cells from being empty rows."""
    rows = "".join(f'"{value}",k\n' for value in values)
    frame, table = imported(written(tmp_path, f"{header},other\n{rows}"))
    return frame[header], table.schema[header], words(table)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2.5", "-3e2"], "number"),
        (["1,234.5", "12,345,678", "0.5"], "number"),
        (["12 %", "5%", "7.5 %"], "number"),
        (["$1.50", "-$2", "$1,000.25"], "number"),
        (["00123", "00456", "12345"], "category"),
        ([f"{i:05d}" for i in range(50)], "identifier"),
        (["4111111111111111", "4111111111111112", "4111111111111111"], "category"),
        (["0", "1", "1"], "boolean"),
        (["yes", "no", ""], "boolean"),
        (["是", "否", "是"], "boolean"),
        (["Ja", "Nein", "Ja"], "boolean"),
        (["male", "female", "male"], "category"),
        (["0", "1", "2"], "number"),
        (["2024-03-05", "2024-03-06 10:30", ""], "datetime"),
        (["2024年3月5日", "2024年12月31日", "2023年1月1日"], "datetime"),
        (["Mar 5, 2024", "December 31, 2023", "5 Mar 2024"], "datetime"),
        (["2024-03-05T10:00:00Z", "2024-03-05T12:00:00+02:00"], "datetime"),
        (["", "NA", "null"], "category"),
        ([f"user-{i}" for i in range(50)], "identifier"),
        ([f"This is what customer number {i} had to say about it" for i in range(50)], "text"),
        ([f"第{i}个顾客说味道很好送餐也很快下次还会再来" for i in range(50)], "text"),
        (["Köln", "Berlin", "Köln"] * 20, "category"),
        (["10:30", "11:45", "10:30"], "category"),
    ],
)
def test_kinds_are_told_by_the_values(tmp_path, values, kind):
    assert column(tmp_path, values)[1].kind == kind


def test_numbers_with_signs_are_read(tmp_path):
    values, made, said = column(tmp_path, ["$1,234.50", "-$2", "", "$7"])
    assert values.tolist()[:2] == [1234.5, -2]
    assert made.unit == "$"
    assert "number of “$”" in said


def test_codes_keep_their_zeros(tmp_path):
    values, _, said = column(tmp_path, ["00123", "123", "00007"])
    assert values.tolist() == ["00123", "123", "00007"]
    assert "codes such as 00123" in said


def test_row_numbers_are_identifiers_by_their_name_only(tmp_path):
    numbers = [str(i) for i in range(100)]
    assert column(tmp_path, numbers, "customer_id")[1].kind == "identifier"
    assert column(tmp_path, numbers, "weight")[1].kind == "number"


def test_booleans_keep_their_words(tmp_path):
    values, made, _ = column(tmp_path, ["Yes", "No", "", "Yes"])
    assert values.tolist()[:2] == ["Yes", "No"]
    assert values.isna().tolist() == [False, False, True, False]
    assert made.words == ("No", "Yes")


def test_one_impossible_day_decides_the_order(tmp_path):
    days, made, _ = column(tmp_path, ["03/04/2024", "05/06/2024", "25/12/2024"])
    assert made.dates == "dmy"
    assert days.iloc[0] == pd.Timestamp(2024, 4, 3)
    days, made, _ = column(tmp_path, ["03/04/2024", "05/06/2024", "12/25/2024"])
    assert made.dates == "mdy"
    assert days.iloc[0] == pd.Timestamp(2024, 3, 4)


def test_an_order_that_could_be_either_is_told(tmp_path):
    _, made, said = column(tmp_path, ["03/04/2024", "05/06/2024"])
    assert made.dates == "mdy"
    assert "could be day or month first; month first was taken" in said


def test_times_with_zones_become_utc(tmp_path):
    times, _, said = column(tmp_path, ["2024-03-05T10:00:00+02:00", "2024-03-05T10:00:00Z"])
    assert times.tolist() == [pd.Timestamp(2024, 3, 5, 8), pd.Timestamp(2024, 3, 5, 10)]
    assert "kept as UTC" in said


def test_too_many_other_values_make_a_category(tmp_path):
    assert column(tmp_path, ["1", "2", "3"] * 30 + ["?", "x"])[1].kind == "category"


def test_frames_have_the_dtypes_of_their_kinds(tmp_path):
    text = "n,c,b,d,e\n1.5,x,yes,2024-01-01,\n,y,no,,\n2,x,,2024-01-02,\n"
    frame, table = imported(written(tmp_path, text))
    assert [str(dtype) for dtype in frame.dtypes] == ["float64", "str", "str", "datetime64[us]", "str"]
    assert Schema.model_validate_json(table.schema.model_dump_json()) == table.schema
    assert frame.index.name == "__row__"
    assert frame.index.dtype == np.int64


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_read_back_as_they_were_written(numbers):
    assert read_numbers(pa.array([number_text(n) for n in numbers])).to_pylist() == numbers


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-(10**12), 10**12).map(lambda cents: cents / 100), min_size=1))
def test_numbers_of_people_read_back(numbers):
    german = [f"{n:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".") for n in numbers]
    assert read_numbers(pa.array(german), ",", ".").to_pylist() == numbers


MOMENTS = st.datetimes(
    min_value=pd.Timestamp(1, 1, 1).to_pydatetime(), max_value=pd.Timestamp(9999, 12, 31).to_pydatetime()
)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(MOMENTS.map(lambda moment: moment.replace(microsecond=0)), min_size=1))
def test_moments_read_back_in_every_order(moments):
    forms = {
        "ymd": "{0.year:04}-{0.month}-{0.day}",
        "dmy": "{0.day}.{0.month}.{0.year:04}",
        "mdy": "{0.month}/{0.day}/{0.year:04}",
    }
    for order, form in forms.items():
        written_so = [f"{form.format(m)} {m.hour}:{m.minute:02}:{m.second:02}" for m in moments]
        assert read_dates(pa.array(written_so), order).to_pylist() == moments
    stored = pa.array(moments, pa.timestamp("us"))
    assert read_dates(texts_of(stored), "ymd").equals(stored)
