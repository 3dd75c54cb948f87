"""Requests that come together are answered together, and none suffers from another."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from engine.errors import BadRow
from services.serving.gathering import SMALL, Gathering


class Doubling:
    """Doubles `x`; remembers how many rows it was asked at once, and can be held up."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.may_go = threading.Event()
        self.may_go.set()

    def __call__(self, rows: pd.DataFrame) -> pd.DataFrame:
        self.may_go.wait(10)
        self.asked.append(len(rows))
        if (rows["x"] < 0).any():
            raise BadRow("Below zero.")
        return pd.DataFrame({"answer": rows["x"] * 2})


def frame(*values: float) -> pd.DataFrame:
    return pd.DataFrame({"x": values})


def gather(double: Doubling, *frames: pd.DataFrame) -> list[pd.DataFrame | BaseException]:
    """Asks with the first frame, and with all others while that one is held up."""

    async def ask() -> list[pd.DataFrame | BaseException]:
        with ThreadPoolExecutor(2) as pool:
            gathering = Gathering(pool)
            double.may_go.clear()
            first = asyncio.ensure_future(gathering.answer("key", frames[0], double))
            await asyncio.sleep(0.05)
            others = [asyncio.ensure_future(gathering.answer("key", each, double)) for each in frames[1:]]
            await asyncio.sleep(0.05)
            double.may_go.set()
            return await asyncio.gather(first, *others, return_exceptions=True)

    return asyncio.run(ask())


def values(answer: pd.DataFrame | BaseException) -> list[float]:
    assert isinstance(answer, pd.DataFrame)
    return list(answer["answer"])


def test_what_comes_while_one_is_computed_is_answered_together() -> None:
    double = Doubling()
    answers = gather(double, frame(1), frame(2, 3), frame(4))
    assert [values(answer) for answer in answers] == [[2], [4, 6], [8]]
    assert double.asked == [1, 3]


def test_bad_row_fails_alone() -> None:
    double = Doubling()
    one, bad, other = gather(double, frame(1), frame(-1), frame(2))
    assert (values(one), values(other)) == ([2], [4])
    assert isinstance(bad, BadRow)


def test_large_request_keeps_nobody_waiting() -> None:
    double = Doubling()
    answers = gather(double, frame(*range(SMALL + 1)), frame(1))
    assert len(values(answers[0])) == SMALL + 1
    assert sorted(double.asked) == [1, SMALL + 1]


def test_lone_request_is_answered_and_later_ones_too() -> None:
    async def ask() -> list[pd.DataFrame]:
        with ThreadPoolExecutor(1) as pool:
            gathering = Gathering(pool)
            return [await gathering.answer("key", frame(i), Doubling()) for i in range(3)]

    assert [values(answer) for answer in asyncio.run(ask())] == [[0], [2], [4]]


def test_bug_reaches_everyone_who_asked() -> None:
    def broken(rows: pd.DataFrame) -> pd.DataFrame:
        raise ZeroDivisionError

    async def ask() -> None:
        with ThreadPoolExecutor(1) as pool:
            await Gathering(pool).answer("key", frame(1), broken)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(ask())
