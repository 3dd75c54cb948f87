"""What comes together is worked on together: while one lot is under way, the next one gathers.

Nothing waits for company, so whoever comes alone is served as quickly as without this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

from engine.errors import LoamError, OutOfResources

Q = TypeVar("Q")
A = TypeVar("A")


class Gathering(Generic[Q, A]):
    """Asked from many threads. `work` gives one answer for each question of a lot, in their order."""

    def __init__(self, work: Callable[[Sequence[Q]], Sequence[A]]) -> None:
        self._work = work
        self._waiting: list[tuple[Q, Future[A]]] = []
        self._gathers, self._turn = Lock(), Lock()

    def ask(self, question: Q) -> A:
        """The answer, perhaps worked out together with those to other questions. Raises what `work` raises.

        A LoamError of a lot is found out one by one, so that only whoever caused it hears of it; but not that no answer
        came in time, for which each would wait again.
        """
        mine: Future[A] = Future()
        with self._gathers:
            self._waiting.append((question, mine))
        with self._turn:  # whoever's turn it is works for all who wait by then
            if not mine.done():
                with self._gathers:
                    lot, self._waiting = self._waiting, []
                self._serve(lot)
        return mine.result()

    def _serve(self, lot: list[tuple[Q, Future[A]]]) -> None:
        try:
            answers = self._work([question for question, _ in lot])
        except BaseException as error:  # noqa: BLE001  goes to all who asked
            if len(lot) > 1 and isinstance(error, LoamError) and not isinstance(error, OutOfResources):
                for one in lot:
                    self._serve([one])
                return
            for _, future in lot:
                future.set_exception(error)
        else:
            for (_, future), answer in zip(lot, answers, strict=True):
                future.set_result(answer)
