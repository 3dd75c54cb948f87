"""Keys with which programs ask a model."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, now


class ApiKey(Base):
    """A key of one model. The secret itself is kept nowhere: `hash` is its SHA-256, `prefix` its first letters.

    `scopes` are what it may be used for. It ends when it `expires` or is revoked; its line stays.
    """

    __tablename__ = "api_key"
    __table_args__ = (Index(None, "model"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[int] = mapped_column(ForeignKey("model.id", ondelete="CASCADE"))
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(12))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]]
    expires: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used: Mapped[datetime | None]
    created: Mapped[datetime] = mapped_column(default=now)
