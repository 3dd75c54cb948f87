"""Keys with which programs ask a model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update
from sqlalchemy.orm import Session

from storage import tables
from storage.queries.models import ANSWERED_BY, IN_PRODUCTION, answered_by
from storage.records import Answering, ApiKey, User, record

BEARER = (
    select(
        *tables.ApiKey.__table__.columns,
        tables.User.id.label("user_id"),
        tables.User.name.label("owner_name"),
        tables.User.created.label("user_created"),
        *ANSWERED_BY,
    )
    .join(tables.User, tables.User.id == tables.ApiKey.owner)
    .outerjoin(tables.Model, (tables.Model.id == tables.ApiKey.model) & tables.Model.trashed_at.is_(None))
    .outerjoin(tables.ModelVersion, IN_PRODUCTION)
    .outerjoin(tables.Run, tables.Run.id == tables.ModelVersion.run)
    .where(tables.ApiKey.hash == bindparam("hash"))
)
"""Asked with each request of a program, so that the question is made once; and one question is quicker than two."""


@dataclass(frozen=True)
class Bearer:
    """A key, the person who made it, and the production version of its model; none when that is in the trash."""

    key: ApiKey
    user: User
    answering: Answering | None


def add(session: Session, **values: Any) -> ApiKey:
    """A new key. IntegrityError: there is one with this hash."""
    row = tables.ApiKey(**values)
    session.add(row)
    session.flush()
    return _key(session.execute(_keys().where(tables.ApiKey.id == row.id)).one())


def bearer(connection: Connection, hash: str) -> Bearer | None:
    """The bearer of the key whose secret has this SHA-256, also of one that has ended."""
    found = connection.execute(BEARER, {"hash": hash}).one_or_none()
    if found is None:
        return None
    user = User(found.user_id, found.owner_name, found.user_created)
    return Bearer(record(ApiKey, found), user, answered_by(found[-len(ANSWERED_BY) :]))


def of_model(session: Session, model: int) -> list[ApiKey]:
    """A model's keys, newest first, also those that have ended."""
    question = _keys().where(tables.ApiKey.model == model).order_by(tables.ApiKey.id.desc())
    return [_key(found) for found in session.execute(question)]


def revoke(session: Session, model: int, id: int) -> bool:
    """Ends a key; one that was revoked keeps its time. False when the model has no such key."""
    mine = tables.ApiKey.id == id, tables.ApiKey.model == model
    session.execute(
        update(tables.ApiKey).where(*mine, tables.ApiKey.revoked_at.is_(None)).values(revoked_at=tables.now())
    )
    return session.scalar(select(tables.ApiKey.id).where(*mine)) is not None


def used(connection: Connection, id: int, at: datetime) -> None:
    """Says when it was last used."""
    connection.execute(update(tables.ApiKey).where(tables.ApiKey.id == id).values(last_used=at))


def _keys() -> Select[tables.ApiKey, str]:
    return select(tables.ApiKey, tables.User.name).join(tables.User, tables.User.id == tables.ApiKey.owner)


def _key(found: Any) -> ApiKey:
    row, owner_name = found
    return record(ApiKey, row, owner_name=owner_name)
