"""Answers that were given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Table, and_, exists, insert, select, update
from sqlalchemy.orm import Session

from storage import tables
from storage.records import Batch, Json, Prediction, PredictorName, record

ADD = insert(cast(Table, tables.Prediction.__table__)).returning(tables.Prediction.id, sort_by_parameter_order=True)
"""Carried out with each request, so that it is made once."""


@dataclass(frozen=True)
class Unjudged:
    """An answer of which nobody said whether it is right, without its row."""

    id: int
    run: int
    answer: Json


def add(session: Session, **values: Any) -> Prediction:
    """Keeps one answer."""
    row = tables.Prediction(**values)
    session.add(row)
    session.flush()
    return record(Prediction, row)


def add_all(connection: Connection, made: Sequence[dict[str, Any]]) -> list[int]:
    """Keeps many answers; their ids, in their order."""
    return list(connection.scalars(ADD, made))


def get(session: Session, id: int) -> Prediction | None:
    """One answer."""
    row = session.get(tables.Prediction, id)
    return record(Prediction, row) if row else None


def several(session: Session, ids: Sequence[int]) -> dict[int, Prediction]:
    """These answers by their ids."""
    made = tables.Prediction
    return {row.id: record(Prediction, row) for row in session.scalars(select(made).where(made.id.in_(ids)))}


def unjudged(session: Session, model: int, *, limit: int) -> list[Unjudged]:
    """The last answers of a model's versions, newest first, of which nobody said whether they are right.

    Those of its runs count too when no model was asked by its name. Each of the two is a question of its own, which an
    index answers in order: together all answers would be read and sorted.
    """
    made = tables.Prediction
    versions = select(tables.ModelVersion.run).where(tables.ModelVersion.model == model)
    asked = made.model == model, and_(made.model.is_(None), made.run.in_(versions))
    last = (
        select(made.id, made.run, made.answer, made.created)
        .where(where, made.predictor == "model", ~exists().where(tables.Feedback.prediction == made.id))
        .order_by(made.created.desc(), made.id.desc())
        .limit(limit)
        for where in asked
    )
    found = [row for question in last for row in session.execute(question)]
    newest = sorted(found, key=lambda row: (row.created, row.id), reverse=True)[:limit]
    return [Unjudged(row.id, row.run, row.answer) for row in newest]


def add_batch(session: Session, **values: Any) -> Batch:
    """Announces a file of rows to predict."""
    row = tables.Batch(**values)
    session.add(row)
    session.flush()
    return record(Batch, row)


def batch(session: Session, id: int) -> Batch | None:
    """One file of rows."""
    row = session.get(tables.Batch, id)
    return record(Batch, row) if row else None


def batch_of_upload(session: Session, run: int, upload: str, predictor: PredictorName) -> Batch | None:
    """The batch that this file already became with this predictor, unless it failed."""
    question = select(tables.Batch).where(
        tables.Batch.run == run,
        tables.Batch.upload == upload,
        tables.Batch.predictor == predictor,
        tables.Batch.status != "failed",
    )
    row = session.scalars(question.order_by(tables.Batch.id.desc())).first()
    return record(Batch, row) if row else None


def batches(session: Session, run: int, *, limit: int = 20) -> list[Batch]:
    """A run's files of rows, newest first."""
    question = (
        select(tables.Batch)
        .where(tables.Batch.run == run)
        .order_by(tables.Batch.created.desc(), tables.Batch.id.desc())
        .limit(limit)
    )
    return [record(Batch, row) for row in session.scalars(question)]


def end_batch(session: Session, id: int, **values: Any) -> bool:
    """Its job has ended, well or not. False when it had ended before."""
    done = session.execute(
        update(tables.Batch)
        .where(tables.Batch.id == id, tables.Batch.status.in_(("queued", "running")))
        .values(finished=tables.now(), **values)
        .returning(tables.Batch.id)
    )
    return done.first() is not None
