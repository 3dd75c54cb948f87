"""What boosted trees keep is the state that was best on validation rows, and the curve shows that one."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, mean_squared_error

from engine.events import Event, Note, Point, Wish
from engine.models import GradientBoosting, Task
from engine.models._boosted_labels import BoostedLabels
from engine.models._trees import at_best
from engine.preparing import prepare
from engine.recipe import Answer
from tests.engine.tables import houses, recipe, run_data


def task(folder: Path, answer: Answer, told: list[Event]) -> Task:
    asked = recipe(answer)
    prepared = prepare(asked, run_data(folder, houses()))
    return Task(
        inputs=prepared.inputs, encoders={}, target=prepared.target, fitting=asked.fitting, seed=0,
        training=prepared.part("train"), validation=prepared.part("validation"), began=time.monotonic(), seconds=60,
        folder=folder / "run", emit=told.append, wishes=lambda: Wish.GO_ON,
    )  # fmt: skip


@pytest.mark.parametrize("answer", ["binary", "multiclass", "number"])
def test_what_is_kept_is_the_best_point_of_the_curve(tmp_path: Path, answer: Answer) -> None:
    told: list[Event] = []
    work, family = task(tmp_path, answer, told), GradientBoosting(learning_rate=0.3)
    found = family.fit(work)
    points = [event for event in told if isinstance(event, Point)]
    best = next(point for point in reversed(points) if point.best)
    assert best.validation_loss == min(point.validation_loss for point in points) < points[-1].validation_loss
    for order in ("step", "seconds"):
        assert sorted(points, key=lambda point: getattr(point, order)) == points
    assert [event.values["trees"] for event in told if isinstance(event, Note)] == [best.step]

    scores = found.predict(work.validation.encoded())
    assert work.target.score(work.validation.truth(), scores) == best.score
    found.save(tmp_path / "saved")
    np.testing.assert_array_equal(family.load(tmp_path / "saved").predict(work.validation.encoded()), scores)


def test_each_label_keeps_its_best_trees(tmp_path: Path) -> None:
    found = GradientBoosting(learning_rate=0.3).fit(task(tmp_path, "labels", []))
    assert isinstance(found, BoostedLabels)
    for model in found.models.values():
        assert len(model.validation_score_) == model.n_iter_ + 1
        assert model.n_iter_ == 1 or model.validation_score_[-1] == model.validation_score_.max()


@pytest.mark.slow
@pytest.mark.parametrize("table", ["breast cancer", "diabetes"])
def test_best_trees_are_no_worse_on_rows_that_neither_fitted_nor_chose_them(table: str) -> None:
    kind, (rows, truth) = {
        "breast cancer": (HistGradientBoostingClassifier, load_breast_cancer(return_X_y=True)),
        "diabetes": (HistGradientBoostingRegressor, load_diabetes(return_X_y=True)),
    }[table]
    losses = []
    for seed in range(5):
        fitted, held, test = np.split(np.random.default_rng(seed).permutation(len(rows)), [250, 340])
        model = kind(max_iter=500, learning_rate=0.08, early_stopping=True, n_iter_no_change=20)
        model.fit(rows[fitted], truth[fitted], X_val=rows[held], y_val=truth[held])
        for each in (model, at_best(model)):
            if kind is HistGradientBoostingClassifier:
                losses.append(log_loss(truth[test], each.predict_proba(rows[test])))
            else:
                losses.append(mean_squared_error(truth[test], each.predict(rows[test])))
    assert np.mean(losses[1::2]) <= np.mean(losses[::2])
