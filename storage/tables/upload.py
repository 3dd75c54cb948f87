"""Files on their way in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, now


class Upload(Base):
    """One file that a person sends; `key` is set once it has arrived whole."""

    __tablename__ = "upload"
    __table_args__ = (Index(None, "status", "updated"),)

    id: Mapped[str] = mapped_column(String(43), primary_key=True)
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    filename: Mapped[str] = mapped_column(String(500))
    size: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    key: Mapped[str | None] = mapped_column(String(300))
    sha256: Mapped[str | None] = mapped_column(String(64))
    created: Mapped[datetime] = mapped_column(default=now)
    updated: Mapped[datetime] = mapped_column(default=now)
