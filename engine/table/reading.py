"""Reading a file from a person: how it is written is found out, shown, and can be corrected."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa

from engine.events import Note
from engine.spec import Spec
from engine.table._source import PREVIEW, Source
from engine.table.columns import Kind
from engine.table.contents import recognise
from engine.table.delimited import Delimited
from engine.table.excel import Excel
from engine.table.kinds import is_id_name, judge
from engine.table.options import ENCODINGS, Format, ReadOptions
from engine.table.parquet import Parquet
from engine.table.tally import Tally
from engine.table.values import as_text
from engine.table.zipped import open_zipped

__all__ = ["ENCODINGS", "Format", "Inspection", "ReadOptions", "inspect", "open_source"]

LOOKS = 30  # small pictures in a preview

SOURCES: dict[Format, type[Delimited] | type[Excel] | type[Parquet]] = {
    "csv": Delimited, "xlsx": Excel, "parquet": Parquet,
}  # fmt: skip


class Inspection(Spec):
    """What a file looks like under `options`, which are complete.

    `preview` holds up to 50 rows of cells as written ("" for none); `kinds` are guessed from the first rows;
    `rows` is an estimate when `rows_exact` is False. `fault` is why an import would fail. `pictures` are small JPEGs of
    some that the preview names.
    """

    options: ReadOptions
    sheets: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    preview: tuple[tuple[str, ...], ...]
    rows: int
    rows_exact: bool
    notes: tuple[Note, ...]
    fault: Note | None = None
    pictures: dict[str, bytes] = {}


def inspect(path: Path, name: str, options: ReadOptions | None = None) -> Inspection:
    """Finds out how the file is written; what `options` says is taken as it is. `name` is the file's name for people.

    Looks at the first rows only (and through the bytes of a text, for its encoding). Raises BadFile.
    """
    with open_source(path, name, options, glance=True) as source:
        start = source.start()
        tallies = new_tallies(source, start.schema.types)
        for tally, cells in zip(tallies, start.columns, strict=True):
            tally.add(cells, source.options)
        judged = {n: judge(n, tally, source.options)[0].kind for n, tally in zip(source.names, tallies, strict=True)}
        rows, exact = source.size()
        return Inspection(
            options=source.options,
            sheets=source.sheets,
            names=source.names,
            kinds=tuple(source.kinds.get(name, kind) for name, kind in judged.items()),
            preview=tuple(tuple(as_text(cell) for cell in row.values()) for row in start[:PREVIEW].to_pylist()),
            rows=rows,
            rows_exact=exact,
            notes=tuple(source.notes),
            fault=source.fault,
            pictures=source.look(LOOKS),
        )


def open_source(path: Path, name: str, options: ReadOptions | None = None, *, glance: bool = False) -> Source:
    """The file, ready to be read through, or, at a `glance`, only to be looked at. Close it. Raises BadFile."""
    found, notes = recognise(path, name)
    asked = options or ReadOptions()
    if found == "zip":
        opener = partial(open_source, options=asked)
        source: Source = open_zipped(path, name, asked, opener, glance=glance)
    else:
        source = SOURCES[found](path, name, asked)
    source.notes = notes + source.notes
    return source


def new_tallies(source: Source, types: Sequence[pa.DataType]) -> list[Tally]:
    """An empty tally for each column of the source."""
    return [
        Tally(watched=is_id_name(name), typed=kind if source.typed else None)
        for name, kind in zip(source.names, types, strict=True)
    ]
