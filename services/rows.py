"""Rows to predict: brought to the columns that a model learned from, with what was odd about them in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from engine.bundle import Manifest
from engine.errors import BadRow
from engine.events import Note, listed
from engine.table.options import ReadOptions
from engine.table.pictures import REFERENCE
from engine.table.steps import replay

EXAMPLES = 5


@dataclass
class Oddities:
    """What was odd about the rows so far, counted over all pieces of a file."""

    rows: int = 0
    missing: set[str] = field(default_factory=set)
    extra: set[str] = field(default_factory=set)
    unread: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)

    def notes(self) -> tuple[Note, ...]:
        """In sentences."""
        found = []
        if self.missing:
            text = "The model learned from columns that are not there, and takes them as missing: {columns}."
            found.append(Note(text=text, values={"columns": listed(sorted(self.missing))}))
        if self.extra:
            text = "The model did not learn from these columns, and does not look at them: {columns}."
            found.append(Note(text=text, values={"columns": listed(sorted(self.extra))}))
        for column, count in self.unread.items():
            text = "“{column}” has values that could not be read and count as missing: {count} in all."
            found.append(Note(text=text, values={"count": count, "column": column}))
        for column, values in self.unknown.items():
            text = "“{column}” has values that the model never learned ({count} in all): {examples}."
            examples = listed([value for value, _ in values.most_common(EXAMPLES)])
            found.append(Note(text=text, values={"count": values.total(), "column": column, "examples": examples}))
        return tuple(found)


def typed(
    manifest: Manifest, frame: pd.DataFrame, options: ReadOptions | None, odd: Oddities, pictures: Path
) -> pd.DataFrame:
    """The columns that the model learned from, typed as it knows them; `odd` is told what was odd.

    `frame` holds cells as a person writes them, or typed; those of pictures are references to the folder `pictures`.
    Raises BadRow when it has none of the columns.
    """
    names = [column.name for column in manifest.inputs]
    read = replay(frame, options or manifest.options or ReadOptions(), manifest.steps, manifest.table)
    missing = set(read.missing) & set(names)
    if len(missing) == len(names):
        raise BadRow("None of the columns that the model learned from is there: {columns}.", columns=listed(names))
    odd.rows += len(frame)
    odd.missing |= missing
    odd.extra |= set(read.extra)
    odd.unread.update({name: count for name, count in read.unread.items() if name in names})
    for column in manifest.inputs:
        if column.kind == "image":
            _leave_out_strangers(read.frame, column.name, pictures, odd)
        known = column.field.choices
        if known and column.name not in missing:
            values = read.frame[column.name].dropna()
            unknown = values[~values.isin(known)]
            if len(unknown):
                odd.unknown.setdefault(column.name, Counter()).update(map(str, unknown))
    return read.frame[names]


def _leave_out_strangers(frame: pd.DataFrame, column: str, pictures: Path, odd: Oddities) -> None:
    """What refers to no kept picture is missing: a cell that a person wrote must not reach any other file."""
    values = frame[column]
    there = [isinstance(cell, str) and _is_kept(cell, pictures) for cell in values]
    strange = values.notna() & ~np.array(there, dtype=bool)
    if strange.any():
        frame[column] = values.mask(strange)
        odd.unread[column] += int(strange.sum())


def _is_kept(reference: str, pictures: Path) -> bool:
    return bool(REFERENCE.fullmatch(reference)) and (pictures / reference).is_file()
