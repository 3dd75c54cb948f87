"""Probabilities and intervals made honest on validation rows."""

from __future__ import annotations

import numpy as np
import pytest

from engine.calibration import conformal_quantile, fit_temperature


def draw(logits: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Classes drawn with the probabilities that the logits state."""
    return (logits + random.gumbel(size=logits.shape)).argmax(axis=1)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_known_temperature_is_recovered_from_many_classes(temperature: float) -> None:
    random = np.random.default_rng(1)
    honest = random.normal(0, 2, (8000, 5))
    assert fit_temperature(draw(honest, random), honest * temperature) == pytest.approx(temperature, rel=0.06)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_known_temperature_is_recovered_from_log_odds(temperature: float) -> None:
    random = np.random.default_rng(2)
    odds = random.normal(0, 2, (8000, 1))
    truth = draw(np.hstack([np.zeros_like(odds), odds]), random)
    assert fit_temperature(truth, odds * temperature) == pytest.approx(temperature, rel=0.06)


def test_log_odds_and_two_logits_give_the_same_temperature() -> None:
    random = np.random.default_rng(3)
    odds = random.normal(0, 2, (500, 1))
    both = np.hstack([np.zeros_like(odds), odds])
    truth = draw(both, random)
    assert fit_temperature(truth, odds) == pytest.approx(fit_temperature(truth, both), rel=1e-3)


def test_few_rows_that_are_all_right_do_not_make_it_sure() -> None:
    logits = np.linspace(2, 4, 20)[:, None]
    assert fit_temperature(np.ones(20, dtype=int), logits) > 0.4


def test_nothing_to_learn_from_leaves_scores_as_they_are() -> None:
    assert fit_temperature(np.empty(0, dtype=int), np.empty((0, 3))) == 1.0
    assert fit_temperature(np.array([-1, -1]), np.array([[1.0], [2.0]])) == 1.0
    assert fit_temperature(np.array([0, 1, 1]), np.tile([0.2, 0.5, 0.1], (3, 1))) == 1.0


def test_rows_without_known_truth_do_not_count() -> None:
    random = np.random.default_rng(4)
    logits = random.normal(0, 2, (300, 3))
    truth = draw(logits, random)
    with_unknown = fit_temperature(np.append(truth, [-1] * 50), np.vstack([logits, random.normal(0, 9, (50, 3))]))
    assert with_unknown == pytest.approx(fit_temperature(truth, logits))


def test_intervals_hold_ninety_times_in_a_hundred_on_fresh_rows() -> None:
    random = np.random.default_rng(5)
    held = []
    for _ in range(300):
        margin = conformal_quantile(np.abs(random.standard_t(3, 100)), 0.9)
        held.append((np.abs(random.standard_t(3, 200)) <= margin).mean())
    assert 0.89 < np.mean(held) < 0.92


def test_rank_is_corrected_for_few_rows() -> None:
    assert conformal_quantile(np.arange(1.0, 20.0), 0.9) == 18.0  # ceil(20 · 0.9)
    assert conformal_quantile(np.arange(1.0, 10.0), 0.9) == 9.0  # ceil(10 · 0.9)
    assert conformal_quantile(np.arange(1.0, 6.0), 0.9) == 5.0  # too few: the largest


def test_missing_errors_are_left_out() -> None:
    assert conformal_quantile(np.array([1.0, np.nan, 3.0]), 0.5) == 3.0
    assert conformal_quantile(np.array([np.nan])) == 0.0
