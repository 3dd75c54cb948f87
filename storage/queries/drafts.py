"""Recipes being written."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from storage import tables
from storage.records import Draft, Json, record


def save(session: Session, owner: int, version: int, content: Json) -> None:
    """Keeps a person's draft for a version, in place of an earlier one."""
    known = session.scalars(
        select(tables.Draft).where(tables.Draft.owner == owner, tables.Draft.version == version).with_for_update()
    ).one_or_none()
    if known is None:
        session.add(tables.Draft(owner=owner, version=version, content=content))
    else:
        known.content, known.updated = content, tables.now()


def load(session: Session, owner: int, version: int) -> Draft | None:
    """The draft of a person for a version."""
    found = session.execute(_drafts().where(tables.Draft.owner == owner, tables.Draft.version == version)).one_or_none()
    return _draft(found) if found else None


def of_owner(session: Session, owner: int, limit: int = 20) -> list[Draft]:
    """A person's drafts, newest first; none whose data set is in the trash."""
    question = (
        _drafts()
        .where(tables.Draft.owner == owner, tables.Dataset.trashed_at.is_(None))
        .order_by(tables.Draft.updated.desc())
        .limit(limit)
    )
    return [_draft(found) for found in session.execute(question)]


def discard(session: Session, owner: int, version: int) -> None:
    """Removes a draft; it need not be there."""
    session.execute(delete(tables.Draft).where(tables.Draft.owner == owner, tables.Draft.version == version))


def _drafts() -> Select[tables.Draft, int, int, str]:
    return (
        select(tables.Draft, tables.Version.number, tables.Dataset.id, tables.Dataset.name)
        .join(tables.Version, tables.Version.id == tables.Draft.version)
        .join(tables.Dataset, tables.Dataset.id == tables.Version.dataset)
    )


def _draft(found: Any) -> Draft:
    row, number, dataset, name = found
    return record(Draft, row, version_number=number, dataset=dataset, dataset_name=name)
