"""Intervals hold what they promise; outcomes say no more than the rows do."""

from __future__ import annotations

import numpy as np
import pytest

from engine.evaluation.intervals import bootstrap, outcome, percentiles, pivotal, resamples_for, wilson


@pytest.mark.slow
def test_bootstrap_interval_of_a_mean_covers_it_95_times_in_100() -> None:
    random = np.random.default_rng(0)
    covered = 0
    for trial in range(300):
        values = random.exponential(1.0, 200)
        draws = bootstrap(lambda weights, v=values: np.array([v @ weights / len(v)]), 200, 200, seed=trial)
        low, high = percentiles(float(values.mean()), draws[:, 0]) or (0, 0)
        covered += low <= 1.0 <= high
    assert 0.90 <= covered / 300 <= 0.98


def test_bootstrap_is_the_same_for_the_same_seed_and_draws_whole_rows() -> None:
    one = bootstrap(lambda weights: weights, 7, 20, seed=3)
    np.testing.assert_array_equal(one, bootstrap(lambda weights: weights, 7, 20, seed=3))
    assert (one.sum(axis=1) == 7).all()
    assert not np.array_equal(one, bootstrap(lambda weights: weights, 7, 20, seed=4))


def test_wilson_interval_covers_and_is_honest_when_all_rows_are_right() -> None:
    random = np.random.default_rng(1)
    rights = random.binomial(40, 0.95, 2000)
    covered = [low <= 0.95 <= high for low, high in (wilson(right, 40) for right in rights)]
    assert np.mean(covered) > 0.93
    assert wilson(20, 20) == (pytest.approx(0.839, abs=0.001), 1.0)
    assert wilson(0, 20)[0] == 0.0


def test_undefined_draws_are_left_out_until_they_are_most() -> None:
    assert percentiles(1.0, np.array([1.0, 1.0, 2.0, np.nan])) is not None
    assert percentiles(1.0, np.array([1.0, np.nan, np.nan])) is None
    assert pivotal(1.0, np.array([np.nan])) is None


def test_interval_always_holds_its_value() -> None:
    assert percentiles(5.0, np.array([1.0, 2.0, 3.0])) == (pytest.approx(1.05), 5.0)


def test_number_of_resamples_falls_with_rows() -> None:
    assert resamples_for(100) == 1000
    assert resamples_for(100_000) == 300
    assert resamples_for(10_000_000) == 200


@pytest.mark.parametrize(
    ("gain", "interval", "rows", "expected"),
    [
        (0.03, (0.02, 0.04), 1000, "better"),
        (-0.03, (-0.04, -0.02), 1000, "worse"),
        (0.003, (0.002, 0.004), 100_000, "alike"),  # sure, but not worth a word
        (0.01, (-0.01, 0.03), 1000, "alike"),
        (0.01, (-0.07, 0.09), 100, "unknown"),
        (0.30, (0.20, 0.40), 29, "unknown"),
        (0.30, None, 1000, "unknown"),
    ],
)
def test_outcomes(gain: float, interval: tuple[float, float] | None, rows: int, expected: str) -> None:
    assert outcome(gain, interval, rows, material=0.005, wide=0.05) == expected
