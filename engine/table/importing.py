"""Importing: a person's file becomes a version, a typed Parquet file with permanent row ids.

The file is read through twice: to tell the kinds of its columns by all their values, then to write them.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.errors import OutOfResources
from engine.events import Note
from engine.table._source import Source, no_rows
from engine.table.casting import cast
from engine.table.columns import STORED, Column, Kind, Schema
from engine.table.kinds import judge
from engine.table.options import ReadOptions
from engine.table.reading import new_tallies, open_source
from engine.table.tally import Tally

EXAMPLES = 3
PICTURES_SHARE = 0.9  # of the time, where there are pictures to keep
Progress = Callable[[float], None]


@dataclass(frozen=True)
class ImportedTable:
    """A version as it was written. `options` are complete; `notes` say what was decided and what was lost."""

    schema: Schema
    options: ReadOptions
    rows: int
    notes: tuple[Note, ...]


@dataclass
class _Lost:
    """Cells of one column that could not be read."""

    count: int = 0
    examples: list[str] = field(default_factory=list)
    place: int = 0  # of the first, among all rows

    def add(self, cells: pa.Array, unread: pa.Array, before: int) -> None:
        found = pc.sum(unread).as_py() or 0
        if not found:
            return
        if not self.count:
            self.place = before + pc.index(unread, True).as_py()
        self.count += found
        for value in pc.unique(cells.filter(unread))[:EXAMPLES].to_pylist():
            if str(value) not in self.examples and len(self.examples) < EXAMPLES:
                self.examples.append(str(value)[:50])

    def note(self, column: Column, row: int | None) -> Note:
        """`row` is the number of the first, if it is known."""
        examples = ", ".join(f"“{example}”" for example in self.examples)
        shown = {"count": self.count, "column": column.name, "kind": column.kind, "examples": examples}
        if row is None:
            text = (
                "“{column}” has values that cannot be read as “{kind}” and count as missing ({count} in all): "
                "{examples}."
            )
            return Note(text=text, values=shown)
        text = (
            "“{column}” has values that cannot be read as “{kind}” and count as missing ({count} in all): {examples} "
            "(the first in row {row})."
        )
        return Note(text=text, values=shown | {"row": row})


def import_table(
    path: Path,
    name: str,
    options: ReadOptions | None,
    out: Path,
    *,
    first_row_id: int = 0,
    pictures: Path | None = None,
    progress: Progress = lambda _: None,
) -> ImportedTable:
    """Writes the file at `path` as a version to `out`, which appears only when it is whole.

    Pictures that the file holds are kept in the folder `pictures`; without one, the table has their names. Rows get
    the ids `first_row_id`, `first_row_id` + 1, … in the order of the file. `progress` is told the fraction done, and
    may raise to give up. Raises BadFile, or OutOfResources when the disk is full.
    """
    with open_source(path, name, options) as source:
        kept = PICTURES_SHARE if pictures is not None and "image" in source.kinds.values() else 0.0
        if pictures is not None:
            source.keep(pictures, lambda part: progress(part * kept))
        half = (1 - kept) / 2
        columns, notes = _judge(source, name, lambda part: progress(kept + part * half))
        schema = Schema(columns=tuple(columns))
        with whole_file(out) as partial:
            rows, lost = _write(source, schema, partial, first_row_id, lambda part: progress(1 - half + part * half))
        losing = [column for column in columns if lost[column.name].count]
        rows_of_first = source.rows_at({lost[column.name].place for column in losing}) if losing else {}
        notes += [lost[column.name].note(column, rows_of_first.get(lost[column.name].place)) for column in losing]
        return ImportedTable(schema=schema, options=source.options, rows=rows, notes=tuple(source.notes + notes))


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """A temporary path beside `out`, renamed to it at the end and removed on an error: `out` is whole or not there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(out)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutOfResources("The disk is full, so the table was not saved. Make room and try again.") from error
        raise
    finally:
        partial.unlink(missing_ok=True)


def _judge(source: Source, name: str, report: Progress) -> tuple[list[Column], list[Note]]:
    if set(source.kinds) == set(source.names):
        return [_known(name, kind) for name, kind in source.kinds.items()], []
    tallies: list[Tally] = []
    rows = 0
    with ThreadPoolExecutor(_threads()) as pool:
        for batch, part in source.batches():
            tallies = tallies or new_tallies(source, batch.schema.types)
            rows += batch.num_rows
            list(pool.map(lambda tally, cells: tally.add(cells, source.options), tallies, batch.columns))
            report(part)
    if not rows:
        raise no_rows(name)
    judged = [
        (_known(column, source.kinds[column]), []) if column in source.kinds else judge(column, tally, source.options)
        for column, tally in zip(source.names, tallies, strict=True)
    ]
    return [column for column, _ in judged], [note for _, notes in judged for note in notes]


def _write(
    source: Source, schema: Schema, out: Path, first_row_id: int, report: Progress
) -> tuple[int, dict[str, _Lost]]:
    lost = {column.name: _Lost() for column in schema.columns}
    rows = 0
    with ThreadPoolExecutor(_threads()) as pool, parquet_writer(out, schema) as writer:
        for batch, part in source.batches():
            read = list(pool.map(lambda cells, column: _read(source, cells, column), batch.columns, schema.columns))
            for column, cells, (_, unread) in zip(schema.columns, batch.columns, read, strict=True):
                lost[column.name].add(cells, unread, rows)
            ids = pa.array(np.arange(batch.num_rows) + first_row_id + rows, pa.int64())
            values = [ids, *(values for values, _ in read)]
            writer.write_batch(pa.RecordBatch.from_arrays(values, schema=schema.arrow()))
            rows += batch.num_rows
            report(part)
    return rows, lost


def _known(name: str, kind: Kind) -> Column:
    return Column(name=name, kind=kind, read_as=kind)


def _read(source: Source, cells: pa.Array, column: Column) -> tuple[pa.Array, pa.Array]:
    """The values of cells, and a mask of those that hold something unreadable."""
    if column.name in source.kinds:
        return cells.cast(STORED[column.kind]), pa.array(np.zeros(len(cells), dtype=bool))
    return cast(cells, column, source.options)


def parquet_writer(out: Path, schema: Schema) -> pq.ParquetWriter:
    """A writer of versions. Only text is worth a dictionary."""
    worded = [column.name for column in schema.columns if column.kind not in ("number", "datetime")]
    return pq.ParquetWriter(out, schema.arrow(), compression="zstd", compression_level=1, use_dictionary=worded)


def _threads() -> int:
    return min(os.cpu_count() or 1, 4)
