"""What is watched of a model, and what was found to be wrong."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, Json, now


class Watch(Base):
    """How a model is watched, one row a model: where alarms are told, what the last check found, what a rule does.

    `report` is what the last check says of the rows that were asked; `problem` why the webhook was not reached;
    `refusal` why the rule could not begin what it asks for, and the number of production then.
    """

    __tablename__ = "watch"

    model: Mapped[int] = mapped_column(ForeignKey("model.id", ondelete="CASCADE"), primary_key=True)
    webhook: Mapped[str | None] = mapped_column(String(500))
    problem: Mapped[Json | None]
    checked_at: Mapped[datetime | None]
    report: Mapped[Json | None]
    improve_after: Mapped[int | None]
    improve_on_alarm: Mapped[bool] = mapped_column(default=False)
    refusal: Mapped[Json | None]


class Alarm(Base):
    """Something about a model is not as it was: since when, on how many rows it rests, and until when it held.

    `text` and `values` are a sentence; `value` passed `threshold`. `told` is when the webhook heard of it last:
    that it began, and later that it is over.
    """

    __tablename__ = "alarm"
    __table_args__ = (Index(None, "model", "closed"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[int] = mapped_column(ForeignKey("model.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    column: Mapped[str | None]
    text: Mapped[str]
    values: Mapped[Json]
    value: Mapped[float]
    threshold: Mapped[float]
    rows: Mapped[int]
    created: Mapped[datetime] = mapped_column(default=now)
    closed: Mapped[datetime | None]
    told: Mapped[datetime | None]
