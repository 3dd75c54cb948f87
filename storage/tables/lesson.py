"""What accepted feedback became."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables._base import Base


class Lesson(Base):
    """A piece of feedback was taken into a version of a data set, where it is the row of that id once it has one.

    Several models may each learn from the same, and a later version holds it again: in one data set it is the same row
    everywhere. That of a version that was never made stays, so that its id goes to no other row.
    """

    __tablename__ = "lesson"
    __table_args__ = (Index(None, "version"),)

    feedback: Mapped[int] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("version.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int | None] = mapped_column(BigInteger)
