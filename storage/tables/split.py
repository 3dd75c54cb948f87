"""Which rows of a lineage train, validate and test."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, Json, now


class Split(Base):
    """The membership of one way to split a lineage: inherited by each later version, never dealt anew."""

    __tablename__ = "split"
    __table_args__ = (UniqueConstraint("dataset", "spec_hash"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))
    spec_hash: Mapped[str] = mapped_column(String(64))
    spec: Mapped[Json]
    key: Mapped[str] = mapped_column(String(300))
    upto_version: Mapped[int]  # number of the newest version whose rows are in the artifact
    created: Mapped[datetime] = mapped_column(default=now)
