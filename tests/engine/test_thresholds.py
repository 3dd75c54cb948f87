"""Thresholds: counted on validation and test rows, chosen on validation rows."""

from __future__ import annotations

import numpy as np

from engine.thresholds import threshold_table


def rows(count: int, seed: int, offset: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    odds = random.normal(offset, 2, count)
    probability = 1 / (1 + np.exp(-odds))
    return probability, random.random(count) < probability


def test_counts_are_what_the_threshold_gives() -> None:
    validation, (probability, truth) = rows(300, 0), rows(200, 1)
    table = threshold_table(validation, (probability, truth), positive="yes", negative="no")
    assert 3 <= len(table.thresholds) <= 101
    for threshold, counts in zip(table.thresholds, table.test, strict=True):
        called = probability >= threshold
        assert counts.true_positive == (called & truth).sum()
        assert counts.false_positive == (called & ~truth).sum()
        assert counts.true_negative == (~called & ~truth).sum()
        assert counts.false_negative == (~called & truth).sum()


def test_calibrated_probabilities_are_cut_where_costs_say() -> None:
    table = threshold_table(rows(60_000, 2), rows(1000, 3), positive="yes", negative="no")
    # The cheapest threshold is false alarm / (false alarm + miss) when probabilities are honest.
    assert abs(table.cheapest().threshold - 0.5) < 0.06
    assert abs(table.cheapest(false_alarm=1, miss=9).threshold - 0.1) < 0.04
    assert abs(table.cheapest(false_alarm=9, miss=1).threshold - 0.9) < 0.04


def test_choice_rests_on_validation_rows_alone() -> None:
    validation = rows(500, 4)
    one = threshold_table(validation, rows(300, 5), positive="yes", negative="no").cheapest(1, 4)
    other = threshold_table(validation, rows(300, 6), positive="yes", negative="no").cheapest(1, 4)
    assert one.threshold == other.threshold
    assert one.test != other.test
    assert one.test_cost_per_row == one.test.cost(1, 4) / 300


def test_rare_answers_have_a_choice_of_small_thresholds() -> None:
    table = threshold_table(rows(5000, 7, offset=-7), rows(500, 8, offset=-7), positive="yes", negative="no")
    assert sum(0 < threshold < 0.02 for threshold in table.thresholds) > 20


def test_no_cost_for_false_alarms_calls_everything_positive() -> None:
    table = threshold_table(rows(200, 9), rows(200, 10), positive="yes", negative="no")
    assert table.cheapest(false_alarm=0, miss=1).validation.false_negative == 0


def test_without_validation_rows_there_still_is_a_table() -> None:
    nothing = np.empty(0), np.empty(0, dtype=bool)
    table = threshold_table(nothing, rows(20, 11), positive="yes", negative="no")
    assert table.cheapest().threshold == 0.5
