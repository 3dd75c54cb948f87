"""How a model learns again from accepted feedback."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, Json, now

_UNDER_WAY = text("finished IS NULL")


class Improvement(Base):
    """Accepted feedback becomes rows of `version`, `run` learns from it, and is compared with `production`.

    `production` and `candidate` are numbers of versions of the model. At most one of a model is under way.
    """

    __tablename__ = "improvement"
    __table_args__ = (
        UniqueConstraint("version"),
        UniqueConstraint("run"),
        Index(None, "model", unique=True, sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
        Index(None, "model", "created"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[int] = mapped_column(ForeignKey("model.id", ondelete="CASCADE"))
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    started_by: Mapped[str] = mapped_column(String(16))
    from_weights: Mapped[bool] = mapped_column(default=False)
    production: Mapped[int]
    version: Mapped[int | None] = mapped_column(ForeignKey("version.id", ondelete="SET NULL"))
    run: Mapped[int | None] = mapped_column(ForeignKey("run.id", ondelete="SET NULL"))
    candidate: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(16), default="gathering")
    rows: Mapped[Json | None]  # how many of the accepted rows train, are held back, are left out
    comparison: Mapped[Json | None]
    error: Mapped[Json | None]
    created: Mapped[datetime] = mapped_column(default=now)
    finished: Mapped[datetime | None]
