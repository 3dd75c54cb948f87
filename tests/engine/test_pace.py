"""How much is learned between two looks."""

from __future__ import annotations

from engine.pace import FIRST_STEPS, SEGMENT_BYTES, Pace

PHOTO = 224 * 224 * 3


def test_a_small_network_learns_whole_epochs_at_once() -> None:
    pace = Pace.of(10_000, 2_000, batch=64, row_bytes=100, work=100_000, gpu=False)
    assert pace == Pace(segment=156, first=FIRST_STEPS, at_once=16, held=2_000)


def test_large_pictures_are_held_in_bounded_memory() -> None:
    pace = Pace.of(50_000, 10_000, batch=64, row_bytes=PHOTO, work=1_000, gpu=False)
    assert pace.segment * 64 * PHOTO <= SEGMENT_BYTES
    assert pace.held * PHOTO <= SEGMENT_BYTES


def test_a_dear_network_is_looked_at_more_often_and_on_fewer_rows() -> None:
    cheap = Pace.of(50_000, 10_000, batch=64, row_bytes=3_000, work=1_000_000, gpu=False)
    dear = Pace.of(50_000, 10_000, batch=64, row_bytes=3_000, work=100_000_000, gpu=False)
    assert (dear.segment, dear.held) < (cheap.segment, cheap.held)
    assert dear.at_once == 1
    assert dear.segment * 64 * 2 >= dear.held  # looking takes less time than learning


def test_a_gpu_learns_more_between_two_looks() -> None:
    slow, quick = (Pace.of(50_000, 10_000, 64, row_bytes=3_000, work=100_000_000, gpu=gpu) for gpu in (False, True))
    assert quick.segment > 10 * slow.segment


def test_a_handful_of_rows_makes_a_whole_segment() -> None:
    assert Pace.of(3, 1, batch=3, row_bytes=10, work=0, gpu=False) == Pace(segment=1, first=1, at_once=1, held=1)
