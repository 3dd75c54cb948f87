"""Areas and curves, against scikit-learn and against resampling itself."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from engine.evaluation.ranking import areas, curves


def rows(count: int, *, ties: bool, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = random.random(count) < 0.3
    scores = 1 / (1 + np.exp(-random.normal(truth * 1.5, 1)))
    return (scores.round(1) if ties else scores), truth


@pytest.mark.parametrize("ties", [False, True])
def test_areas_are_those_of_scikit_learn(ties: bool) -> None:
    scores, truth = rows(500, ties=ties)
    found = areas(scores, truth)
    assert found is not None
    assert found[0].value == pytest.approx(roc_auc_score(truth, scores))
    assert found[1].value == pytest.approx(average_precision_score(truth, scores))


@pytest.mark.parametrize("ties", [False, True])
def test_influence_tells_what_more_weight_would_do(ties: bool) -> None:
    scores, truth = rows(300, ties=ties)
    found = areas(scores, truth)
    assert found is not None
    for area, metric in zip(found, (roc_auc_score, average_precision_score), strict=True):
        assert area.influence.sum() == pytest.approx(0, abs=1e-9)
        for row in (0, 1, 2, 17, 150):
            weights = np.ones(300)
            weights[row] += 1e-4
            change = metric(truth, scores, sample_weight=weights) - area.value
            assert area.influence[row] * 1e-4 == pytest.approx(change, abs=1e-9)


def test_first_order_resamples_spread_as_real_ones() -> None:
    scores, truth = rows(400, ties=False)
    found = areas(scores, truth)
    assert found is not None
    random = np.random.default_rng(1)
    weights = [np.bincount(random.integers(0, 400, 400), minlength=400) for _ in range(150)]
    for area, metric in zip(found, (roc_auc_score, average_precision_score), strict=True):
        quick = np.std([area.influence @ w for w in weights])
        real = np.std([metric(truth, scores, sample_weight=w) for w in weights])
        assert quick == pytest.approx(real, rel=0.15)


def test_constant_scores_rank_nothing() -> None:
    truth = np.arange(50) < 10
    found = areas(np.full(50, 0.3), truth)
    assert found is not None
    assert (found[0].value, found[1].value) == (0.5, 0.2)
    assert np.ptp(found[0].influence) == 0


def test_one_class_alone_has_no_area_and_no_curve() -> None:
    assert areas(np.array([0.1, 0.2]), np.array([True, True])) is None
    assert curves(np.array([0.1, 0.2]), np.array([False, False]), "yes", "model") is None


def test_short_curves_are_those_of_scikit_learn() -> None:
    scores, truth = rows(100, ties=True)
    found = curves(scores, truth, "yes", "model")
    assert found is not None
    roc, precision_recall = found
    fallout, recall, _ = roc_curve(truth, scores, drop_intermediate=False)
    np.testing.assert_allclose(roc.x, fallout)
    np.testing.assert_allclose(roc.y, recall)
    precision, recall, thresholds = precision_recall_curve(truth, scores)
    np.testing.assert_allclose(precision_recall.y, precision[:-1][::-1])
    np.testing.assert_allclose(precision_recall.thresholds, thresholds[::-1])


def test_long_curves_are_thinned_but_keep_their_ends_and_area() -> None:
    scores, truth = rows(20_000, ties=False)
    found = curves(scores, truth, "yes", "baseline")
    assert found is not None
    for curve in found:
        assert 100 < len(curve.x) <= 200
        assert curve.rows == 20_000
    roc, precision_recall = found
    assert (roc.x[0], roc.y[0], roc.x[-1], roc.y[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(roc.y, roc.x) == pytest.approx(roc.area, abs=0.002)
    assert precision_recall.x[-1] == 1
