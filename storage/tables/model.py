"""Named models, their versions, and which version answered when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, now

_THERE = text("trashed_at IS NULL")


class Model(Base):
    """A line of versions under one name, which is unique among those that are not in the trash.

    `production` and `candidate` are numbers of its versions; `target` and `answer` are what all of them predict.
    """

    __tablename__ = "model"
    __table_args__ = (
        Index(None, "name_key", unique=True, sqlite_where=_THERE, postgresql_where=_THERE),
        Index(None, "trashed_at", "created"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(600))  # the name without case: one model each
    target: Mapped[str]
    answer: Mapped[str] = mapped_column(String(16))
    production: Mapped[int]
    candidate: Mapped[int | None]
    trashed_at: Mapped[datetime | None]
    created: Mapped[datetime] = mapped_column(default=now)


class ModelVersion(Base):
    """A finished run as version `number` of a model. As long as it is one, its run cannot be erased."""

    __tablename__ = "model_version"
    __table_args__ = (
        UniqueConstraint("model", "number"),
        UniqueConstraint("model", "run"),
        Index(None, "run"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[int] = mapped_column(ForeignKey("model.id", ondelete="CASCADE"))
    number: Mapped[int]
    run: Mapped[int] = mapped_column(ForeignKey("run.id"))
    bundle_hash: Mapped[str] = mapped_column(String(64))
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created: Mapped[datetime] = mapped_column(default=now)


class ModelChange(Base):
    """A pointer of a model was moved: by whom, when, why, from which version to which. Never changed afterwards."""

    __tablename__ = "model_change"
    __table_args__ = (Index(None, "model", "pointer"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[int] = mapped_column(ForeignKey("model.id", ondelete="CASCADE"))
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    pointer: Mapped[str] = mapped_column(String(16))
    from_version: Mapped[int | None]
    to_version: Mapped[int | None]
    rolled_back: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime] = mapped_column(default=now)
