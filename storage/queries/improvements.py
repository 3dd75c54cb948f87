"""Learning again: what accepted feedback waits, how far an improvement is, and what a rule wants begun.

Every step is one transaction that a status guards: it is taken once, by whoever comes first, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from storage import tables
from storage.queries import datasets
from storage.records import Improvement, Json, Model, StartedBy, Version, record


@dataclass(frozen=True)
class Waiting:
    """How much accepted feedback production has not learned from, and how much of it says that an answer was wrong."""

    accepted: int
    corrections: int


@dataclass(frozen=True)
class Taught:
    """What accepted feedback teaches: the row that was asked, the answer that counts, and the id of its new row.

    `run` is the one that was asked.
    """

    run: int
    row: Json
    answer: str
    row_id: int


@dataclass(frozen=True)
class Due:
    """A model that a rule wants improved, and which rule."""

    model: int
    started_by: StartedBy


def waiting(session: Session, model: int, learned: Version) -> Waiting:
    """What is accepted of the model's feedback, and is in no version that `learned` comes from."""
    question = select(tables.Feedback.verdict, func.count()).where(*_accepted(session, model, learned))
    found = {row[0]: row[1] for row in session.execute(question.group_by(tables.Feedback.verdict))}
    return Waiting(sum(found.values()), found.get("wrong", 0))


def any_accepted(session: Session, model: int) -> bool:
    """Whether any feedback on the model's answers was accepted, learned from or not."""
    return bool(session.scalar(select(exists().where(*_said_of(model)))))


