"""Facts about columns and their association with a target."""

import time

import numpy as np
import pandas as pd
import pytest

from engine.table.association import associations
from engine.table.columns import Column, Schema
from engine.table.facts import ColumnFacts, column_facts
from engine.table.frames import read_frame
from engine.table.importing import import_table
from tests.engine.table.files import written


def schema(**kinds):
    return Schema(columns=tuple(Column(name=name, kind=kind, read_as=kind) for name, kind in kinds.items()))


def facts(kind, values):
    return column_facts(pd.DataFrame({"x": values}), schema(x=kind))[0]


def words(values):
    return pd.Series(values, dtype="str")


def test_numbers_have_a_distribution_and_quantiles():
    found = facts("number", np.r_[np.arange(1000.0), np.nan])
    assert (found.rows, found.of, found.missing, found.distinct) == (1001, 1001, 1, 1000)
    assert len(found.bars) == 20
    assert sum(bar.count for bar in found.bars) == 1000
    assert found.bars[0].low == 0
    assert found.bars[-1].high == 999
    assert found.quantiles[3] == pytest.approx(500, abs=1)
    assert found.mean == 499.5
    assert found.whole
    assert found.examples == ("0", "1", "2", "3", "4")


def test_a_few_numbers_have_a_bar_each():
    found = facts("number", [1.0, 2.0, 2.0, 5.0, np.nan])
    assert [(bar.label, bar.count) for bar in found.bars] == [("1", 1), ("2", 2), ("5", 1)]


def test_a_long_tail_does_not_hide_the_middle():
    found = facts("number", np.r_[np.random.default_rng(0).normal(size=10_000), 1e9])
    assert found.clipped
    assert max(bar.count for bar in found.bars) < 5000
    assert sum(bar.count for bar in found.bars) == 10_001


def test_times_have_bars_and_ends():
    found = facts("datetime", pd.date_range("2024-01-01", periods=100, unit="us"))
    assert (found.earliest, found.latest) == ("2024-01-01", "2024-04-09")
    assert sum(bar.count for bar in found.bars) == 100


def test_words_have_their_most_frequent_values():
    values = [f"v{i}" for i in range(30) for _ in range(i + 1)]
    found = facts("category", words(values))
    assert found.distinct == 30
    assert (found.bars[0].label, found.bars[0].count) == ("v29", 30)
    assert found.others == 18
    assert [bar.label for bar in facts("category", words(["b", "a", "a", "b"])).bars] == ["a", "b"]


def test_texts_have_examples_and_a_length():
    found = facts("text", words(["x" * 500, "y" * 100]))
    assert found.length == 300
    assert len(found.examples[0]) == 120


@pytest.mark.parametrize("kind", ["number", "datetime", "category", "text"])
def test_columns_without_values_have_facts(kind):
    empty = {"number": [np.nan], "datetime": pd.to_datetime([None])}.get(kind, words([None]))
    found = facts(kind, empty)
    assert (found.missing, found.distinct, found.bars) == (1, 0, ())


@pytest.mark.parametrize("values", [[1e308, -1e308], [5.0], [1e-300, 2e-300], [0.1 + i * 1e-15 for i in range(30)]])
def test_extreme_numbers_have_facts_that_are_json(values):
    found = facts("number", values)
    assert ColumnFacts.model_validate_json(found.model_dump_json()) == found


def test_facts_of_a_file_are_those_of_its_frame(tmp_path):
    path = written(tmp_path, "n,c,d\n1,x,2024-01-01\n2,y,\n,x,2024-01-03\n")
    table = import_table(path, "a.csv", None, tmp_path / "v.parquet")
    frame = read_frame(tmp_path / "v.parquet")
    assert column_facts(tmp_path / "v.parquet", table.schema) == column_facts(frame, table.schema)


def test_associations_name_their_measure_and_go_from_0_to_1():
    random = np.random.default_rng(0)
    x = random.normal(size=5000)
    frame = pd.DataFrame(
        {
            "same": x**3,
            "noise": random.normal(size=5000),
            "sign": words(np.where(x > 0, "up", "down")),
            "coin": words(random.choice(["a", "b", "c"], 5000)),
            "many": words([f"v{i % 2500}" for i in range(5000)]),
            "x": x,
        }
    )
    frame.loc[:999, "noise"] = np.nan
    kinds = schema(same="number", noise="number", sign="boolean", coin="category", many="category", x="number")
    found = associations(frame, kinds, "x")
    assert found["same"].strength == pytest.approx(1)
    assert found["same"].method == "spearman"
    assert found["noise"].strength < 0.05
    assert found["noise"].rows == 4000
    assert found["sign"].strength > 0.8
    assert found["sign"].method == "ratio"
    assert found["coin"].strength < 0.05
    assert found["many"].strength < 0.15
    found = associations(frame, kinds, "sign")
    assert found["x"].strength > 0.8
    assert found["coin"].method == "cramer"
    assert found["coin"].strength < 0.05
    twin = associations(frame.assign(coin=frame["sign"]), kinds, "sign")
    assert twin["coin"].strength == pytest.approx(1)


def test_a_column_that_is_filled_in_for_one_answer_only_goes_with_it():
    left = np.arange(1000) % 4 == 0
    frame = pd.DataFrame({"end": np.where(left, np.random.default_rng(0).random(1000), np.nan)})
    frame["left"] = words(np.where(left, "yes", "no"))
    found = associations(frame, schema(end="number", left="boolean"), "left")["end"]
    assert found.strength == pytest.approx(1)
    assert (found.method, found.rows) == ("filled", 1000)


def test_facts_on_ten_thousand_rows_are_there_at_once():
    random = np.random.default_rng(0)
    frame = pd.DataFrame({f"n{i}": random.normal(size=10_000) for i in range(20)})
    for i in range(10):
        frame[f"c{i}"] = words(random.choice([f"v{k}" for k in range(50 * (i + 1))], 10_000))
    kinds = schema(**{name: "number" if name[0] == "n" else "category" for name in frame})
    began = time.process_time()
    column_facts(frame, kinds)
    associations(frame, kinds, "c0")
    assert time.process_time() - began < 3
