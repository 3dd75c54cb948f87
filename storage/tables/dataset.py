"""Data sets and their versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, Json, now


class Dataset(Base):
    """A lineage of versions under one name. Erased: its files are gone, its name stays for the runs made from it."""

    __tablename__ = "dataset"
    __table_args__ = (Index(None, "trashed_at", "created"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(200))
    starred: Mapped[bool] = mapped_column(default=False)
    trashed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    created: Mapped[datetime] = mapped_column(default=now)


class Version(Base):
    """One state of a data set: a Parquet table, how it was read, and the steps that made it."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("dataset", "number"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))
    number: Mapped[int]
    parent: Mapped[int | None] = mapped_column(ForeignKey("version.id", ondelete="SET NULL"))
    upload: Mapped[str | None] = mapped_column(ForeignKey("upload.id", ondelete="SET NULL"))
    status: Mapped[str] = mapped_column(String(16), default="importing")
    table_key: Mapped[str | None] = mapped_column(String(300))
    facts_key: Mapped[str | None] = mapped_column(String(300))
    schema: Mapped[Json | None]
    options: Mapped[Json] = mapped_column(default=dict)
    steps: Mapped[list[Any]] = mapped_column(default=list)
    notes: Mapped[list[Any]] = mapped_column(default=list)  # what was noticed while importing
    rows: Mapped[int | None] = mapped_column(BigInteger)
    columns: Mapped[int | None]
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(default="")
    error: Mapped[Json | None]
    created: Mapped[datetime] = mapped_column(default=now)
