"""What people say about answers, and what a review made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from storage import tables
from storage.queries.paging import page_of
from storage.records import Feedback, FeedbackVerdict, Review, record

AT_ONCE = 1000  # rows that `every` holds in memory
UNREVIEWED: dict[str, Any] = {"review": "waiting", "reviewer": None, "reviewed_at": None, "accepted": None}

_IN_A_VERSION = [tables.Lesson.feedback == tables.Feedback.id, tables.Version.status != "failed"]


def _newest(column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    """A column of the newest lesson that a piece of feedback became."""
    lesson, version = tables.Lesson, tables.Version
    became = select(column).join(version, version.id == lesson.version).where(*_IN_A_VERSION)
    return became.order_by(lesson.version.desc()).limit(1).correlate(tables.Feedback).scalar_subquery()


_REVIEWER = aliased(tables.User)
_FEEDBACK = (
    select(tables.Feedback, tables.User.name, tables.Run.name, tables.Run.target, tables.Model.name, _REVIEWER.name,
           _newest(tables.Lesson.version), _newest(tables.Lesson.row))
    .join(tables.User, tables.User.id == tables.Feedback.owner)
    .join(tables.Run, tables.Run.id == tables.Feedback.run)
    .outerjoin(tables.Model, tables.Model.id == tables.Feedback.model)
    .outerjoin(_REVIEWER, _REVIEWER.id == tables.Feedback.reviewer)
)  # fmt: skip
_ONE = _FEEDBACK.where(tables.Feedback.id == bindparam("id"))  # made once: to make it takes longer than to ask it


@dataclass(frozen=True)
class Wanted:
    """Which feedback is meant. Empty fields do not filter. Times are aware: from `since` on, before `until`.

    `model`: asked by its name, or of a run that is a version of it. `decider` owns the model, or the run where no model
    was asked. `used`: whether it is a row of a version of a data set already. `upto`: not what has a later id.
    """

    run: int | None = None
    dataset: int | None = None
    owner: int | None = None
    verdict: FeedbackVerdict | None = None
    search: str = ""
    batch: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    model: int | None = None
    review: Review | None = None
    decider: int | None = None
    used: bool | None = None
    ids: tuple[int, ...] = ()
    upto: int | None = None


@dataclass(frozen=True)
class Once:
    """What is said to a model with a key: `said` is a fingerprint of it."""

    model: int
    key: str
    said: str


def earlier(
    session: Session, *, owner: int, prediction: int | None, batch: int | None, row_number: int | None
) -> Feedback | None:
    """What the person said of this answer before. Nobody else changes it until the transaction ends."""
    said = tables.Feedback
    if prediction is not None:
        about = said.prediction == prediction
    else:
        about = and_(said.batch == batch, said.row_number == row_number)
    known = and_(said.owner == owner, about)
    session.execute(select(said.id).where(known).with_for_update())  # before it is asked what became of it
    found = session.execute(_FEEDBACK.where(known)).one_or_none()
    return _record(found) if found else None


def add(session: Session, once: Once | None = None, **values: Any) -> Feedback:
    """Keeps what a person says of one answer. IntegrityError: she said something of it before, the key was used, or the
    answer is no longer there.
    """
    row = tables.Feedback(**values)
    session.add(row)
    session.flush()
    if once is not None:
        use_key(session, once, row.id)
    return _just_kept(session, row.id)


def use_key(session: Session, once: Once, feedback: int) -> None:
    """Keeps what was said with a key, and where. IntegrityError: the key was used."""
    used = {"model": once.model, "key": once.key, "said": once.said, "feedback": feedback}
    session.execute(insert(tables.RequestKey), [used])


def used_key(session: Session, once: Once) -> tuple[str, int] | None:
    """The fingerprint of what was said to the model with this key, and the id of that feedback; None: not used yet."""
    found = session.get(tables.RequestKey, (once.model, once.key))
    return None if found is None else (found.said, found.feedback)


def replace(session: Session, id: int, **values: Any) -> Feedback:
    """Takes something else in place of what a person said of one answer. Its review begins anew."""
    row = session.get_one(tables.Feedback, id)
    for name, value in (values | UNREVIEWED).items():
        setattr(row, name, value)
    row.created = tables.now()
    session.flush()
    return _just_kept(session, id)


def get(session: Session, id: int) -> Feedback | None:
    """One piece of feedback."""
    found = session.execute(_ONE, {"id": id}).one_or_none()
    return _record(found) if found else None


def page(session: Session, wanted: Wanted, *, limit: int = 50, offset: int = 0) -> tuple[list[Feedback], int]:
    """A page of the list, newest first, and how many the whole list has. None of runs in the trash."""
    where = _where(wanted)
    counted = select(func.count()).select_from(tables.Feedback).join(tables.Run, tables.Run.id == tables.Feedback.run)
    total = session.scalar(counted.where(*where)) or 0
    question = _FEEDBACK.where(*where).order_by(tables.Feedback.created.desc(), tables.Feedback.id.desc())
    return [_record(found) for found in session.execute(page_of(question, total, limit=limit, offset=offset))], total


def every(session: Session, wanted: Wanted) -> Iterator[Feedback]:
    """The whole list, newest first, read as it is used."""
    question = _FEEDBACK.where(*_where(wanted))
    newest = question.order_by(tables.Feedback.created.desc(), tables.Feedback.id.desc())
    return map(_record, session.execute(newest.execution_options(yield_per=AT_ONCE)))


def last(session: Session) -> int:
    """The newest id, 0 when there is no feedback."""
    return session.scalar(select(func.max(tables.Feedback.id))) or 0


def counts(session: Session, wanted: Wanted) -> dict[FeedbackVerdict, int]:
    """How many are right and wrong."""
    found = _counted(session, tables.Feedback.verdict, wanted)
    return {"right": found.get("right", 0), "wrong": found.get("wrong", 0)}


def reviews(session: Session, wanted: Wanted) -> dict[Review, int]:
    """How many wait for their review, and how many were accepted and rejected."""
    found = _counted(session, tables.Feedback.review, wanted)
    return {name: found.get(name, 0) for name in ("waiting", "accepted", "rejected")}


def unanswered(session: Session, wanted: Wanted) -> int:
    """How many say “wrong” without what would be right, so that nothing can be learned from them."""
    counted = select(func.count()).select_from(tables.Feedback).join(tables.Run, tables.Run.id == tables.Feedback.run)
    unknown = tables.Feedback.correct.is_(None), tables.Feedback.accepted.is_(None)
    return session.scalar(counted.where(*_where(wanted), *unknown)) or 0


def decide(session: Session, wanted: Wanted, review: Review, *, reviewer: int, at: datetime,
           answer: str | None = None) -> int:  # fmt: skip
    """Accepts or rejects what is meant, and keeps who did and when; how many these are.

    What is accepted counts with `answer`, or as it was said; without either it is left. So is what was used already.
    """
    said = tables.Feedback
    where = [*_where(wanted), ~used()]
    values: dict[str, Any] = {"review": review, "reviewer": reviewer, "reviewed_at": at, "accepted": None}
    if review == "accepted":
        values["accepted"] = said.correct if answer is None else answer
        where += [said.correct.is_not(None)] if answer is None else []
    meant = select(said.id).join(tables.Run, tables.Run.id == said.run).where(*where)
    return _changed(session, [said.id.in_(meant), ~used()], values)


def undecide(session: Session, reviewer: int, at: datetime) -> int:
    """What this person decided at this moment waits again, but for what was used already; how many these are."""
    said = tables.Feedback
    return _changed(session, [said.reviewer == reviewer, said.reviewed_at == at, ~used()], UNREVIEWED)


def used() -> ColumnElement[bool]:
    """Whether a piece of feedback is a row of a version of a data set, made or being made."""
    became = exists().where(*_IN_A_VERSION, tables.Lesson.version == tables.Version.id)
    return became.correlate(tables.Feedback)


def _just_kept(session: Session, id: int) -> Feedback:
    return _record(session.execute(_ONE, {"id": id}).one())


def _changed(session: Session, where: list[ColumnElement[bool]], values: dict[str, Any]) -> int:
    session.execute(select(tables.Feedback.id).where(*where).with_for_update())  # a version may just take them
    question = update(tables.Feedback).where(*where).values(values).returning(tables.Feedback.id)
    return len(session.execute(question, execution_options={"synchronize_session": False}).all())


def _counted(session: Session, column: Any, wanted: Wanted) -> dict[str, int]:
    question = (
        select(column, func.count())
        .select_from(tables.Feedback)
        .join(tables.Run, tables.Run.id == tables.Feedback.run)
        .where(*_where(wanted))
        .group_by(column)
    )
    return {row[0]: row[1] for row in session.execute(question)}


def _record(found: Any) -> Feedback:
    row, owner_name, run_name, target, model_name, reviewer_name, used_in, used_row = found
    beside = {"run_name": run_name, "target": target, "model_name": model_name, "reviewer_name": reviewer_name,
              "used_in": used_in, "used_row": used_row}  # fmt: skip
    return record(Feedback, row, owner_name=owner_name, **beside)


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    said = tables.Feedback
    where: list[ColumnElement[bool]] = [tables.Run.trashed_at.is_(None)]
    pairs = (
        (said.run, wanted.run),
        (tables.Run.dataset, wanted.dataset),
        (said.owner, wanted.owner),
        (said.verdict, wanted.verdict),
        (said.batch, wanted.batch),
        (said.review, wanted.review),
    )
    where += [column == value for column, value in pairs if value is not None]
    if wanted.since is not None:
        where.append(said.created >= wanted.since)
    if wanted.until is not None:
        where.append(said.created < wanted.until)
    if wanted.upto is not None:
        where.append(said.id <= wanted.upto)
    if wanted.ids:
        where.append(said.id.in_(wanted.ids))
    if wanted.used is not None:
        where.append(used() if wanted.used else ~used())
    if wanted.model is not None:
        where.append(_of_model(wanted.model))
    if wanted.decider is not None:
        where.append(_decided_by(wanted.decider))
    if wanted.search:
        sought = (said.comment, said.correct, tables.Run.name)
        where.append(or_(*(column.icontains(wanted.search, autoescape=True) for column in sought)))
    return where


def _of_model(model: int) -> ColumnElement[bool]:
    versions = select(tables.ModelVersion.run).where(tables.ModelVersion.model == model)
    asked = or_(tables.Feedback.model == model, tables.Feedback.model.is_(None))
    return and_(tables.Feedback.run.in_(versions), asked)


def _decided_by(person: int) -> ColumnElement[bool]:
    own = select(tables.Model.id).where(tables.Model.owner == person)
    unnamed = and_(tables.Feedback.model.is_(None), tables.Run.owner == person)
    return or_(tables.Feedback.model.in_(own), unnamed)
