"""Requests that reached a model."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from storage import tables


def add(session: Session, **values: Any) -> None:
    """Keeps one request."""
    session.execute(insert(tables.Call).values(**values))
