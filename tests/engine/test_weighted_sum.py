"""The weighted sum of words and pixels holds only so many rows in memory, and looks at the clock soon enough."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.events import Event, Note, Point, Wish
from engine.models import Task, WeightedSum, _sources, weighted_sum
from engine.preparing import prepare
from tests.engine import pictures


def task(folder: Path, told: list[Event]) -> Task:
    asked = pictures.recipe()
    prepared = prepare(asked, pictures.run_data(folder, 300))
    return Task(
        inputs=prepared.inputs, encoders={}, target=prepared.target, fitting=asked.fitting, seed=0,
        training=prepared.part("train"), validation=prepared.part("validation"), began=time.monotonic(), seconds=60,
        folder=folder / "run", emit=told.append, wishes=lambda: Wish.GO_ON,
    )  # fmt: skip


def test_as_many_pictures_teach_as_memory_holds_and_the_rest_is_told(tmp_path, monkeypatch):
    told: list[Event] = []
    monkeypatch.setattr(weighted_sum, "MOST_BYTES", 100 * 12 * 12 * 4)
    work = task(tmp_path, told)
    found = WeightedSum().fit(work)
    (note,) = [event for event in told if isinstance(event, Note) and "rows" in event.values]
    assert note.values == {"rows": 100, "all": 180}
    right = (found.predict(work.validation.encoded())[:, 0] > 0) == work.validation.truth()
    assert right.mean() > 0.8


def test_a_class_that_the_rows_in_memory_lack_is_learned_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(weighted_sum, "MOST_BYTES", 12 * 12 * 4)
    assert weighted_sum._taught(np.array([0, 0, 0, 1, 0, 2]), 2).tolist() == [0, 1, 3, 5]
    work = task(tmp_path, [])
    assert np.isfinite(WeightedSum().fit(work).predict(work.validation.encoded())).all()


def test_the_clock_is_looked_at_sooner_where_rounds_are_dear(tmp_path, monkeypatch):
    told: list[Event] = []
    monkeypatch.setattr(weighted_sum, "LOOK_WORK", 1)
    WeightedSum(freedom=1000.0).fit(replace(task(tmp_path, told), seconds=0.0001))
    assert next(event for event in told if isinstance(event, Point)).step == 5


def test_rows_are_answered_alike_in_one_block_and_in_many(tmp_path, monkeypatch):
    work = task(tmp_path, [])
    found = WeightedSum().fit(work)
    whole = found.predict(work.validation.encoded())
    monkeypatch.setattr(_sources, "ROWS_AT_ONCE", 7)
    np.testing.assert_allclose(found.predict(work.validation.encoded()), whole, atol=1e-5)
