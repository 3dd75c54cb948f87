"""Pages of lists."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Select

S = TypeVar("S", bound=Select[*tuple[Any, ...]])


def page_of(question: S, total: int, *, limit: int, offset: int) -> S:
    """The page that begins at `offset`; where the list of `total` lines ends before, its last one."""
    last = max(0, total - 1) // max(1, limit) * limit
    return question.limit(limit).offset(min(offset, last))
