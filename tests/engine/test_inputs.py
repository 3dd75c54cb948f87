"""Kinds of column: what each learns and encodes. Fits nothing."""

import numpy as np
import pandas as pd
import pytest

from engine.encoding import encode, places
from engine.inputs import INPUTS
from tests.engine.tables import COLUMNS, houses


@pytest.fixture(scope="module")
def frame():
    return houses()


@pytest.mark.parametrize(("name", "kind"), COLUMNS.items())
def test_every_kind_survives_json_and_encodes_the_same(frame, name, kind):
    fitted = INPUTS[kind].fit(name, frame[name])
    again = INPUTS[kind].model_validate_json(fitted.model_dump_json())
    encoded = fitted.encode(frame[name])
    assert again == fitted
    assert encoded.shape == (len(frame), fitted.width)
    assert encoded.dtype == np.dtype(fitted.dtype)
    np.testing.assert_array_equal(again.encode(frame[name]), encoded)


@pytest.mark.parametrize(("name", "kind"), COLUMNS.items())
def test_missing_values_are_nan_or_zero(frame, name, kind):
    encoded = INPUTS[kind].fit(name, frame[name]).encode(frame[name])
    gaps = frame[name].isna().to_numpy()
    assert gaps.any()
    assert ((encoded[gaps] == 0) if INPUTS[kind].categorical else np.isnan(encoded[gaps])).all()
    assert not np.isnan(encoded[~gaps]).any()


@pytest.mark.parametrize(("name", "kind"), COLUMNS.items())
def test_a_form_begins_with_a_value_that_can_be_encoded(frame, name, kind):
    fitted = INPUTS[kind].fit(name, frame[name])
    value = pd.Series([fitted.field.typical])
    typed = pd.to_datetime(value) if kind == "datetime" else value
    assert np.isfinite(fitted.encode(typed)).all()
    assert len(fitted.field.values) >= 2 or kind == "text"


@pytest.mark.parametrize("kind", INPUTS)
def test_a_column_without_any_value_can_be_fitted(kind):
    dtype = {"number": "float64", "datetime": "datetime64[us]"}.get(kind, "str")
    empty = pd.Series([None] * 5, dtype=dtype)
    fitted = INPUTS[kind].fit("empty", empty)
    assert len(fitted.encode(empty)) == 5


def test_an_enormous_value_does_not_drown_the_rest():
    numbers = pd.Series([*range(100), 1e12])
    encoded = INPUTS["number"].fit("n", numbers).encode(numbers)[:, 0]
    assert abs(encoded).max() < 30
    assert np.ptp(encoded[:100]) > 1


def test_among_enormous_values_the_larger_is_larger():
    fitted = INPUTS["number"].fit("n", pd.Series(range(100)))
    encoded = fitted.encode(pd.Series([-1e300, -1e6, 1e6, 1e7, 1e300]))[:, 0]
    assert (np.diff(encoded) > 0.5).all()
    assert np.isfinite(encoded).all()


def test_the_largest_numbers_there_are_can_be_learned_from():
    numbers = pd.Series([-1.7e308, 0.0, 1.7e308] * 5)
    encoded = INPUTS["number"].fit("n", numbers).encode(numbers)[:3, 0]
    assert encoded[0] < encoded[1] < encoded[2]


def test_words_never_seen_and_words_seen_once_are_rare():
    fitted = INPUTS["category"].fit("c", pd.Series(["a", "a", "b", "b", "b", "once"]))
    assert fitted.words == ("b", "a")
    assert fitted.encode(pd.Series(["b", "a", "once", "new", None]))[:, 0].tolist() == [2, 3, 1, 1, 0]


def test_words_are_tried_in_their_own_order_and_numbered_by_how_frequent_they_are():
    fitted = INPUTS["category"].fit("c", pd.Series(["3rd"] * 9 + ["1st"] * 4 + ["10th"] * 3 + ["2nd"] * 2))
    assert fitted.words == fitted.field.choices == ("3rd", "1st", "10th", "2nd")
    assert fitted.field.values == fitted.field.listed == ("1st", "2nd", "3rd", "10th")


def test_yes_is_the_second_word_whatever_the_language():
    for no, yes in (("no", "yes"), ("0", "1"), ("False", "True"), ("否", "是")):
        assert INPUTS["boolean"].fit("b", pd.Series([yes, no, yes])).words == (no, yes)


def test_monday_and_new_year_are_near_their_neighbours():
    days = pd.Series(pd.date_range("2023-01-01", "2024-12-31"))
    fitted = INPUTS["datetime"].fit("d", days)
    ends = fitted.encode(pd.Series(pd.to_datetime(["2023-12-31", "2024-01-01"])))
    year = slice(2, 4)  # sine and cosine
    assert fitted.cycles == ("year", "week")
    assert np.abs(ends[0, year] - ends[1, year]).max() < 0.05


def test_columns_of_a_kind_are_packed_and_found_again(frame):
    columns = [INPUTS[kind].fit(name, frame[name]) for name, kind in COLUMNS.items()]
    columns.append(INPUTS["number"].fit("price", frame["price"]))
    encoded = encode(columns, frame)
    assert set(encoded) == set(COLUMNS.values())
    for column in columns:
        place = next(p for p in places(columns) if p.name == column.name)
        np.testing.assert_array_equal(
            encoded[place.kind][:, place.start : place.stop], column.encode(frame[column.name])
        )
