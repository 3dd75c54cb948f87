"""Metrics of several labels a row, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, f1_score, jaccard_score, precision_score, recall_score

from engine.answers import LabelAnswers
from engine.evaluation import evaluate
from engine.evaluation.label_measures import LabelMeasures
from engine.results import Evaluation
from engine.targets.labels import SeveralOfMany

ROWS, LABELS = 400, 5


def answered(rows: int = ROWS, seed: int = 0) -> tuple[np.ndarray, LabelAnswers]:
    random = np.random.default_rng(seed)
    chances = random.random((rows, LABELS)) * np.linspace(0.2, 0.9, LABELS)
    truth = random.random(chances.shape) < chances
    return truth, LabelAnswers(tuple("abcde"), chances, chances >= 0.4, ";")


def figures(truth: np.ndarray, answers: LabelAnswers, weights: np.ndarray | None = None) -> dict[str, float]:
    measures = LabelMeasures(truth, answers)
    return dict(zip(measures.names, measures.of(np.ones(len(truth)) if weights is None else weights), strict=True))


def test_metrics_agree_with_scikit_learn() -> None:
    truth, answers = answered()
    found, given = figures(truth, answers), answers.chosen
    assert found["micro_f1"] == pytest.approx(f1_score(truth, given, average="micro"))
    assert found["micro_precision"] == pytest.approx(precision_score(truth, given, average="micro"))
    assert found["micro_recall"] == pytest.approx(recall_score(truth, given, average="micro"))
    assert found["macro_f1"] == pytest.approx(f1_score(truth, given, average="macro", zero_division=0))
    assert found["jaccard"] == pytest.approx(jaccard_score(truth, given, average="samples", zero_division=1))
    assert found["exact_match"] == pytest.approx((truth == given).all(axis=1).mean())
    assert found["mean_average_precision"] == pytest.approx(average_precision_score(truth, answers.probabilities))


def test_a_row_of_weight_two_counts_as_two_rows() -> None:
    truth, answers = answered(200)
    weights = np.random.default_rng(1).integers(0, 3, 200).astype(float)
    again = np.repeat(np.arange(200), weights.astype(int))
    twice = LabelAnswers(answers.labels, answers.probabilities[again], answers.chosen[again], ";")
    weighted, repeated = figures(truth, answers, weights), figures(truth[again], twice)
    for name in weighted.keys() - {"mean_average_precision"}:
        assert weighted[name] == pytest.approx(repeated[name]), name
    assert weighted["mean_average_precision"] == pytest.approx(repeated["mean_average_precision"], abs=0.02)


def test_rows_without_labels_that_get_none_are_right() -> None:
    answers = LabelAnswers(("a", "b"), np.full((20, 2), 0.1), np.zeros((20, 2), dtype=bool), ";")
    found = figures(np.zeros((20, 2), dtype=bool), answers)
    assert (found["micro_f1"], found["jaccard"], found["exact_match"]) == (1, 1, 1)
    assert np.isnan(found["mean_average_precision"])


def judged(strength: float) -> Evaluation:
    random = np.random.default_rng(0)
    odds = random.normal(-1, strength, (3000, LABELS))
    flags = random.random(odds.shape) < 1 / (1 + np.exp(-odds))
    names = np.array(["海", "big dogs", "c", "d", "e"])
    values = pd.Series(["; ".join(names[row]) or "[]" for row in flags])
    target = SeveralOfMany.fit("tags", values[:1000])
    truth = target.encode(values)
    order = [list(names).index(label) for label in target.labels]
    scores = odds[:, order].astype("float32")
    return evaluate(
        {"model": target.calibrate(truth[1000:2000], scores[1000:2000])}, truth[2000:], {"model": scores[2000:]},
        row_ids=np.arange(1000), truth_train=truth[:1000], truth_validation=truth[1000:2000],
        scores_validation={"model": scores[1000:2000]},
    )  # fmt: skip


def test_an_evaluation_says_how_labels_match_beside_always_the_same() -> None:
    found = judged(3.0)
    said = " ".join(note.text.format(**note.values) for note in (found.verdict.guessing, *found.verdict.sentences))
    assert (found.answer, found.headline, found.verdict.against_guess) == ("labels", "micro_f1", "better")
    assert found.verdict.headline.text.startswith("Its labels match")
    assert "Always answering “" in said
    assert "Of 100 labels that it gives," in said
    metric = found.metric("micro_f1")
    assert metric is not None
    assert metric.low is not None
    assert metric.low < metric.value < metric.high < 1
    assert found.labels is not None
    assert {label.name for label in found.labels.labels} == {"海", "big dogs", "c", "d", "e"}
    assert found.labels.reliability[0].error < 0.05
    assert 0.2 < found.labels.threshold < 0.6
    assert [row.agreement for row in found.best_rows] == [1.0] * 20
    assert all(row.agreement < 1 for row in found.worst_rows)
    assert Evaluation.model_validate_json(found.model_dump_json()) == found


def test_scores_that_say_nothing_are_no_better_than_guessing() -> None:
    assert judged(0.01).verdict.against_guess in {"alike", "worse", "unknown"}
