"""Answers that were given: one at a time, and files of rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, Json, now


class Prediction(Base):
    """One answer for one row, and the bundle that gave it; `version` of `model` if a model was asked by its name."""

    __tablename__ = "prediction"
    __table_args__ = (Index(None, "run", "created"), Index(None, "model", "created"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    run: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    predictor: Mapped[str] = mapped_column(String(16))
    bundle_hash: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(16))
    row: Mapped[Json]
    answer: Mapped[Json]
    model: Mapped[int | None] = mapped_column(ForeignKey("model.id"))
    version: Mapped[int | None]
    created: Mapped[datetime] = mapped_column(default=now)


class Batch(Base):
    """A file of rows to predict; its answers lie in one Parquet artifact."""

    __tablename__ = "batch"
    __table_args__ = (Index(None, "run", "created"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    run: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    predictor: Mapped[str] = mapped_column(String(16))
    upload: Mapped[str | None] = mapped_column(ForeignKey("upload.id", ondelete="SET NULL"))
    filename: Mapped[str] = mapped_column(String(500))
    options: Mapped[Json | None]
    status: Mapped[str] = mapped_column(String(16), default="queued")
    rows: Mapped[int | None] = mapped_column(BigInteger)
    bundle_hash: Mapped[str | None] = mapped_column(String(64))
    result_key: Mapped[str | None] = mapped_column(String(300))
    notes: Mapped[list[Any]] = mapped_column(default=list)
    error: Mapped[Json | None]
    created: Mapped[datetime] = mapped_column(default=now)
    finished: Mapped[datetime | None]
