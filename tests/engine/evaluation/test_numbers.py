"""Charts of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from engine.answers import NumberAnswers
from engine.evaluation.numbers import histogram, number_report
from engine.results import NumberReport


def report(truth: np.ndarray, value: np.ndarray, margin: float = 1.0) -> NumberReport:
    ids = np.arange(len(truth)) + 1000
    return number_report(truth, NumberAnswers(value, value - margin, value + margin), ids, seed=0)


def test_points_are_a_seeded_sample_of_many_rows_and_all_of_few() -> None:
    truth = np.random.default_rng(0).normal(size=5000)
    points = report(truth, truth + 1).predicted_true
    assert (len(points.truth), points.of) == (2000, 5000)
    assert points == report(truth, truth + 1).predicted_true
    np.testing.assert_allclose(np.array(points.predicted) - points.truth, 1)
    np.testing.assert_allclose(truth[np.array(points.row_ids) - 1000], points.truth)
    assert len(report(truth[:30], truth[:30]).predicted_true.truth) == 30


def test_coverage_is_counted_on_the_rows() -> None:
    coverage = report(np.zeros(100), np.where(np.arange(100) < 85, 0.5, 2.0)).coverage
    assert (coverage.held, coverage.promised, coverage.mean_width, coverage.rows) == (0.85, 0.9, 2.0, 100)
    assert coverage.held_low < 0.85 < coverage.held_high


def test_rows_are_counted_on_the_side_they_miss_to_and_exact_ones_on_neither() -> None:
    truth = np.array([0.1 + 0.2, 5.0, 1.0, 1.0, 1.0])
    misses = report(truth, np.array([0.3, 5.0, 0.9, 0.999, 1.001])).misses
    assert misses is not None
    assert (misses.low, misses.high) == (2, 1)


def test_ranges_hold_all_rows_and_show_where_errors_are_large() -> None:
    truth = np.random.default_rng(1).exponential(100, 2000)
    ranges = report(truth, truth * 1.1).by_range
    assert len(ranges) == 10
    assert sum(each.rows for each in ranges) == 2000
    assert [each.mae for each in ranges] == sorted(each.mae for each in ranges)
    assert all(each.mae_low is not None and each.mae_low <= each.mae <= (each.mae_high or 0) for each in ranges)
    assert ranges[-1].bias == pytest.approx(ranges[-1].mae)


def test_ranges_of_equal_truths_do_not_break() -> None:
    truth = np.repeat([0.0, 0.0, 0.0, 5.0], 50)
    assert sum(each.rows for each in report(truth, truth).by_range) == 200
    assert [each.rows for each in report(np.full(40, 3.0), np.full(40, 3.0)).by_range] == [40]


def test_one_row_has_a_report() -> None:
    found = report(np.array([2.0]), np.array([2.5]))
    assert found.by_range[0].mae_low is None
    assert sum(found.residuals.counts) == 1


def test_far_values_do_not_press_the_histogram_into_one_bar() -> None:
    values = np.append(np.random.default_rng(2).normal(0, 1, 1000), [1e6, -1e6])
    found = histogram(values)
    assert sum(found.counts) + found.below + found.above == 1002
    assert found.above >= 1 <= found.below
    assert max(found.counts) < 200


def test_histogram_of_one_value_and_of_huge_ones() -> None:
    assert sum(histogram(np.full(9, 3.0)).counts) == 9
    assert sum(histogram(np.array([1e30, 2e30, 3e30])).counts) == 3