def begin(
    session: Session, model: Model, parent: Version, owner: int, *, started_by: StartedBy, from_weights: bool
) -> Improvement | None:
    """Takes what waits into a new version of the data, which comes of `parent`. None: nothing waits.

    IntegrityError: one of this model is under way. Call it with the model locked.
    """
    if parent.table_key is None:
        return None
    chosen = select(tables.Feedback.id).where(*_accepted(session, model.id, parent))
    taken = session.scalars(chosen.with_for_update()).all()
    if not taken:
        return None
    made = datasets.add_version(session, parent.dataset, parent=parent.id, options=parent.options, steps=parent.steps)
    session.execute(insert(tables.Lesson), [{"feedback": each, "version": made.id, "row": None} for each in taken])
    row = tables.Improvement(
        model=model.id, owner=owner, started_by=started_by, from_weights=from_weights,
        production=model.production, version=made.id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return get(session, row.id)


def number_rows(session: Session, version: Version, first: int) -> None:
    """Gives each taken piece of feedback the id of its row: the one that it has in the data set, else a new one.

    New ones are `first` or more; no other row of the data set had them.
    """
    session.execute(select(tables.Dataset.id).where(tables.Dataset.id == version.dataset).with_for_update())
    here = select(tables.Version.id).where(tables.Version.dataset == version.dataset)
    lesson = tables.Lesson
    taken = select(lesson).where(lesson.version == version.id, lesson.row.is_(None)).order_by(lesson.feedback)
    numbered = select(lesson.feedback, lesson.row).where(lesson.version.in_(here), lesson.row.is_not(None))
    known = {row[0]: row[1] or 0 for row in session.execute(numbered)}
    fresh = max(first, max(known.values(), default=-1) + 1)
    for each in session.scalars(taken):
        if each.feedback not in known:
            known[each.feedback] = fresh
            fresh += 1
        each.row = known[each.feedback]


def taught(session: Session, version: int) -> list[Taught]:
    """What was taken into a version, in the order of its rows."""
    said, lesson = tables.Feedback, tables.Lesson
    question = select(said.run, said.row, said.accepted, lesson.row).join(lesson, lesson.feedback == said.id)
    taken = lesson.version == version, lesson.row.is_not(None), said.accepted.is_not(None)
    found = session.execute(question.where(*taken).order_by(lesson.row))
    return [Taught(run, row, answer or "", row_id or 0) for run, row, answer, row_id in found]


def get(session: Session, id: int) -> Improvement | None:
    """One improvement."""
    return _one(session, tables.Improvement.id == id)


def of_version(session: Session, version: int) -> Improvement | None:
    """The improvement that makes or made this version of a data set."""
    return _one(session, tables.Improvement.version == version)


def of_run(session: Session, run: int) -> Improvement | None:
    """The improvement that this run belongs to."""
    return _one(session, tables.Improvement.run == run)


def latest(session: Session, model: int) -> Improvement | None:
    """The newest of a model: the one under way, if there is one."""
    question = _improvements().where(tables.Improvement.model == model).order_by(tables.Improvement.id.desc())
    found = session.execute(question.limit(1)).one_or_none()
    return _record(found) if found else None


def step(session: Session, id: int, before: str, **values: Any) -> bool:
    """Takes an improvement from the status `before` to what `values` say. False: it is not there any more."""
    done = session.execute(
        update(tables.Improvement)
        .where(tables.Improvement.id == id, tables.Improvement.status == before)
        .values(**values)
        .returning(tables.Improvement.id)
    )
    return done.first() is not None


def failed(session: Session, error: Json | None, *, version: int | None = None, run: int | None = None) -> None:
    """What was to be made or learned for an improvement ended badly; nothing, if that was for no improvement.

    Feedback that was taken into a version that never came to be waits again, as the version is failed then.
    """
    of = tables.Improvement.version == version if version is not None else tables.Improvement.run == run
    going = update(tables.Improvement).where(of, tables.Improvement.finished.is_(None))
    session.execute(going.values(status="failed", error=error, finished=tables.now()))


def due(session: Session) -> list[Due]:
    """Models whose rule asks for an improvement now, and for which none is under way.

    A rule that could not begin one asks again when it is set anew, or when another version is production.
    """
    watch, going = tables.Watch, select(tables.Improvement.model).where(tables.Improvement.finished.is_(None))
    question = (
        select(watch, tables.Model.production)
        .join(tables.Model, tables.Model.id == watch.model)
        .where(tables.Model.trashed_at.is_(None), watch.model.not_in(going))
        .where(or_(watch.improve_after.is_not(None), watch.improve_on_alarm))
    )
    found = []
    for rule, production in session.execute(question):
        if rule.refusal is not None and rule.refusal["production"] == production:
            continue
        if rule.improve_after is not None and _corrections(session, rule.model) >= rule.improve_after:
            found.append(Due(rule.model, "corrections"))
        elif rule.improve_on_alarm and _alarmed(session, rule.model):
            found.append(Due(rule.model, "alarm"))
    return found


def _corrections(session: Session, model: int) -> int:
    """Accepted feedback that says an answer was wrong, and that came after the last improvement began."""
    wrong = [*_fresh(session, model), tables.Feedback.verdict == "wrong"]
    return session.scalar(select(func.count()).select_from(tables.Feedback).where(*wrong)) or 0


def _alarmed(session: Session, model: int) -> bool:
    """Whether an alarm is open that came after the last improvement began, and there is something new to learn.

    Of drift or quality: what fails or slows down is not mended by learning.
    """
    alarm, last = tables.Alarm, _last(session, model)
    about = alarm.kind.in_(("drift", "quality"))
    rings = select(alarm.id).where(alarm.model == model, alarm.closed.is_(None), about)
    if last is not None:
        rings = rings.where(alarm.created > last)
    fresh = select(tables.Feedback.id).where(*_fresh(session, model))
    return all(session.scalar(each.limit(1)) is not None for each in (rings, fresh))


def _fresh(session: Session, model: int) -> list[ColumnElement[bool]]:
    """What production does not know, and was accepted since the last improvement began.

    So one that failed is not begun again and again.
    """
    last, where = _last(session, model), _accepted(session, model, _learned(session, model))
    return where if last is None else [*where, tables.Feedback.reviewed_at > last]


def _last(session: Session, model: int) -> datetime | None:
    """When the last improvement began."""
    return session.scalar(select(func.max(tables.Improvement.created)).where(tables.Improvement.model == model))


def _learned(session: Session, model: int) -> Version:
    """The version of the data that a model's production learned from."""
    kept, version, run = tables.Model, tables.ModelVersion, tables.Run
    answering = (
        select(run.version)
        .join(version, version.run == run.id)
        .join(kept, and_(kept.id == version.model, kept.production == version.number))
    )
    found = session.scalars(answering.where(kept.id == model)).one()
    return record(Version, session.get_one(tables.Version, found))


def _accepted(session: Session, model: int, learned: Version) -> list[ColumnElement[bool]]:
    """Accepted feedback on the model's answers that is in no version that `learned` comes from."""
    lineage = [version.id for version in datasets.lineage(session, learned)]
    known = exists().where(tables.Lesson.feedback == tables.Feedback.id, tables.Lesson.version.in_(lineage))
    return [*_said_of(model), ~known.correlate(tables.Feedback)]


def _said_of(model: int) -> list[ColumnElement[bool]]:
    """Accepted feedback on answers of a model: asked by its name, or through the page of a run that is its version."""
    said, version = tables.Feedback, tables.ModelVersion
    through_run = said.run.in_(select(version.run).where(version.model == model))
    about = or_(said.model == model, and_(said.model.is_(None), through_run))
    return [about, said.review == "accepted", said.accepted.is_not(None)]


def _one(session: Session, condition: ColumnElement[bool]) -> Improvement | None:
    found = session.execute(_improvements().where(condition)).one_or_none()
    return _record(found) if found else None


def _improvements() -> Select[tables.Improvement, str]:
    return select(tables.Improvement, tables.User.name).join(tables.User, tables.User.id == tables.Improvement.owner)


def _record(found: Any) -> Improvement:
    row, owner_name = found
    return record(Improvement, row, owner_name=owner_name)
