"""The kinds of answer. A new one is a class here and a line below."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.targets._base import Target
from engine.targets.classes import OneOfMany, OneOfTwo
from engine.targets.labels import SeveralOfMany
from engine.targets.number import Quantity

TARGETS: dict[str, type[Target]] = {
    "binary": OneOfTwo,
    "multiclass": OneOfMany,
    "labels": SeveralOfMany,
    "number": Quantity,
}

AnyTarget = Annotated[OneOfTwo | OneOfMany | SeveralOfMany | Quantity, Field(discriminator="kind")]

__all__ = ["TARGETS", "AnyTarget", "Target"]
