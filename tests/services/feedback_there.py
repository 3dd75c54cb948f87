"""Accepted feedback as a review leaves it: many rows in a moment, without asking for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.house import House
from storage.records import Run
from storage.tables import Feedback, Prediction, now


def accepted(home: House, run: Run, rows: Iterable[tuple[dict[str, Any], str]], verdict: str = "wrong") -> None:
    """Each of these rows was asked, and the answer beside it was accepted."""
    rows, bundle = list(rows), run.bundle_hash or ""
    with home.database.write() as session:
        made = [
            Prediction(
                owner=run.owner, run=run.id, predictor="model", bundle_hash=bundle, source="page", row=row,
                answer={"answer": "?"},
            )
            for row, _ in rows
        ]  # fmt: skip
        session.add_all(made)
        session.flush()
        session.add_all(
            Feedback(
                owner=run.owner, run=run.id, prediction=asked.id, row=row, answer={"answer": "?"}, bundle_hash=bundle,
                verdict=verdict, correct=answer, accepted=answer, review="accepted", reviewed_at=now(),
            )
            for asked, (row, answer) in zip(made, rows, strict=True)
        )  # fmt: skip


def newcomers(count: int = 80) -> list[tuple[dict[str, Any], str]]:
    """People of a city that the table `doing.people` lacks, where the younger half buys."""
    found = []
    for i in range(count):
        age = 20.5 + i * 59 / count
        found.append(({"age": age, "city": "Atlantis", "visits": i % 13}, "no" if age > 50 else "yes"))
    return found


def regulars(count: int) -> list[tuple[dict[str, Any], str]]:
    """People of Rome, about whom a model of the table `doing.people` is right: the older half buys."""
    ages = [20.5 + i * 59 / count for i in range(count)]
    return [({"age": age, "city": "Rome", "visits": 3}, "yes" if age > 50 else "no") for age in ages]
