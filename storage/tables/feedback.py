"""What people say about answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base, Json, now


class Feedback(Base):
    """Right or wrong, and the correct answer: of a single prediction, or of a row of a batch. One a person each.

    It keeps the row and the answer themselves, so that it can teach the next version by itself. It teaches once it is
    accepted: then `accepted` is the answer that counts, and a `Lesson` says what row of which version of a data set it
    became. `model` is the model that was asked by its name.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("owner", "prediction"),
        UniqueConstraint("owner", "batch", "row_number"),
        Index(None, "run", "created"),
        Index(None, "model", "created"),
        Index(None, "created"),
        Index(None, "prediction"),
        Index(None, "review", "created"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int] = mapped_column(ForeignKey("user.id"))
    run: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    model: Mapped[int | None] = mapped_column(ForeignKey("model.id", ondelete="SET NULL"))
    prediction: Mapped[int | None] = mapped_column(ForeignKey("prediction.id", ondelete="CASCADE"))
    batch: Mapped[int | None] = mapped_column(ForeignKey("batch.id", ondelete="CASCADE"))
    row_number: Mapped[int | None] = mapped_column(BigInteger)
    row: Mapped[Json]
    answer: Mapped[Json]
    verdict: Mapped[str] = mapped_column(String(16))
    correct: Mapped[str | None]
    comment: Mapped[str] = mapped_column(default="")
    bundle_hash: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(16), default="page")
    review: Mapped[str] = mapped_column(String(16), default="waiting")
    reviewer: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reviewed_at: Mapped[datetime | None]
    accepted: Mapped[str | None]
    created: Mapped[datetime] = mapped_column(default=now)


class RequestKey(Base):
    """A key that somebody sent along with feedback to a model, and what was said with it. It counts once, for ever.

    `said` is a fingerprint of it. `feedback` is the id under which it is kept, and no reference: what is said later of
    the same answer takes its place there, and a key stays used when its feedback is erased.
    """

    __tablename__ = "request_key"

    model: Mapped[int] = mapped_column(ForeignKey("model.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    feedback: Mapped[int]
    said: Mapped[str] = mapped_column(String(64))
