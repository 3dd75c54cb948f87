"""Recipes being written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, Json, now


class Draft(Base):
    """What a person has chosen so far on the Train page, for one version; at most one each."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("owner", "version"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    version: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"))
    content: Mapped[Json]
    updated: Mapped[datetime] = mapped_column(default=now)
