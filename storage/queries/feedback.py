"""What people say about answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from storage import tables
from storage.records import Feedback, FeedbackVerdict, record

AT_ONCE = 1000  # rows that `every` holds in memory


@dataclass(frozen=True)
class Wanted:
    """Which feedback a list shows. Empty fields do not filter. Times are aware: from `since` on, before `until`."""

    run: int | None = None
    dataset: int | None = None
    owner: int | None = None
    verdict: FeedbackVerdict | None = None
    search: str = ""
    batch: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def save(session: Session, *, owner: int, prediction: int | None, batch: int | None, row_number: int | None,
         **values: Any) -> int:  # fmt: skip
    """Keeps what a person says of one answer, in place of what she said before; its id."""
    question = select(tables.Feedback).where(tables.Feedback.owner == owner)
    if prediction is not None:
        question = question.where(tables.Feedback.prediction == prediction)
    else:
        question = question.where(tables.Feedback.batch == batch, tables.Feedback.row_number == row_number)
    row = session.scalars(question.with_for_update()).one_or_none()
    if row is None:
        row = tables.Feedback(owner=owner, prediction=prediction, batch=batch, row_number=row_number)
        session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.created = tables.now()
    session.flush()
    return row.id


def get(session: Session, id: int) -> Feedback | None:
    """One piece of feedback."""
    found = session.execute(_feedback().where(tables.Feedback.id == id)).one_or_none()
    return _record(found) if found else None


def page(session: Session, wanted: Wanted, *, limit: int = 50, offset: int = 0) -> tuple[list[Feedback], int]:
    """A page of the list, newest first, and how many the whole list has. None of runs in the trash."""
    where = _where(wanted)
    counted = select(func.count()).select_from(tables.Feedback).join(tables.Run, tables.Run.id == tables.Feedback.run)
    total = session.scalar(counted.where(*where)) or 0
    question = _feedback().where(*where).order_by(tables.Feedback.created.desc(), tables.Feedback.id.desc())
    return [_record(found) for found in session.execute(question.limit(limit).offset(offset))], total


def every(session: Session, wanted: Wanted, upto: int) -> Iterator[Feedback]:
    """The whole list up to the id `upto`, newest first, read as it is used."""
    question = _feedback().where(*_where(wanted), tables.Feedback.id <= upto)
    newest = question.order_by(tables.Feedback.created.desc(), tables.Feedback.id.desc())
    return map(_record, session.execute(newest.execution_options(yield_per=AT_ONCE)))


def last(session: Session) -> int:
    """The newest id, 0 when there is no feedback."""
    return session.scalar(select(func.max(tables.Feedback.id))) or 0


def counts(session: Session, wanted: Wanted) -> dict[FeedbackVerdict, int]:
    """How many are right and wrong."""
    question = (
        select(tables.Feedback.verdict, func.count())
        .join(tables.Run, tables.Run.id == tables.Feedback.run)
        .where(*_where(wanted))
        .group_by(tables.Feedback.verdict)
    )
    found = {row[0]: row[1] for row in session.execute(question)}
    return {"right": found.get("right", 0), "wrong": found.get("wrong", 0)}


def _feedback() -> Select[tables.Feedback, str, str, str]:
    return (
        select(tables.Feedback, tables.User.name, tables.Run.name, tables.Run.target)
        .join(tables.User, tables.User.id == tables.Feedback.owner)
        .join(tables.Run, tables.Run.id == tables.Feedback.run)
    )


def _record(found: Any) -> Feedback:
    row, owner_name, run_name, target = found
    return record(Feedback, row, owner_name=owner_name, run_name=run_name, target=target)


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    feedback = tables.Feedback
    where: list[ColumnElement[bool]] = [tables.Run.trashed_at.is_(None)]
    pairs = (
        (feedback.run, wanted.run),
        (tables.Run.dataset, wanted.dataset),
        (feedback.owner, wanted.owner),
        (feedback.verdict, wanted.verdict),
        (feedback.batch, wanted.batch),
    )
    where += [column == value for column, value in pairs if value is not None]
    if wanted.since is not None:
        where.append(feedback.created >= wanted.since)
    if wanted.until is not None:
        where.append(feedback.created < wanted.until)
    if wanted.search:
        sought = (feedback.comment, feedback.correct, tables.Run.name)
        where.append(
            sought[0].icontains(wanted.search, autoescape=True)
            | sought[1].icontains(wanted.search, autoescape=True)
            | sought[2].icontains(wanted.search, autoescape=True)
        )
    return where
