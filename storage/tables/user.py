"""A person who uses this server."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, now


class User(Base):
    """Known by name only; passwords come with sign-in."""

    __tablename__ = "user"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(400), unique=True)  # the name without case: one person each
    created: Mapped[datetime] = mapped_column(default=now)
