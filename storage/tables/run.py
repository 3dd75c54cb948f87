"""Runs, the points of their learning curves, and their logs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, Json, now


class Run(Base):
    """A recipe being carried out, and its outcome.

    `target`, `family` and `dataset` repeat what the recipe and the version say, so that lists filter by index.
    `attempt` is the fence: a job writes only while it holds the newest attempt.
    """

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("owner", "request_key"),
        Index(None, "trashed_at", "created"),
        Index(None, "trashed_at", "name"),
        Index(None, "trashed_at", "status", "created"),
        Index(None, "dataset", "trashed_at", "created"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    dataset: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    version: Mapped[int] = mapped_column(ForeignKey("version.id"))
    name: Mapped[str] = mapped_column(String(200))
    notes: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[Any]] = mapped_column(default=list)
    starred: Mapped[bool] = mapped_column(default=False)
    trashed_at: Mapped[datetime | None]

    recipe: Mapped[Json]
    target: Mapped[str]
    answer: Mapped[str] = mapped_column(String(16))
    family: Mapped[str] = mapped_column(String(40))
    request_key: Mapped[str] = mapped_column(String(100))

    status: Mapped[str] = mapped_column(String(16), default="queued")
    attempt: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str | None] = mapped_column(String(16))
    fraction: Mapped[float] = mapped_column(default=0.0)
    seconds_left: Mapped[float | None]
    device: Mapped[Json | None]  # a sentence: its template and values
    last_sign: Mapped[datetime | None]

    metric: Mapped[str | None] = mapped_column(String(40))
    higher_is_better: Mapped[bool | None]
    value: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    guess: Mapped[float | None]
    baseline: Mapped[float | None]
    test_rows: Mapped[int | None]
    verdict: Mapped[Json | None]
    error: Mapped[Json | None]
    bundle_key: Mapped[str | None] = mapped_column(String(300))
    bundle_hash: Mapped[str | None] = mapped_column(String(64))

    created: Mapped[datetime] = mapped_column(default=now)
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]


class RunPoint(Base):
    """One point of a learning curve; the fields of `engine.events.Point`."""

    __tablename__ = "run_point"

    run: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[float]
    seconds: Mapped[float]
    loss: Mapped[float]
    validation_loss: Mapped[float]
    score: Mapped[float]
    learning_rate: Mapped[float]
    best: Mapped[bool]


class RunNote(Base):
    """One sentence of a run's log: a template and its values."""

    __tablename__ = "run_note"

    run: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(default=now)
    text: Mapped[str]
    values: Mapped[Json] = mapped_column(default=dict)
