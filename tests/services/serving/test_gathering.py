"""Questions that come together are answered together, and none suffers from another."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from engine.errors import BadRow, BundleError, LoamError, OutOfResources
from services.serving.gathering import Gathering


class Doubling:
    """Doubles numbers; remembers how many it was asked at once, and can be held up."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self._refusal = refusal or BadRow("Below zero.")
        self.asked: list[int] = []
        self.asking, self.may_go = threading.Semaphore(0), threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.asked.append(len(numbers))
        self.asking.release()
        assert self.may_go.wait(10)
        if min(numbers) < 0:
            raise self._refusal
        return [number * 2 for number in numbers]


def gather(double: Doubling, first: int, *others: int) -> list[Future[int]]:
    """Asks with the first number, and with all others while that one is held up."""
    gathering = Gathering(double)
    with ThreadPoolExecutor(1 + len(others)) as pool:
        asked = [pool.submit(gathering.ask, first)]
        assert double.asking.acquire(timeout=10)
        asked += [pool.submit(gathering.ask, number) for number in others]
        while len(gathering._waiting) < len(others):
            threading.Event().wait(0.001)
        double.may_go.set()
    return asked


def test_what_comes_while_one_is_computed_is_answered_together() -> None:
    double = Doubling()
    answers = gather(double, 1, 2, 3, 4)
    assert [answer.result() for answer in answers] == [2, 4, 6, 8]
    assert double.asked == [1, 3]


@pytest.mark.parametrize("refusal", [BadRow("Below zero."), BundleError("Reference {id}.", id="ab12")])
def test_row_that_is_bad_or_hits_a_bug_fails_alone(refusal: LoamError) -> None:
    one, bad, other = gather(Doubling(refusal), 1, -1, 2)
    assert (one.result(), other.result()) == (2, 4)
    assert bad.exception() is refusal


def test_waiting_in_vain_is_not_repeated_for_each() -> None:
    double = Doubling(OutOfResources("No answer came."))
    one, bad, other = gather(double, 1, -1, 2)
    assert one.result() == 2
    assert bad.exception() is other.exception() is not None
    assert double.asked == [1, 2]


def test_lone_question_is_answered_and_later_ones_too() -> None:
    double = Doubling()
    double.may_go.set()
    gathering = Gathering(double)
    assert [gathering.ask(number) for number in range(3)] == [0, 2, 4]


def test_bug_reaches_everyone_who_asked_and_nobody_after_them() -> None:
    double = Doubling()
    gathering = Gathering(lambda numbers: [1 // number for number in numbers])
    double.may_go.set()
    with pytest.raises(ZeroDivisionError):
        gathering.ask(0)
    assert gathering.ask(1) == 1
