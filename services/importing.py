"""Makes the table of a version, in a job: reads what was sent, or changes an earlier version by cleaning steps or by
rows that accepted feedback teaches.

Knows no job: `progress` is told fractions, 0…1. Called again after a kill, it begins anew and nothing half is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from engine.events import Note
from engine.table.columns import Schema
from engine.table.facts import ColumnFacts, column_facts
from engine.table.importing import import_table
from engine.table.options import ReadOptions
from engine.table.steps import apply_steps
from services import keys, teaching, versions
from services.house import House
from storage.queries import datasets, improvements, uploads
from storage.queries.jobs import Superseded
from storage.records import Version

Progress = Callable[[float], None]

FACTS: TypeAdapter[tuple[ColumnFacts, ...]] = TypeAdapter(tuple[ColumnFacts, ...])

SAMPLE_ROWS = 50_000
"""Above so many rows a page looks at a sample where it would have to read the whole table: the server stays small."""
READ_SHARE = 0.7


@dataclass(frozen=True)
class Made:
    """What is known of a table that was written."""

    schema: Schema
    rows: int
    notes: tuple[Note, ...]
    options: ReadOptions | None = None


def carry_out_import(home: House, version_id: int, progress: Progress) -> None:
    """Makes the table and the facts of a version that waits for them. Raises the engine's errors for a bad file."""
    with home.database.read() as session:
        version = datasets.version(session, version_id)
    if version is None or version.status != "importing":
        return
    table_key = keys.version(version.dataset, version.number, "table.parquet")
    with home.files.new(table_key) as table, _no_pictures_of_a_failure(home, version):
        if version.upload is not None:
            made = _read(home, version, table, lambda fraction: progress(fraction * READ_SHARE))
        else:
            made = _apply(home, version, table)
        progress(READ_SHARE)
        facts = column_facts(table, made.schema, home.files.path(keys.pictures(version.dataset)))
        _write_sample(home, version, table, made.rows)
        columns, size = len(made.schema.columns), table.stat().st_size
    facts_key = keys.version(version.dataset, version.number, "facts.json")
    with home.files.new(facts_key) as target:
        target.write_bytes(FACTS.dump_json(facts))
    found: dict[str, Any] = {} if made.options is None else {"options": made.options.model_dump(mode="json")}
    with home.database.write() as session:
        datasets.ready(
            session,
            version_id,
            table_key=table_key,
            facts_key=facts_key,
            schema=made.schema.model_dump(mode="json"),
            notes=[note.model_dump(mode="json") for note in made.notes],
            rows=made.rows,
            columns=columns,
            bytes=size,
            **found,
        )
        outcome, dataset = datasets.version(session, version_id), datasets.get(session, version.dataset)
    if outcome is None or outcome.status == "failed":  # erased meanwhile: what was made for it must not stay
        home.files.remove(keys.version(version.dataset, version.number))
    if dataset is None or dataset.erased_at is not None:
        home.files.remove(keys.dataset(version.dataset))
    progress(1.0)


@contextmanager
def _no_pictures_of_a_failure(home: House, version: Version) -> Iterator[None]:
    """On an error removes the pictures of a data set's first version: no table will ever refer to them."""
    try:
        yield
    except Superseded:
        raise  # they are another attempt's now
    except BaseException:
        if version.number == 1:
            home.files.remove(keys.pictures(version.dataset))
        raise


def _read(home: House, version: Version, table: Path, progress: Progress) -> Made:
    """The table of a file that was sent."""
    with home.database.read() as session:
        upload = uploads.get(session, version.upload or "")
    if upload is None or upload.key is None:
        raise ValueError(f"The upload of version {version.id} is gone.")
    options = ReadOptions.model_validate(version.options)
    pictures = home.files.path(keys.pictures(version.dataset))
    read = import_table(
        home.files.path(upload.key), upload.filename, options, table, pictures=pictures, progress=progress
    )
    return Made(read.schema, read.rows, read.notes, read.options)


def _apply(home: House, version: Version, table: Path) -> Made:
    """The table of the parent, with the rows that it is taught, or after the steps that it has not had."""
    with home.database.read() as session:
        parent = datasets.version(session, version.parent) if version.parent is not None else None
        improved = improvements.of_version(session, version.id)
    if parent is None or parent.table_key is None:
        raise ValueError(f"Version {version.id} has neither an upload nor a parent.")
    if improved is not None:
        rows, notes = teaching.append_taught(home, version, parent, table)
        return Made(Schema.model_validate(parent.schema), rows, notes)
    steps = versions.steps_of(version)[len(parent.steps) :]
    cleaned = apply_steps(home.files.path(parent.table_key), Schema.model_validate(parent.schema), steps, table)
    return Made(cleaned.schema, cleaned.rows, cleaned.notes)


def _write_sample(home: House, version: Version, table: Path, rows: int) -> None:
    """Keeps SAMPLE_ROWS random rows of a larger table beside it."""
    if rows <= SAMPLE_ROWS:
        return
    chosen = np.zeros(rows, dtype=bool)
    chosen[np.random.default_rng(0).choice(rows, SAMPLE_ROWS, replace=False)] = True
    key = keys.version(version.dataset, version.number, "sample.parquet")
    with (
        home.files.new(key) as target,
        pq.ParquetFile(table) as parquet,
        pq.ParquetWriter(target, parquet.schema_arrow) as writer,
    ):
        start = 0
        for batch in parquet.iter_batches():
            writer.write_batch(batch.filter(chosen[start : start + batch.num_rows]))
            start += batch.num_rows
