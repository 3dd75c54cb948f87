"""Encoded rows are kept for later runs; test rows that cannot be scored are counted."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pandas as pd

from engine.events import Wish
from engine.models import GradientBoosting
from engine.preparing import prepare, prune
from engine.running import carry_out
from tests.engine.tables import houses, recipe, run_data


def test_test_rows_with_an_answer_that_training_lacks_are_left_out_and_told(tmp_path: Path) -> None:
    frame = houses(300)
    frame.loc[[4, 9], "band"] = "palace"  # every fifth row tests
    data = run_data(tmp_path, frame)
    trees = recipe("multiclass", model=GradientBoosting(trees=10))
    outcome = carry_out(trees, data, folder=tmp_path / "run", emit=lambda _: None, wishes=lambda: Wish.GO_ON)
    found = outcome.evaluation
    assert (found.rows, found.left_out) == (58, 2)
    assert len(pd.read_parquet(outcome.bundle / "test_rows.parquet")) == 58
    assert "2 test rows were left out" in found.notes[0].text.format(**found.notes[0].values)


def test_rows_unused_for_longest_are_removed_first_wherever_they_lie(tmp_path: Path) -> None:
    data = run_data(tmp_path, houses(100))
    old = prepare(recipe("number"), replace(data, cache=tmp_path / "cache" / "1")).folder
    new = prepare(recipe("number"), replace(data, cache=tmp_path / "cache" / "2")).folder
    os.utime(old, (1, 1))
    prune(tmp_path / "cache", sum(file.stat().st_size for file in new.rglob("*") if file.is_file()))
    assert new.exists()
    assert not old.exists()
