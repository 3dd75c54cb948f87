"""Metrics, against scikit-learn where it has them, and where rows do not define them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax
from sklearn import metrics

from engine.answers import ClassAnswers, NumberAnswers
from engine.evaluation.measures import ClassMeasures, NumberMeasures


def classes(rows: int, count: int, seed: int = 0) -> tuple[np.ndarray, ClassAnswers]:
    random = np.random.default_rng(seed)
    truth = random.integers(0, count, rows)
    logits = random.normal(size=(rows, count))
    logits[np.arange(rows), truth] += 1.0
    chances = softmax(logits, axis=1)
    return truth, ClassAnswers(tuple(f"c{k}" for k in range(count)), chances, chances.argmax(axis=1))


def numbers(truth: np.ndarray, value: np.ndarray) -> dict[str, float]:
    measures = NumberMeasures(truth, NumberAnswers(value, value - 1, value + 1))
    return dict(zip(measures.names, measures.of(np.ones(len(truth))), strict=True))


def figures(truth: np.ndarray, answers: ClassAnswers, weights: np.ndarray | None = None) -> dict[str, float]:
    measures = ClassMeasures(truth, answers)
    return dict(zip(measures.names, measures.of(np.ones(len(truth)) if weights is None else weights), strict=True))


def test_metrics_of_two_classes_are_those_of_scikit_learn() -> None:
    truth, answers = classes(400, 2)
    second, chosen = answers.probabilities[:, 1], answers.chosen
    expected = {
        "accuracy": metrics.accuracy_score(truth, chosen),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, chosen),
        "log_loss": metrics.log_loss(truth, answers.probabilities),
        "roc_auc": metrics.roc_auc_score(truth, second),
        "average_precision": metrics.average_precision_score(truth, second),
        "f1": metrics.f1_score(truth, chosen),
        "precision": metrics.precision_score(truth, chosen),
        "recall": metrics.recall_score(truth, chosen),
        "brier": metrics.brier_score_loss(truth, second),
    }
    found = figures(truth, answers)
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_metrics_of_many_classes_are_those_of_scikit_learn() -> None:
    truth, answers = classes(600, 5)
    found = figures(truth, answers)
    expected = {
        "roc_auc": metrics.roc_auc_score(truth, answers.probabilities, multi_class="ovr"),
        "average_precision": metrics.average_precision_score(np.eye(5)[truth], answers.probabilities),
        "f1": metrics.f1_score(truth, answers.chosen, average="macro"),
        "precision": metrics.precision_score(truth, answers.chosen, average="macro"),
        "recall": metrics.recall_score(truth, answers.chosen, average="macro"),
        "log_loss": metrics.log_loss(truth, answers.probabilities),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize("count", [2, 4])
def test_weight_two_is_the_row_twice(count: int) -> None:
    truth, answers = classes(200, count, seed=1)
    weights = np.random.default_rng(2).integers(1, 4, 200)
    again = np.repeat(np.arange(200), weights)
    twice = ClassAnswers(answers.classes, answers.probabilities[again], answers.chosen[again])
    weighted, repeated = figures(truth, answers, weights.astype(float)), figures(truth[again], twice)
    for name in ("roc_auc", "average_precision"):  # to the first order
        assert weighted.pop(name) == pytest.approx(repeated.pop(name), abs=0.01)
    assert weighted == pytest.approx(repeated)


def test_calibration_error_is_small_for_honest_probabilities_and_large_for_boasting() -> None:
    random = np.random.default_rng(3)
    odds = random.normal(0, 1.5, 20_000)
    truth = (random.random(20_000) < 1 / (1 + np.exp(-odds))).astype(int)

    def error(scores: np.ndarray) -> float:
        second = 1 / (1 + np.exp(-scores))
        return figures(truth, ClassAnswers(("n", "y"), np.stack([1 - second, second], 1), (second > 0.5).astype(int)))[
            "calibration_error"
        ]

    assert error(odds) < 0.015
    assert error(odds * 4) > 0.1


def test_one_class_in_the_truth_leaves_areas_undefined() -> None:
    _, answers = classes(50, 2)
    found = figures(np.zeros(50, dtype=int), answers)
    assert np.isnan(found["roc_auc"])
    assert np.isnan(found["recall"])
    assert np.isfinite(found["log_loss"])


def test_precision_is_undefined_when_the_second_class_is_never_answered() -> None:
    chances = np.tile([0.8, 0.2], (30, 1))
    found = figures(np.arange(30) % 3 // 2, ClassAnswers(("no", "yes"), chances, np.zeros(30, dtype=int)))
    assert np.isnan(found["precision"])
    assert (found["f1"], found["recall"], found["roc_auc"], found["balanced_accuracy"]) == (0, 0, 0.5, 0.5)


def test_sure_and_wrong_has_a_finite_log_loss() -> None:
    answers = ClassAnswers(("a", "b"), np.tile([1.0, 0.0], (4, 1)), np.zeros(4, dtype=int))
    found = figures(np.ones(4, dtype=int), answers)
    assert found["accuracy"] == 0
    assert 30 < found["log_loss"] < 40


def test_metrics_of_numbers_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(4)
    truth = random.gamma(2, 1000, 301) + 100
    value = truth * random.normal(1, 0.2, 301)
    expected = {
        "mae": metrics.mean_absolute_error(truth, value),
        "rmse": metrics.root_mean_squared_error(truth, value),
        "r2": metrics.r2_score(truth, value),
        "median_error": metrics.median_absolute_error(truth, value),
        "percentage_error": metrics.mean_absolute_percentage_error(truth, value),
    }
    assert numbers(truth, value) == pytest.approx(expected)
    assert numbers(truth[:300], value[:300])["median_error"] == pytest.approx(
        metrics.median_absolute_error(truth[:300], value[:300])
    )


@pytest.mark.parametrize("truth", [[0.0, 5.0, 6.0], [-1.0, 1.0, 2.0], [0.001, 50.0, 60.0]])
def test_percentage_error_is_left_out_where_it_makes_no_sense(truth: list[float]) -> None:
    assert "percentage_error" not in numbers(np.array(truth), np.array(truth) + 1)


def test_large_numbers_with_small_differences_keep_their_digits() -> None:
    random = np.random.default_rng(5)
    truth = 1e12 + random.normal(0, 1, 500)
    assert numbers(truth, truth + 0.5)["r2"] == pytest.approx(1 - 0.25 / truth.var(), rel=1e-3)


def test_constant_truth_has_no_r2() -> None:
    assert np.isnan(numbers(np.full(20, 7.0), np.full(20, 8.0))["r2"])
