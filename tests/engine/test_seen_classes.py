"""Families of scikit-learn score all classes of the target, also those that their training rows lack."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.events import Wish
from engine.models import Family, GradientBoosting, Task, WeightedSum
from engine.preparing import prepare
from engine.recipe import Input
from engine.targets.classes import OneOfMany, OneOfTwo
from tests.engine.tables import COLUMNS, houses, recipe, run_data

FAMILIES = [(GradientBoosting(trees=30), "size"), (WeightedSum(rounds=20), "about")]
each_family = pytest.mark.parametrize(("family", "column"), FAMILIES, ids=["trees", "sum"])


def task(folder: Path, target: str, column: str) -> Task:
    asked = recipe("multiclass", target=target, inputs=(Input(name=column, kind=COLUMNS[column]),))
    prepared = prepare(asked, run_data(folder, houses()))
    return Task(
        inputs=prepared.inputs, encoders={}, target=prepared.target, fitting=asked.fitting, seed=0,
        training=prepared.part("train"), validation=prepared.part("validation"), began=time.monotonic(), seconds=60,
        folder=folder / "run", emit=lambda event: None, wishes=lambda: Wish.GO_ON,
    )  # fmt: skip


@each_family
def test_two_answers_can_be_one_of_many(tmp_path: Path, family: Family, column: str) -> None:
    work = task(tmp_path, "cheap", column)
    one_of_two = replace(work, target=OneOfTwo(name="cheap", classes=work.target.choices))
    found, same = family.fit(work), family.fit(one_of_two)
    found.save(tmp_path / "saved")
    encoded = work.validation.encoded()
    scores = found.predict(encoded)
    np.testing.assert_array_equal(scores, np.hstack([np.zeros((len(scores), 1)), same.predict(encoded)]))
    np.testing.assert_array_equal(family.load(tmp_path / "saved").predict(encoded), scores)


@each_family
@pytest.mark.parametrize("answers", ["cheap", "band"])
def test_class_that_training_rows_lack_is_next_to_impossible(
    tmp_path: Path, family: Family, column: str, answers: str
) -> None:
    """A run that begins with what an earlier one learned has its classes, those too that no row has any more."""
    work = task(tmp_path, answers, column)
    for part, lacked in ((work.training, 0), (work.validation, 3)):
        truth = np.load(part.folder / "truth.npy")
        np.save(part.folder / "truth.npy", np.where(np.arange(len(truth)) < lacked, 1, 2 * truth))
    names = [name for choice in work.target.choices for name in (choice, f"not {choice}")][:-1]
    work = replace(work, target=OneOfMany(name=answers, classes=tuple(names)))
    truth, scores = work.training.truth(), family.fit(work).predict(work.training.encoded())
    assert scores.shape == (work.training.rows, len(names))
    assert (work.target.probabilities(scores)[:, 1::2] < 1e-3).all()
    guess = np.tile(work.target.guess(truth), (len(truth), 1))
    assert work.target.losses(truth, scores).mean() < 0.98 * work.target.losses(truth, guess).mean()
