"""How a record is made from a row."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

Json = dict[str, Any]

R = TypeVar("R")


def record(kind: type[R], row: object, **beside: object) -> R:
    """A record of `kind` from a row of its table; `beside` gives the fields that other tables hold."""
    names = (field.name for field in fields(kind))  # type: ignore[arg-type]
    return kind(**{name: beside[name] if name in beside else getattr(row, name) for name in names})
