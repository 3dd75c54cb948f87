"""Rows that people taught: alike ones are never parted, and none gives away a row of the test part."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.table.accepted import HELD_BACK, LEFT_OUT, STEERS, TAUGHT, deal, fingerprints, keep_out


def rows(ids: range, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"a": random.normal(size=len(ids)), "town": random.choice(["北京", "Oslo", None], len(ids))})
    moments = np.datetime64("2024-01-01") + random.integers(0, 10**9, len(ids)).astype("timedelta64[us]")
    return frame.assign(day=moments.astype("datetime64[us]"), index=ids).set_index("index")


def test_what_json_rounds_is_the_same_row() -> None:
    first = rows(range(50))
    again = first[["town", "day", "a"]].assign(a=first["a"].round(12), day=first["day"].astype("datetime64[ms]"))
    np.testing.assert_array_equal(fingerprints(first), fingerprints(again))
    assert len(set(fingerprints(first))) == 50
    gaps = pd.DataFrame({"a": [np.nan, None, 0.0, -0.0], "town": [None, np.nan, "", ""]})
    empty, other, zero, minus = fingerprints(gaps)
    assert empty == other
    assert zero == minus != empty


def test_most_train_and_a_part_of_each_kind_is_held_back() -> None:
    parts = deal(rows(range(10_000, 14_000)), rows(range(100), seed=1))
    shares = parts.value_counts(normalize=True)
    assert 0.57 < shares[TAUGHT] < 0.63
    assert 0.12 < shares[STEERS] < 0.18
    assert 0.22 < shares[HELD_BACK] < 0.28


def test_rows_alike_go_the_same_way_also_later() -> None:
    first = rows(range(100, 300))
    twice = pd.concat([first, first.set_axis(range(300, 500))])
    parts = deal(twice, rows(range(10), seed=1)).to_numpy()
    np.testing.assert_array_equal(parts[:200], parts[200:])
    later = deal(first.iloc[::-1], rows(range(10), seed=2))
    assert later.sort_index().equals(deal(first, rows(range(10), seed=1)))


def test_row_that_repeats_an_older_one_is_no_test() -> None:
    before = rows(range(500))
    parts = deal(before.set_axis(range(500, 1000)), before)
    assert set(parts) == {TAUGHT}


def test_row_that_repeats_a_taught_one_goes_the_same_way_for_ever() -> None:
    taught = rows(range(500, 700), seed=1)
    known = deal(taught, rows(range(500)))
    before = pd.concat([rows(range(500)), taught])
    again = deal(taught.set_axis(range(700, 900)), before, known)
    assert again.tolist() == known.tolist()
    assert HELD_BACK in set(again)


def test_row_that_repeats_one_held_back_is_left_out() -> None:
    told = rows(range(4))
    told = pd.concat([told, told.iloc[:2].set_axis([4, 5])])
    parts = pd.Series([HELD_BACK, STEERS, TAUGHT, HELD_BACK, TAUGHT, TAUGHT], index=told.index)
    assert keep_out(parts, told, rows(range(3), seed=9)).tolist() == [
        HELD_BACK, STEERS, TAUGHT, HELD_BACK, LEFT_OUT, TAUGHT,
    ]  # fmt: skip


def test_row_that_gives_a_test_row_away_is_left_out() -> None:
    tests = rows(range(5))
    told = pd.concat([tests.iloc[:2], rows(range(2), seed=3)]).set_axis(range(10, 14))
    parts = pd.Series([TAUGHT, STEERS, TAUGHT, HELD_BACK], index=told.index)
    assert keep_out(parts, told, tests).tolist() == [LEFT_OUT, LEFT_OUT, TAUGHT, HELD_BACK]
