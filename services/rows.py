"""Rows to predict: brought to the columns that a model learned from, with what was odd about them in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.bundle import Manifest
from engine.errors import BadRow
from engine.events import Note, listed
from engine.table.options import ReadOptions
from engine.table.pictures import REFERENCE
from engine.table.steps import Replay, Replayed

EXAMPLES = 5


@dataclass(frozen=True)
class Typed:
    """Rows in the columns that a model learned from. A cell of a picture in `rows` is a reference, in `located` a path.

    `lost` says of each column that had any which cells (rows,) could not be read and became missing; `missing` and
    `extra` name the columns the rows lack, or have besides.
    """

    rows: pa.RecordBatch
    located: pa.RecordBatch
    lost: dict[str, np.ndarray]
    missing: set[str]
    extra: set[str]


class Reader:
    """Reads rows for one model: cells as a person writes them, or typed. Made once, used often.

    `options` say how a file's numbers are written, where not as in the data that the model learned from.
    """

    def __init__(self, manifest: Manifest, options: ReadOptions | None = None) -> None:
        self.names = [column.name for column in manifest.inputs]
        self._learned = frozenset(self.names)
        self.pictures = [column.name for column in manifest.inputs if column.kind == "image"]
        self._replay = Replay(options or manifest.options or ReadOptions(), manifest.steps, manifest.table)
        choices = {column.name: column.field.choices for column in manifest.inputs}
        self._known = {name: pa.array(words, pa.large_string()) for name, words in choices.items() if words}

    def few(self, rows: Sequence[Mapping[str, Any]], pictures: Path) -> Typed:
        """Rows of plain values, each read as it would be alone. Cells of pictures refer to the folder `pictures`.

        Raises BadRow when one of them has none of the columns.
        """
        if any(self._have_none(names) for names in self._replay.naming.of_each(rows)):
            raise self._nothing()
        return self._typed(self._replay.few(rows), pictures)

    def many(self, rows: pa.RecordBatch, pictures: Path) -> Typed:
        """Rows of a file, likewise. Raises BadRow when the file has none of the columns."""
        if self._have_none(self._replay.naming.of(rows.schema.names)):
            raise self._nothing()
        return self._typed(self._replay.many(rows), pictures)

    def unknown(self, rows: pa.RecordBatch) -> Iterator[tuple[str, list[str]]]:
        """The words of each column, as often as they occur, that the model never learned."""
        for name, known in self._known.items():
            words = rows[name].drop_null()
            yield name, words.filter(pc.invert(pc.is_in(words, value_set=known))).to_pylist()

    def _typed(self, replayed: Replayed, pictures: Path) -> Typed:
        """What refers to no kept picture is missing: a cell that a person wrote must not reach any other file."""
        rows = located = replayed.rows.select(self.names)
        lost = {name: cells for name, cells in replayed.lost.items() if name in self.names}
        for name in self.pictures:
            given, at = rows[name].to_pylist(), self.names.index(name)
            kept = [cell if cell is not None and _is_kept(cell, pictures) else None for cell in given]
            paths = [None if cell is None else str((pictures / cell).absolute()) for cell in kept]
            rows = rows.set_column(at, name, pa.array(kept, pa.large_string()))
            located = located.set_column(at, name, pa.array(paths, pa.large_string()))
            strange = np.array([cell is not None and not there for cell, there in zip(given, kept, strict=True)])
            if strange.any():
                lost[name] = strange
        missing = {name for name in replayed.missing if name in self.names}
        return Typed(rows, located, lost, missing, set(replayed.extra))

    def _have_none(self, called: Mapping[str, str]) -> bool:
        """Whether none of these columns, name as sent → name of today, is one that the model learned from."""
        return self._learned.isdisjoint(called.values())

    def _nothing(self) -> BadRow:
        return BadRow(
            "None of the columns that the model learned from is there: {columns}.", columns=listed(self.names)
        )


@dataclass
class Oddities:
    """What was odd about the rows so far, counted over all pieces of a file."""

    rows: int = 0
    missing: set[str] = field(default_factory=set)
    extra: set[str] = field(default_factory=set)
    unread: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, reader: Reader, typed: Typed) -> None:
        """Looks at some more rows."""
        self.rows += len(typed.rows)
        self.missing |= typed.missing
        self.extra |= typed.extra
        self.unread.update({name: int(cells.sum()) for name, cells in typed.lost.items()})
        for name, words in reader.unknown(typed.rows):
            if words:
                self.unknown.setdefault(name, Counter()).update(words)

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


def _is_kept(reference: str, pictures: Path) -> bool:
    return bool(REFERENCE.fullmatch(reference)) and (pictures / reference).is_file()
