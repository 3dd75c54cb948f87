"""Spec: a frozen, checked description. Its fields' titles, help, bounds and units are written once, here is how.

The same spec validates input, makes the page's form, the YAML and the documentation.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Spec(BaseModel):
    """A frozen record that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def setting(default: Any, title: str, help: str, *, unit: str = "", step: float | None = None, **bounds: Any) -> Any:
    """A field that a person may set.

    `title` and `help` are English and are translated where they are shown; `unit` follows the number on the screen;
    `step` is the widget's step; `bounds` are pydantic's (`ge`, `gt`, `le`, `lt`).
    """
    return Field(default, title=title, description=help, json_schema_extra={"unit": unit, "step": step}, **bounds)
