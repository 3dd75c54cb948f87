"""The kinds of input column. A new one is a file here and a line below."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.inputs._base import FormField, InputColumn
from engine.inputs.boolean import Boolean
from engine.inputs.category import Category
from engine.inputs.datetime import DateTime
from engine.inputs.number import Number

INPUTS: dict[str, type[InputColumn]] = {
    "number": Number,
    "category": Category,
    "boolean": Boolean,
    "datetime": DateTime,
}

AnyInput = Annotated[Number | Category | Boolean | DateTime, Field(discriminator="kind")]

__all__ = ["INPUTS", "AnyInput", "FormField", "InputColumn"]
