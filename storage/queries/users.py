"""People, and who owns what."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from storage import tables
from storage.records import User, record

Thing = Literal["dataset", "version", "upload", "draft", "run", "prediction", "batch", "feedback", "model"]

LARGEST_ID = 2**31 - 1
OWNED: dict[Thing, Any] = {
    "dataset": tables.Dataset,
    "upload": tables.Upload,
    "draft": tables.Draft,
    "run": tables.Run,
    "prediction": tables.Prediction,
    "batch": tables.Batch,
    "model": tables.Model,
}
OWNER: dict[Thing, Select[int]] = {
    **{thing: select(table.owner).where(table.id == bindparam("id")) for thing, table in OWNED.items()},
    "version": select(tables.Dataset.owner).join(tables.Version).where(tables.Version.id == bindparam("id")),
    "feedback": (
        select(func.coalesce(tables.Model.owner, tables.Run.owner))
        .select_from(tables.Feedback)
        .join(tables.Run, tables.Run.id == tables.Feedback.run)
        .outerjoin(tables.Model, tables.Model.id == tables.Feedback.model)
        .where(tables.Feedback.id == bindparam("id"))
    ),
}
"""Whose each thing is: asked before everything else, so that the questions are made once."""


def add(session: Session, name: str, name_key: str) -> User:
    """A new person. Two people cannot have one key: IntegrityError."""
    row = tables.User(name=name, name_key=name_key)
    session.add(row)
    session.flush()
    return record(User, row)


def get(session: Session, id: int) -> User | None:
    """One person."""
    row = session.get(tables.User, id)
    return record(User, row) if row else None


def by_key(session: Session, name_key: str) -> User | None:
    """The person whose name it is, written in whatever case."""
    row = session.scalars(select(tables.User).where(tables.User.name_key == name_key)).one_or_none()
    return record(User, row) if row else None


def owner_of(session: Session, thing: Thing, id: int | str) -> int | None:
    """Whose thing it is. None when there is no such thing, as with a number that no id can be.

    A version belongs to the owner of its data set; what was said about an answer to the owner of the model that was
    asked, or of the run where no model was.
    """
    if isinstance(id, int) and not 0 < id <= LARGEST_ID:  # the databases would refuse to look
        return None
    return session.scalars(OWNER[thing], {"id": id}).one_or_none()
