"""Warnings about a table in words, each with a remedy of one click where there is one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from engine.spec import Spec
from engine.table.steps import Step


class LeaveOut(Spec):
    """A remedy in the recipe: do not learn from these columns."""

    op: Literal["leave out"] = "leave out"
    columns: tuple[str, ...]


class Balance(Spec):
    """A remedy in the recipe: class weights, so that rare answers count as much as frequent ones."""

    op: Literal["balance"] = "balance"


RecipeRemedy = Annotated[LeaveOut | Balance, Field(discriminator="op")]
Code = Literal["constant", "identifier", "disguised", "imbalance", "leak", "mostly missing"]


class Finding(Spec):
    """One warning. `text` is a template for `values`; `rows` is the number of rows it rests on."""

    code: Code
    column: str
    text: str
    values: dict[str, Any] = Field(default_factory=dict)
    remedy: Step | RecipeRemedy | None = None
    rows: int
