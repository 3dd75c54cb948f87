"""The order in which rows are learned from."""

import os

import numpy as np
import pytest

from engine import feeding
from engine.feeding import Fed, write_part


@pytest.fixture
def part(tmp_path):
    rows = np.arange(100)
    numbers, truth = rows[:, None].astype("float32"), (rows % 4 == 0).astype("int32")
    folder = tmp_path / "train"
    write_part(folder, lambda places: {"number": numbers[places]}, truth, rows + 1000, seed=3, rows_at_once=30)
    return Fed(folder, seed=1)


def test_arrays_stay_aligned_when_written(part):
    np.testing.assert_array_equal(part.encoded()["number"][:, 0] + 1000, part.row_ids())
    np.testing.assert_array_equal(part.truth(), part.encoded()["number"][:, 0] % 4 == 0)


@pytest.mark.parametrize("system", ["Linux", "macOS"])
def test_all_room_on_the_disk_is_taken_before_rows_are_written(tmp_path, monkeypatch, system):
    """A full disk is then an error that can be told, and not the end of the process."""
    if system == "macOS":
        monkeypatch.delattr(os, "posix_fallocate")
    taken, numbers = [], np.ones((4000, 100), "float32")

    def encode(places):
        taken.extend(file.stat().st_blocks * 512 for file in tmp_path.glob("*.input.npy"))
        return {"number": numbers[places]}

    write_part(tmp_path, encode, numbers[:, 0], np.arange(4000), seed=3, rows_at_once=100)
    assert min(taken) >= numbers.nbytes
    np.testing.assert_array_equal(Fed(tmp_path, seed=1).encoded()["number"], numbers)


def test_every_epoch_meets_every_row_once_in_another_order(part):
    first, second = part.segment(0, 100), part.segment(100, 100)
    for epoch in (first, second):
        assert sorted(epoch.inputs["number"][:, 0].tolist()) == list(range(100))
    assert first.inputs["number"].tolist() != second.inputs["number"].tolist()


def test_the_stream_depends_on_the_place_alone(part):
    whole = part.segment(0, 250).inputs["number"]
    again = Fed(part.folder, seed=1)
    parts = [again.segment(start, 50).inputs["number"] for start in (0, 50, 100, 150, 200)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert not np.array_equal(Fed(part.folder, seed=2).segment(0, 250).inputs["number"], whole)


def test_large_parts_are_shuffled_block_by_block(part, monkeypatch):
    monkeypatch.setattr(feeding, "BLOCK_ROWS", 30)
    order = Fed(part.folder, seed=1)._order(0)
    assert sorted(order.tolist()) == list(range(100))
    blocks = [set(order[order // 30 == block] // 30) for block in range(4)]
    assert blocks == [{0}, {1}, {2}, {3}]
    changes = np.count_nonzero(np.diff(order // 30))
    assert changes == 3  # each block is read to its end before the next


def test_balanced_weights_let_classes_count_the_same(part):
    weights = Fed(part.folder, seed=1, balanced=True).weights()
    truth = part.truth()
    assert weights[truth == 0].sum() == pytest.approx(weights[truth == 1].sum())
    assert weights.mean() == pytest.approx(1)
