"""What is watched of models, and alarms: how a model is watched, which are due for a check, what was found wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.orm import Session

from storage import tables
from storage.records import Alarm, Watch, record


def watch(session: Session, model: int) -> Watch | None:
    """How a model is watched; None as long as nobody chose or checked anything."""
    row = session.get(tables.Watch, model)
    return record(Watch, row) if row else None


def change(session: Session, model: int, **values: Any) -> None:
    """Sets columns of a model's watch, and makes it if need be. IntegrityError: another just made it."""
    done = session.execute(update(tables.Watch).where(tables.Watch.model == model).values(**values))
    if done.rowcount == 0:  # type: ignore[attr-defined]
        session.add(tables.Watch(model=model, **values))
        session.flush()


def checked(session: Session, models: Sequence[int]) -> dict[int, datetime | None]:
    """When these models were checked last; those that never were are left out or None."""
    question = select(tables.Watch.model, tables.Watch.checked_at).where(tables.Watch.model.in_(models))
    return {model: at for model, at in session.execute(question)}  # noqa: C416 - dict() would lose the types


def due(session: Session, before: datetime) -> list[int]:
    """Models that were not checked since `before` and were asked or judged since their last check, oldest first."""
    model, watch, checked = tables.Model, tables.Watch, tables.Watch.checked_at
    news = [
        exists().where(told.model == model.id, or_(checked.is_(None), told.created > checked))
        for told in (tables.Call, tables.Feedback)
    ]
    question = (
        select(model.id)
        .join(watch, watch.model == model.id, isouter=True)
        .where(model.trashed_at.is_(None), or_(checked.is_(None), checked < before), or_(*news))
        .order_by(checked.is_not(None), checked, model.id)
    )
    return list(session.scalars(question))


def open_alarms(session: Session, models: Sequence[int] | None = None, *, owner: int | None = None) -> list[Alarm]:
    """Alarms that are not over, of these models or of all outside the trash, newest first."""
    question = _alarms().where(tables.Alarm.closed.is_(None), tables.Model.trashed_at.is_(None))
    if models is not None:
        question = question.where(tables.Alarm.model.in_(models))
    if owner is not None:
        question = question.where(tables.Model.owner == owner)
    return _read(session, question.order_by(tables.Alarm.created.desc(), tables.Alarm.id.desc()))


def alarms(session: Session, model: int, *, limit: int = 50) -> list[Alarm]:
    """A model's alarms, open ones first, then those that ended last."""
    question = _alarms().where(tables.Alarm.model == model)
    order = tables.Alarm.closed.is_not(None), tables.Alarm.closed.desc(), tables.Alarm.id.desc()
    return _read(session, question.order_by(*order).limit(limit))


def closed_since(session: Session, model: int, since: datetime) -> list[Alarm]:
    """A model's alarms that ended after that time, newest first."""
    question = _alarms().where(tables.Alarm.model == model, tables.Alarm.closed > since)
    return _read(session, question.order_by(tables.Alarm.closed.desc(), tables.Alarm.id.desc()))


def untold(session: Session, model: int, since: datetime) -> list[Alarm]:
    """Open alarms from after that time of which the webhook has not heard, oldest first."""
    alarm = tables.Alarm
    question = _alarms().where(
        alarm.model == model, alarm.told.is_(None), alarm.closed.is_(None), alarm.created > since
    )
    return _read(session, question.order_by(alarm.id))


def untold_ends(session: Session, model: int, since: datetime, until: datetime) -> list[Alarm]:
    """Alarms that ended between these times, of which the webhook heard, but not that they are over; oldest first."""
    alarm = tables.Alarm
    question = _alarms().where(alarm.model == model, alarm.told < alarm.closed, alarm.closed.between(since, until))
    return _read(session, question.order_by(alarm.closed, alarm.id))


def add_alarm(session: Session, model: int, **values: Any) -> int:
    """A new open alarm; its id."""
    row = tables.Alarm(model=model, closed=None, told=None, **values)
    session.add(row)
    session.flush()
    return row.id


def change_alarms(session: Session, ids: Sequence[int], **values: Any) -> None:
    """Sets columns of alarms."""
    session.execute(update(tables.Alarm).where(tables.Alarm.id.in_(ids)).values(**values))


def _alarms() -> Select[tables.Alarm, str]:
    return select(tables.Alarm, tables.Model.name).join(tables.Model, tables.Model.id == tables.Alarm.model)


def _read(session: Session, question: Select[tables.Alarm, str]) -> list[Alarm]:
    return [record(Alarm, row, model_name=name) for row, name in session.execute(question)]
