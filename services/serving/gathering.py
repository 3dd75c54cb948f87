"""Requests that come together are answered together: while one batch is computed, the next one gathers.

Nothing waits for company, so a lone request is as quick as without this.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from itertools import accumulate, pairwise

import pandas as pd

from engine.errors import UserError

SMALL = 256
"""Requests of more rows go alone: they would keep small ones waiting."""
MOST = 2048
"""Rows that are answered together at most."""

Answer = Callable[[pd.DataFrame], pd.DataFrame]


class Gathering:
    """Lives in one event loop. The key tells which frames may be put together: same bundle, predictor and columns."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._waiting: dict[Hashable, list[tuple[pd.DataFrame, asyncio.Future[pd.DataFrame]]]] = {}
        self._busy: set[Hashable] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def answer(self, key: Hashable, frame: pd.DataFrame, answer: Answer) -> pd.DataFrame:
        """`answer(frame)`, perhaps computed together with other frames of the same key."""
        loop = asyncio.get_running_loop()
        if len(frame) > SMALL:
            return await loop.run_in_executor(self._executor, answer, frame)
        future: asyncio.Future[pd.DataFrame] = loop.create_future()
        self._waiting.setdefault(key, []).append((frame, future))
        if key not in self._busy:
            self._busy.add(key)
            task = loop.create_task(self._work(key, answer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _work(self, key: Hashable, answer: Answer) -> None:
        loop = asyncio.get_running_loop()
        while gathered := self._take(key):
            frames = [frame for frame, _ in gathered]
            answered = await loop.run_in_executor(self._executor, _together, frames, answer)
            for (_, future), result in zip(gathered, answered, strict=True):
                if future.done():
                    continue  # nobody waits for it any more
                if isinstance(result, BaseException):
                    future.set_exception(result)
                else:
                    future.set_result(result)
        self._busy.discard(key)

    def _take(self, key: Hashable) -> list[tuple[pd.DataFrame, asyncio.Future[pd.DataFrame]]]:
        waiting = self._waiting.pop(key, [])
        rows = 0
        for i, (frame, _) in enumerate(waiting):
            rows += len(frame)
            if rows > MOST and i > 0:
                self._waiting[key] = waiting[i:]
                return waiting[:i]
        return waiting


def _together(frames: list[pd.DataFrame], answer: Answer) -> list[pd.DataFrame | BaseException]:
    """One answer a frame. If they cannot be answered together, each is asked alone, so that only the bad one fails."""
    if len(frames) > 1:
        try:
            whole = answer(pd.concat(frames, ignore_index=True))
        except UserError:
            return [_alone(frame, answer) for frame in frames]
        except Exception as error:  # noqa: BLE001  goes to those who asked
            return [error] * len(frames)
        ends = list(accumulate(len(frame) for frame in frames))
        return [whole.iloc[a:b].reset_index(drop=True) for a, b in pairwise([0, *ends])]
    return [_alone(frames[0], answer)]


def _alone(frame: pd.DataFrame, answer: Answer) -> pd.DataFrame | BaseException:
    try:
        return answer(frame)
    except Exception as error:  # noqa: BLE001  goes to the one who asked
        return error
