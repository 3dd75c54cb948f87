"""A table as Loam imports it: from a CSV file to a typed Parquet version, and the split that all methods share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from benchmarks.sources import CACHE, Table
from engine.recipe import Split
from engine.table.columns import Schema
from engine.table.frames import read_frame
from engine.table.importing import import_table
from engine.table.options import ReadOptions
from engine.table.splits import assign


@dataclass(frozen=True)
class Prepared:
    """An imported table."""

    table: Table
    schema: Schema
    seed: int = 0  # of the split

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All rows, indexed by row id."""
        return read_frame(CACHE / f"{self.table.name}.parquet")

    @cached_property
    def parts(self) -> pd.Series:
        """Row id → “train”, “validation” or “test”: stratified, 70 / 15 / 15."""
        return assign(self.frame, self.table.target, Split(seed=self.seed), self.table.answer)

    def part(self, name: str) -> pd.DataFrame:
        """The rows of one part."""
        return self.frame.loc[self.parts.index[self.parts == name]]


def prepare(table: Table, seed: int = 0) -> Prepared:
    """Imports the table as a person's upload would be, once. Another `seed` parts the rows in another way."""
    out, schema = CACHE / f"{table.name}.parquet", CACHE / f"{table.name}.schema.json"
    if not schema.exists():
        imported = import_table(table.csv(), f"{table.name}.csv", ReadOptions(), out)
        schema.write_text(imported.schema.model_dump_json(), encoding="utf-8")
    return Prepared(table, Schema.model_validate_json(schema.read_text(encoding="utf-8")), seed)
