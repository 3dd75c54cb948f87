"""A model in use: requests, answers and judgements, put into the database as the API and the pages do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from services.house import House
from storage import tables
from storage.records import Json, Model, Run
from storage.tables import now


def called(
    home: House, model: Model, times: int, *, at: datetime | None = None, every: timedelta = timedelta(), **values: Any
) -> None:
    """So many requests, all alike, of which the last came `at` that time, `every` so often one before it."""
    usual = {"version": 1, "key": None, "source": "api", "kind": "predict", "status": 200, "problem": None, "rows": 1}
    row, last = usual | {"milliseconds": 10.0, "model": model.id} | values, at or now()
    with home.database.write() as session:
        session.execute(insert(tables.Call), [row | {"created": last - every * i} for i in reversed(range(times))])


def answered(
    home: House, model: Model, run: Run, rows: Sequence[Json], *, at: datetime | None = None, version: int = 1,
    answer: Json | None = None,
) -> list[int]:  # fmt: skip
    """A request for answers to each of these rows, and the answers; their ids. The last came `at` that time."""
    last = at or now()
    called(home, model, 1, at=last, rows=len(rows), version=version)
    said = answer or {"answer": "yes", "probability": 0.9, "probability of no": 0.1, "probability of yes": 0.9}
    usual = {
        "owner": model.owner, "run": run.id, "predictor": "model", "bundle_hash": run.bundle_hash or "",
        "source": "api", "answer": said, "model": model.id, "version": version,
    }  # fmt: skip
    with home.database.write() as session:
        added = session.scalars(
            insert(tables.Prediction).returning(tables.Prediction.id),
            [
                usual | {"row": row, "created": last + timedelta(microseconds=i)}
                for i, row in enumerate(rows, 1 - len(rows))
            ],
        )
        return list(added)


def judged(
    home: House, model: Model, run: Run, predictions: Sequence[int], *, right: bool, correct: str | None = None,
    **values: Any,
) -> None:  # fmt: skip
    """Somebody said of these answers that they are right or wrong."""
    with home.database.write() as session:
        known = [session.get(tables.Prediction, each) for each in predictions]
        session.add_all(
            tables.Feedback(
                owner=model.owner, run=run.id, model=model.id, prediction=one.id, row=one.row, answer=one.answer,
                verdict="right" if right else "wrong", correct=one.answer["answer"] if right else correct,
                bundle_hash=one.bundle_hash, **({"source": "api", "review": "waiting"} | values),
            )
            for one in known if one is not None
        )  # fmt: skip
