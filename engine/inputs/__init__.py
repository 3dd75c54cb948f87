"""The kinds of input column. A new one is a file here and a line below."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.inputs._base import FormField, InputColumn
from engine.inputs.boolean import Boolean
from engine.inputs.category import Category
from engine.inputs.datetime import DateTime
from engine.inputs.image import Image
from engine.inputs.number import Number
from engine.inputs.text import Text

INPUTS: dict[str, type[InputColumn]] = {
    "number": Number,
    "category": Category,
    "boolean": Boolean,
    "datetime": DateTime,
    "text": Text,
    "image": Image,
}

AnyInput = Annotated[Number | Category | Boolean | DateTime | Text | Image, Field(discriminator="kind")]

__all__ = ["INPUTS", "AnyInput", "FormField", "InputColumn"]
