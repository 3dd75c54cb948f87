"""Accepted feedback as a review leaves it: many rows in a moment, without asking for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.house import House
from storage.records import Run
from storage.tables import Feedback, now


def accepted(home: House, run: Run, rows: Iterable[tuple[dict[str, Any], str]], verdict: str = "wrong") -> None:
    """Each of these rows was asked, and the answer beside it was accepted."""
    with home.database.write() as session:
        session.add_all(
            Feedback(
                owner=run.owner, run=run.id, row=row, answer={"answer": "?"}, bundle_hash=run.bundle_hash or "",
                verdict=verdict, correct=answer, accepted=answer, review="accepted", reviewed_at=now(),
            )
            for row, answer in rows
        )  # fmt: skip


def newcomers(count: int = 80) -> list[tuple[dict[str, Any], str]]:
    """People of a city that the table `doing.people` lacks, where the younger half buys."""
    found = []
    for i in range(count):
        age = 20.5 + i * 59 / count
        found.append(({"age": age, "city": "Atlantis", "visits": i % 13}, "no" if age > 50 else "yes"))
    return found
