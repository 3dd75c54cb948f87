"""Encoded rows are kept for later runs; test rows that cannot be scored are counted."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from engine.errors import OutOfResources, Stopped
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


def test_what_a_run_holds_stays_however_old(tmp_path: Path) -> None:
    held = prepare(recipe("number"), run_data(tmp_path, houses(100)))
    prune(tmp_path / "cache", 0)
    assert held.part("train").rows > 0
    folder = held.folder
    del held
    prune(tmp_path / "cache", 0)
    assert not folder.exists()


@pytest.mark.parametrize("fault", [Stopped("Stopped."), KeyboardInterrupt()])
def test_nothing_stays_of_a_preparation_that_was_given_up(fault: BaseException, tmp_path: Path) -> None:
    with pytest.raises(type(fault)):
        prepare(recipe("number"), run_data(tmp_path, houses(100)), _raises(fault))
    assert not list((tmp_path / "cache").iterdir())


def test_a_disk_that_is_full_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutOfResources, match="The disk is full"):
        prepare(recipe("number"), run_data(tmp_path, houses(100)), _raises(OSError(errno.ENOSPC, "No space left")))
    assert not list((tmp_path / "cache").iterdir())


def test_halves_that_a_killed_run_left_are_removed_and_those_being_written_stay(tmp_path: Path) -> None:
    data = run_data(tmp_path, houses(100))
    left = data.cache / "abc.1234.part"

    def report(_: float) -> None:
        (now,) = data.cache.glob("*.part")
        if not left.exists():
            shutil.copytree(now, left)
        prune(data.cache, 0)
        assert not left.exists()
        assert now.exists()

    assert prepare(recipe("number"), data, report).folder.exists()


def _raises(fault: BaseException) -> Callable[[float], None]:
    def report(_: float) -> None:
        raise fault

    return report
