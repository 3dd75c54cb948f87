"""An evaluation as a whole: what it says of good, useless, tiny and broken models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.errors import BadRecipe, BadTable
from engine.evaluation import evaluate
from engine.evaluation.verdict import beside_weighted_sum
from engine.metrics import METRICS
from engine.results import Evaluation
from engine.targets import Target
from engine.targets.classes import OneOfMany, OneOfTwo
from engine.targets.number import Quantity

TRAIN, VALIDATION = 2000, 1000


def evaluated(target: Target, truth: np.ndarray, **scores: np.ndarray) -> Evaluation:
    """Rows are training, validation and test rows in this order; `scores` are of all of them."""
    held, test = slice(TRAIN, TRAIN + VALIDATION), slice(TRAIN + VALIDATION, None)
    return evaluate(
        {name: target.calibrate(truth[held], each[held]) for name, each in scores.items()},
        truth[test],
        {name: each[test] for name, each in scores.items()},
        row_ids=np.arange(len(truth))[test],
        truth_train=truth[:TRAIN],
        truth_validation=truth[held],
        scores_validation={name: each[held] for name, each in scores.items()},
        seed=1,
    )


def binary(rows: int, *, offset: float = -1.0, strength: float = 2.0) -> tuple[Target, np.ndarray, np.ndarray]:
    """Truth that follows the scores as a logistic model says."""
    random = np.random.default_rng(0)
    odds = random.normal(0, 1, TRAIN + VALIDATION + rows) * strength + offset
    values = pd.Series(np.where(random.random(len(odds)) < 1 / (1 + np.exp(-odds)), "yes", "no"))
    target = OneOfTwo.fit("churn", values[:TRAIN])
    return target, target.encode(values), odds[:, None].astype("float32")


def many(rows: int, classes: int) -> tuple[Target, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    scores = random.normal(0, 2, (TRAIN + VALIDATION + rows, classes)).astype("float32")
    truth = (scores + random.gumbel(size=scores.shape)).argmax(axis=1)
    names = pd.Series([f"kind {k:03}" for k in truth])
    target = OneOfMany.fit("kind", names[:TRAIN])
    return target, target.encode(names), scores


def number(rows: int, *, noise: float = 1.0, scale: float = 20_000.0) -> tuple[Target, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    signal = random.normal(0, 2, TRAIN + VALIDATION + rows)
    values = pd.Series((signal + random.normal(0, noise, len(signal))) * scale)
    target = Quantity.fit("price", values[:TRAIN])
    scores = (signal * scale - target.mean) / target.deviation
    return target, target.encode(values), scores[:, None].astype("float32")


def said(evaluation: Evaluation) -> str:
    verdict = evaluation.verdict
    notes = [verdict.headline, verdict.guessing, verdict.simpler, *verdict.sentences, *evaluation.notes]
    return " ".join(note.text.format(**note.values) for note in notes if note is not None)


def worse(scores: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(9).normal(0, scores.std() * 1.5, scores.shape)
    return (scores + noise).astype("float32")


def test_good_model_is_better_than_guessing_and_the_simpler_method() -> None:
    target, truth, scores = binary(2000)
    found = evaluated(target, truth, model=scores, baseline=worse(scores))
    assert (found.verdict.against_guess, found.verdict.against_baseline) == ("better", "better")
    assert "Right 80 times in 100 (78–82)." in said(found)
    assert "Always answering “no” would be right 64 times in 100." in said(found)
    assert "Better than the simpler method, gradient boosting" in said(found)
    assert "Tested on 2,000 rows" in said(found)


def test_a_verdict_names_the_simpler_method_it_compares_with() -> None:
    target, truth, scores = binary(2000)
    found = evaluated(target, truth, model=scores, baseline=worse(scores))
    verdict = beside_weighted_sum(found.verdict, found.headline)
    assert verdict.simpler is not None
    assert verdict.simpler.text.startswith("Better than the simpler method, a weighted sum of words or pixels")
    assert verdict.simpler.values == found.verdict.simpler.values
    alone = evaluated(target, truth, model=scores)
    assert beside_weighted_sum(alone.verdict, alone.headline) == alone.verdict


def test_same_answers_are_about_as_good() -> None:
    target, truth, scores = binary(2000)
    found = evaluated(target, truth, model=scores, baseline=scores)
    assert found.verdict.against_baseline == "alike"
    assert all(each.value == 0 for each in found.differences if each.second == "baseline")


def test_worse_than_the_simpler_method_says_so_and_what_to_do() -> None:
    target, truth, scores = number(1500)
    found = evaluated(target, truth, model=worse(scores), baseline=scores)
    assert found.verdict.against_baseline == "worse"
    assert "You can use that one for predictions instead." in said(found)


def test_useless_model_is_not_better_than_guessing() -> None:
    target, truth, scores = binary(2000)
    found = evaluated(target, truth, model=scores[::-1].copy())
    assert found.verdict.against_guess in {"alike", "worse"}
    assert "baseline" not in found.metrics
    assert found.verdict.simpler is None


def test_model_of_a_rare_answer_is_credited_with_telling_rows_apart() -> None:
    target, truth, scores = binary(4000, offset=-4.5, strength=1.0)
    found = evaluated(target, truth, model=scores)
    assert found.verdict.against_guess == "alike"
    assert "tell rows apart: a row with “yes” gets a higher one than a row without it" in said(found)


def test_few_rows_do_not_tell() -> None:
    target, truth, scores = binary(20)
    found = evaluated(target, truth, model=scores, baseline=worse(scores))
    assert (found.verdict.against_guess, found.verdict.against_baseline) == ("unknown", "unknown")
    assert "too few to tell" in said(found)


@pytest.mark.parametrize("make", [binary, number, lambda rows: many(rows, 3)])
def test_one_test_row_is_evaluated_without_intervals(make) -> None:
    target, truth, scores = make(1)
    found = evaluated(target, truth, model=scores, baseline=scores)
    assert found.rows == 1
    assert "Tested on a single row" in said(found)
    assert all(metric.low is None for metric in found.metrics["model"] if metric.name != "accuracy")


def test_one_hundred_classes() -> None:
    target, truth, scores = many(3000, 100)
    found = evaluated(target, truth, model=scores, baseline=worse(scores))
    assert found.classes is not None
    assert len(found.classes.roc) == len(found.classes.precision_recall) == 6
    confusion = found.classes.confusion
    assert (len(confusion.classes), confusion.gathered, len(confusion.counts)) == (50, 50, 51)
    assert sum(map(sum, confusion.counts)) == 3000
    assert found.classes.thresholds is None
    assert len(found.model_dump_json()) < 300_000


def test_class_missing_from_the_test_rows_is_named() -> None:
    target, truth, scores = many(300, 4)
    test = slice(TRAIN + VALIDATION, None)
    truth[test] = np.where(truth[test] == 3, 0, truth[test])
    found = evaluated(target, truth, model=scores)
    assert "No test row has “kind 003”" in said(found)
    assert found.classes is not None
    assert found.classes.classes[3].recall is None
    assert found.metric("roc_auc") is not None


def test_all_wrong_and_constant_answers() -> None:
    target, truth, _ = binary(200)
    wrong = np.where(truth == 1, -3.0, 3.0)[:, None].astype("float32")
    found = evaluated(target, truth, model=wrong, baseline=np.full_like(wrong, 0.3))
    accuracy = found.metric("accuracy")
    assert accuracy is not None
    assert (accuracy.value, accuracy.low) == (0, 0)
    assert accuracy.high is not None
    assert 0 < accuracy.high < 0.05
    assert found.verdict.against_guess == "worse"


def test_rows_with_unknown_truth_are_left_out_and_counted() -> None:
    target, truth, scores = binary(300)
    truth[-20:] = -1
    found = evaluated(target, truth, model=scores)
    assert (found.rows, found.left_out) == (280, 20)
    assert "20 test rows were left out" in said(found)
    numeric, values, predictions = number(300)
    values[-20:] = np.nan
    assert evaluated(numeric, values, model=predictions).left_out == 20


def test_no_known_test_row_is_an_error() -> None:
    target, truth, scores = binary(5)
    truth[-5:] = -1
    with pytest.raises(BadTable, match="No test row has a known answer in “churn”"):
        evaluated(target, truth, model=scores)


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_scores_that_are_no_numbers_are_an_error_with_a_remedy(broken: float) -> None:
    target, truth, scores = number(100)
    scores[-3:] = broken
    with pytest.raises(BadRecipe, match=r"For 3 of 100 rows .* Try a smaller learning rate"):
        evaluated(target, truth, model=scores)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e15, 1e100])
def test_numbers_of_any_size(scale: float) -> None:
    target, truth, scores = number(400, scale=scale)
    found = evaluated(target, truth, model=scores, baseline=worse(scores))
    assert found.verdict.against_guess == found.verdict.against_baseline == "better"
    r2 = found.metric("r2")
    assert r2 is not None
    assert r2.value == pytest.approx(0.8, abs=0.04)


def test_skewed_numbers_are_covered_as_promised() -> None:
    random = np.random.default_rng(3)
    signal = random.normal(0, 1, TRAIN + VALIDATION + 3000)
    values = pd.Series(np.exp(signal + random.normal(0, 0.8, len(signal))) * 100)
    target = Quantity.fit("price", values[:TRAIN])
    scores = ((np.exp(signal + 0.32) * 100 - target.mean) / target.deviation)[:, None].astype("float32")
    found = evaluated(target, target.encode(values), model=scores)
    assert found.numbers is not None
    assert 0.88 <= found.numbers.coverage.held <= 0.92


def test_every_metric_has_words_and_the_record_survives_json() -> None:
    for target, truth, scores in (binary(200), many(200, 3), number(200)):
        found = evaluated(target, truth, model=scores, baseline=worse(scores))
        assert Evaluation.model_validate_json(found.model_dump_json()) == found
        assert set(found.metrics) == {"model", "baseline", "guess"}
        for metrics in found.metrics.values():
            for metric in metrics:
                assert metric.low is None or (metric.high is not None and metric.low <= metric.value <= metric.high)
                assert METRICS[metric.name].title


def test_same_seed_gives_the_same_record() -> None:
    target, truth, scores = binary(300)
    assert evaluated(target, truth, model=scores) == evaluated(target, truth, model=scores)


def test_best_worst_and_uncertain_rows_are_what_they_say() -> None:
    target, truth, scores = binary(500)
    found = evaluated(target, truth, model=scores)
    assert len(found.best_rows) == len(found.worst_rows) == len(found.uncertain_rows) == 20
    assert all(row.truth == row.answer for row in found.best_rows)
    assert all(row.truth != row.answer for row in found.worst_rows)
    assert [row.loss for row in found.worst_rows] == sorted((row.loss for row in found.worst_rows), reverse=True)
    assert all(row.probability is not None and row.probability < 0.6 for row in found.uncertain_rows)
    assert all(row.row_id >= TRAIN + VALIDATION for row in found.best_rows)


def test_reliability_bins_hold_all_rows() -> None:
    target, truth, scores = binary(3000)
    found = evaluated(target, truth, model=scores * 3, baseline=scores)
    assert found.classes is not None
    for reliability in found.classes.reliability:
        assert sum(each.rows for each in reliability.bins) == 3000
        assert all(each.low <= each.stated <= each.high for each in reliability.bins)
    # The temperature mends scores that boast threefold.
    assert found.classes.reliability[0].error < 0.03
