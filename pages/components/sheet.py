"""HTML files to hand in: one look, readable without a network or this server. The templates stand beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, Self

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pages.components.charts.style import LIGHT
from pages.components.words import _, language

MOST_ROWS = 200

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class Rows(NamedTuple):
    """A table of plain text; `more` says that rows were left out, or nothing."""

    names: list[str]
    rows: list[list[str]]
    more: str

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Self:
        """The first MOST_ROWS rows."""
        cells = [[_cell(value) for value in row] for row in frame.head(MOST_ROWS).itertuples(index=False)]
        more = _("Only the first {n} rows are shown.").format(n=MOST_ROWS) if len(frame) > MOST_ROWS else ""
        return cls([str(name) for name in frame.columns], cells, more)


def sheet(kind: str, title: str, caption: str, **values: Any) -> str:
    """The whole file, by the template of that kind. What it is given is plain text, and cannot become HTML."""
    template = _TEMPLATES.get_template(f"{kind}.html.j2")
    return template.render(title=title, caption=caption, ground=LIGHT, language=language(), **values)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:,.4g}"
    return "" if value is None else str(value)
