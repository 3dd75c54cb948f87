"""Row-wise cleaning steps: part of a version, replayed on rows to predict. No step learns a number or drops a row."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.spec import Spec
from engine.table.columns import Kind


class Retype(Spec):
    """The column becomes another kind."""

    op: Literal["retype"] = "retype"
    column: str
    kind: Kind


class AsMissing(Spec):
    """These values, as written, count as missing; then the column may become another kind."""

    op: Literal["as missing"] = "as missing"
    column: str
    values: tuple[str, ...]
    kind: Kind | None = None


class Rename(Spec):
    """The column gets another name."""

    op: Literal["rename"] = "rename"
    column: str
    to: str = Field(min_length=1, max_length=200)


class Ignore(Spec):
    """The column is no longer offered for training."""

    op: Literal["ignore"] = "ignore"
    column: str


Step = Annotated[Retype | AsMissing | Rename | Ignore, Field(discriminator="op")]
