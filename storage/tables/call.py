"""Requests that reached a model: its traffic."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, now


class Call(Base):
    """One request to a model: who asked what, how it ended, and how long that took.

    `status` is the HTTP status, `problem` the kind of problem when there was one; `rows` were asked about.
    """

    __tablename__ = "call"
    __table_args__ = (Index(None, "model", "created"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[int] = mapped_column(ForeignKey("model.id", ondelete="CASCADE"))
    version: Mapped[int | None]
    key: Mapped[int | None] = mapped_column(ForeignKey("api_key.id", ondelete="SET NULL"))
    source: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[int]
    problem: Mapped[str | None] = mapped_column(String(40))
    rows: Mapped[int]
    milliseconds: Mapped[float]
    created: Mapped[datetime] = mapped_column(default=now)
