"""Queued work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, Json, now


class Job(Base):
    """One piece of work for one run, version or batch. `attempts` is the fencing token of whoever carries it out."""

    __tablename__ = "job"
    __table_args__ = (
        Index(None, "lane", "status", "priority", "created"),
        Index(None, "run"),
        Index(None, "version"),
        Index(None, "batch"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    lane: Mapped[str] = mapped_column(String(16))
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    run: Mapped[int | None] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    version: Mapped[int | None] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"))
    batch: Mapped[int | None] = mapped_column(ForeignKey("batch.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(16), default="queued")
    priority: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=3)
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(200))
    wish: Mapped[str] = mapped_column(String(16), default="go on")
    fraction: Mapped[float] = mapped_column(default=0.0)
    created: Mapped[datetime] = mapped_column(default=now)
    started: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    error: Mapped[Json | None]
