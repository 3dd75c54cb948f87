"""Requests that reached a model."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.orm import Session

from storage import tables

ADD = insert(cast(Table, tables.Call.__table__))
"""Carried out with each request, so that it is made once."""


def add(connection: Connection, **values: Any) -> None:
    """Keeps one request."""
    connection.execute(ADD, values)


def forget(session: Session, before: datetime, limit: int) -> int:
    """Removes those of the oldest `limit` requests that came before then; how many."""
    oldest = select(tables.Call.id).order_by(tables.Call.id).limit(limit)
    gone = delete(tables.Call).where(tables.Call.id.in_(oldest), tables.Call.created < before)
    done = session.execute(gone, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]
