"""Which columns matter: shuffled among many rows, and added up for one."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from engine.encoding import Encoded, Place
from engine.explanation import contributions, permutation_importance
from engine.targets.classes import OneOfMany, OneOfTwo
from engine.targets.number import Quantity

PLACES = (
    Place("income", "number", 0, 1),
    Place("age", "number", 1, 2),
    Place("unused", "number", 2, 3),
    Place("city", "category", 0, 1),
    Place("when", "datetime", 0, 3),
)
EFFECTS = np.array([0.0, 1.5, -2.0, 0.5])  # of the four cities


def rows(count: int, seed: int = 0) -> Encoded:
    random = np.random.default_rng(seed)
    return {
        "number": random.normal(size=(count, 3)).astype("float32"),
        "category": random.integers(0, 4, (count, 1)).astype("int32"),
        "datetime": random.normal(size=(count, 3)).astype("float32"),
    }


def linear(encoded: Encoded) -> np.ndarray:
    """A model that is a sum over columns, so that its Shapley values are known."""
    amounts = encoded["number"] @ np.array([2.0, -1.0, 0.0])
    total = amounts + EFFECTS[encoded["category"][:, 0]] + encoded["datetime"] @ np.array([0.5, 0.5, -1.0])
    return total[:, None]


def quantity() -> Quantity:
    return Quantity(name="price", mean=100.0, deviation=10.0)


def test_contributions_of_a_linear_model_are_the_closed_form() -> None:
    row, background = rows(1, seed=1), rows(64, seed=2)
    found = contributions(linear, row, background, PLACES, quantity())
    expected = {
        "income": 10 * 2.0 * (row["number"][0, 0] - background["number"][:, 0].mean()),
        "age": -10 * (row["number"][0, 1] - background["number"][:, 1].mean()),
        "unused": 0.0,
        "city": 10 * (EFFECTS[row["category"][0, 0]] - EFFECTS[background["category"][:, 0]].mean()),
        "when": 10 * ((row["datetime"][0] - background["datetime"].mean(axis=0)) @ [0.5, 0.5, -1.0]),
    }
    assert {each.name: each.value for each in found.columns} == pytest.approx(expected, abs=1e-4)
    assert (found.unit, found.of) == ("number", None)
    assert found.base == pytest.approx(quantity().decode(linear(background)).value.mean())
    assert found.answer == pytest.approx(quantity().decode(linear(row)).value[0])


def test_contributions_sum_to_answer_minus_base_in_probability() -> None:
    target = OneOfTwo(name="churn", classes=("no", "yes"), temperature=1.7)
    row, background = rows(1, seed=3), rows(64, seed=4)
    found = contributions(lambda encoded: linear(encoded) * 2, row, background, PLACES, target)
    assert sum(each.value for each in found.columns) == pytest.approx(found.answer - found.base, abs=1e-12)
    answers = target.decode(linear(row) * 2)
    assert found.unit == "probability"
    assert found.of == answers.classes[answers.chosen[0]]
    assert found.answer == pytest.approx(answers.probabilities[0, answers.chosen[0]])
    assert next(each.value for each in found.columns if each.name == "unused") == 0


def test_interaction_is_shared_between_its_columns() -> None:
    def product(encoded: Encoded) -> np.ndarray:
        return encoded["number"][:, :1] * encoded["number"][:, 1:2]

    background = {"number": np.zeros((10, 3), dtype="float32")}
    row = {"number": np.array([[2.0, 3.0, 1.0]], dtype="float32")}
    found = contributions(product, row, background, PLACES[:3], quantity(), draws=20)
    assert [each.value for each in found.columns] == pytest.approx([30.0, 30.0, 0.0])
    # An order and its reverse give each half: the antithetic pair leaves nothing to chance.
    assert [each.error for each in found.columns] == pytest.approx([0.0, 0.0, 0.0], abs=1e-6)


def test_standard_error_tells_how_far_draws_scatter() -> None:
    def tangled(encoded: Encoded) -> np.ndarray:
        number = encoded["number"]
        return np.tanh(number[:, :1] * 2 + number[:, 1:2] * number[:, 2:3])

    row, background = rows(1, seed=5), rows(400, seed=6)
    runs = [contributions(tangled, row, background, PLACES[:3], quantity(), draws=100, seed=s) for s in range(40)]
    for i in range(3):
        scatter = np.std([run.columns[i].value for run in runs])
        stated = np.mean([run.columns[i].error for run in runs])
        assert stated == pytest.approx(scatter, rel=0.35)


def test_many_classes_explain_the_class_answered() -> None:
    target = OneOfMany(name="kind", classes=("a", "b", "c"))

    def scores(encoded: Encoded) -> np.ndarray:
        return np.hstack([linear(encoded), -linear(encoded), np.zeros((len(encoded["number"]), 1))])

    row = rows(1, seed=7)
    found = contributions(scores, row, rows(30, seed=8), PLACES, target)
    assert found.of == ("a" if linear(row)[0, 0] > 0 else "b")
    assert sum(each.value for each in found.columns) == pytest.approx(found.answer - found.base, abs=1e-12)


def test_contributions_are_the_same_for_the_same_seed_and_fewer_draws_use_fewer_rows() -> None:
    row, background = rows(1), rows(64, seed=1)
    one = contributions(linear, row, background, PLACES, quantity(), draws=20, seed=5)
    assert one == contributions(linear, row, background, PLACES, quantity(), draws=20, seed=5)
    assert (one.draws, one.background_rows) == (20, 10)
    assert contributions(linear, row, background, PLACES, quantity(), draws=300).draws == 256


def test_one_background_row_and_one_column_are_enough() -> None:
    row, background = rows(1), rows(1, seed=1)
    found = contributions(linear, row, background, PLACES[:1], quantity(), draws=2)
    assert found.columns[0].value == pytest.approx(found.answer - found.base)


def test_thirty_columns_are_explained_in_few_calls() -> None:
    places = tuple(Place(f"c{i}", "number", i, i + 1) for i in range(30))
    random = np.random.default_rng(0)
    calls = []

    def predict(encoded: Encoded) -> np.ndarray:
        calls.append(len(encoded["number"]))
        return encoded["number"].sum(axis=1, keepdims=True)

    row, background = ({"number": random.normal(size=(n, 30)).astype("float32")} for n in (1, 64))
    contributions(predict, row, background, places, quantity())
    assert len(calls) <= 3
    assert sum(calls) < 5000


def test_importance_finds_the_columns_that_matter_and_none_in_an_unused_one() -> None:
    encoded = rows(3000)
    random = np.random.default_rng(1)
    values = linear(encoded)[:, 0] + random.normal(0, 0.1, 3000)
    found = permutation_importance(linear, encoded, values.astype("float32"), quantity(), PLACES, seconds=60)
    assert (found.metric, found.rows, found.of, found.repeats, found.complete) == ("mae", 2000, 3000, 5, True)
    assert found.columns[0].name == "income"
    unused = next(each for each in found.columns if each.name == "unused")
    assert (unused.drop, unused.low, unused.high) == (0, 0, 0)
    assert all(each.low is not None and each.low > 0 for each in found.columns if each.name != "unused")


def test_importance_of_classes_is_the_loss_of_right_answers() -> None:
    encoded = rows(1000)
    truth = (linear(encoded)[:, 0] > 0).astype("int32")
    target = OneOfTwo(name="churn", classes=("no", "yes"))
    found = permutation_importance(linear, encoded, truth, target, PLACES, seconds=60)
    assert found.metric == "accuracy"
    assert 0.2 < found.columns[0].drop < 0.5


def test_importance_of_a_rare_answer_is_told_by_log_loss() -> None:
    encoded = rows(1000)
    odds = linear(encoded) - 9
    truth = (np.random.default_rng(2).random(1000) < 1 / (1 + np.exp(-odds[:, 0] - 3))).astype("int32")
    target = OneOfTwo(name="churn", classes=("no", "yes"))
    found = permutation_importance(lambda e: linear(e) - 9, encoded, truth, target, PLACES, seconds=60)
    assert found.metric == "log_loss"
    assert found.columns[0].drop > 0


def test_importance_is_the_same_for_the_same_seed() -> None:
    encoded, truth = rows(300), np.arange(300).astype("float32")
    one, other = (permutation_importance(linear, encoded, truth, quantity(), PLACES, seconds=60) for _ in range(2))
    assert one == other


def test_importance_leaves_its_rows_as_they_were_and_out_those_without_truth() -> None:
    encoded = rows(200)
    kept = {kind: array.copy() for kind, array in encoded.items()}
    truth = np.where(np.arange(200) < 50, np.nan, 1.0).astype("float32")
    found = permutation_importance(linear, encoded, truth, quantity(), PLACES, seconds=60)
    assert found.of == 150
    for kind, array in encoded.items():
        np.testing.assert_array_equal(array, kept[kind])


def test_importance_ends_when_its_time_is_up() -> None:
    def slow(encoded: Encoded) -> np.ndarray:
        time.sleep(0.05)
        return linear(encoded)

    truth = pd.Series(range(100)).to_numpy(dtype="float32")
    found = permutation_importance(slow, rows(100), truth, quantity(), PLACES, seconds=0.12)
    assert not found.complete
    assert 1 <= len(found.columns) < len(PLACES)
    once = permutation_importance(slow, rows(100), truth, quantity(), PLACES, seconds=0.45)
    assert once.complete
    assert once.repeats == 1
