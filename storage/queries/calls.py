"""Requests that reached a model."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from storage import tables

ADD = insert(cast(Table, tables.Call.__table__))
"""Carried out with each request, so that it is made once."""


def add(session: Session, **values: Any) -> None:
    """Keeps one request."""
    session.execute(ADD, values)
