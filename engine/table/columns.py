"""Columns of a table: their kinds, and how their values are written. Knows no files."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

import pyarrow as pa

from engine.errors import BadTable
from engine.spec import Spec

Kind = Literal["number", "category", "boolean", "datetime", "text", "image", "identifier"]
DateOrder = Literal["ymd", "dmy", "mdy"]

ROW = "__row__"  # the row id: int64, permanent in the lineage
TABULAR: tuple[Kind, ...] = ("number", "category", "boolean", "datetime")  # an amount or a word in each cell

STORED: dict[Kind, pa.DataType] = {
    "number": pa.float64(),
    "category": pa.large_string(),
    "boolean": pa.large_string(),
    "datetime": pa.timestamp("us"),
    "text": pa.large_string(),
    "image": pa.large_string(),
    "identifier": pa.large_string(),
}


class Column(Spec):
    """One column: its name and kind, and how its values were written in the file.

    `read_as` is the kind that the file's cells were first read as; later kinds come from steps. `dates` is the order of
    day, month and year; `words` are a boolean's word for no and its word for yes; `unit` is what stood beside every
    number (“%”, “€”); `decimal` is set where text became numbers later. `reason` says why a column is ignored or has
    its kind.
    """

    name: str
    kind: Kind
    read_as: Kind
    ignored: bool = False
    reason: str = ""
    dates: DateOrder | None = None
    words: tuple[str, str] | None = None
    unit: str = ""
    decimal: Literal[".", ","] = "."


class Schema(Spec):
    """The columns of a version in file order, without the row id."""

    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in file order."""
        return tuple(column.name for column in self.columns)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> Column:
        """Raises BadTable, naming the column that may have been meant."""
        for column in self.columns:
            if column.name == name:
                return column
        raise no_such_column(name, self.names)

    def only(self, *names: str) -> Schema:
        """The schema of these columns alone. Raises BadTable like `[]`."""
        return Schema(columns=tuple(self[name] for name in names))

    def replace(self, name: str, column: Column) -> Schema:
        """The same schema with `column` in the place of the one called `name`."""
        self[name]
        return Schema(columns=tuple(column if c.name == name else c for c in self.columns))

    def arrow(self) -> pa.Schema:
        """The Arrow schema of a version's Parquet file: the row id, then the columns."""
        fields = [pa.field(ROW, pa.int64(), nullable=False)]
        return pa.schema(fields + [pa.field(c.name, STORED[c.kind]) for c in self.columns])


def no_such_column(name: str, names: Iterable[str]) -> BadTable:
    """The error for a column that is not there."""
    close = get_close_matches(name, list(names), n=1)
    if close:
        return BadTable("There is no column “{name}”. Is “{close}” meant?", name=name, close=close[0])
    return BadTable("There is no column “{name}”.", name=name)
