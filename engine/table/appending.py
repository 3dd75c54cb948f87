"""Adds rows to a version: a new one in the same lineage, whose older rows and their ids stay as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.table.columns import ROW, Schema
from engine.table.importing import parquet_writer, whole_file
from engine.table.options import ReadOptions
from engine.table.steps import Replay, Step


def last_row(path: Path) -> int:
    """The highest row id of the version at `path`, -1 when it has no rows."""
    with pq.ParquetFile(path) as parquet:
        highest = [pc.max(batch.column(0)).as_py() for batch in parquet.iter_batches(columns=[ROW])]
    return max((each for each in highest if each is not None), default=-1)


def typed_rows(
    cells: Mapping[int, Mapping[str, Any]], schema: Schema, steps: Sequence[Step], options: ReadOptions
) -> pd.DataFrame:
    """Rows by their ids as the version's columns, as rows to predict are read; what they lack is missing."""
    frame = Replay(options, steps, schema).few(list(cells.values())).frame
    return frame.set_index(pd.Index(list(cells), dtype="int64", name=ROW))


def append_rows(path: Path, schema: Schema, rows: pd.DataFrame, out: Path) -> int:
    """Writes the version at `path`, then `rows` (typed, indexed by row id), to `out`; how many rows it has then.

    A row whose id is there already is not added again. Raises OutOfResources when the disk is full.
    """
    wanted, total, there = schema.arrow(), 0, set()
    with pq.ParquetFile(path) as old, whole_file(out) as partial, parquet_writer(partial, schema) as writer:
        for batch in old.iter_batches(columns=wanted.names):
            columns = [batch.column(name) for name in wanted.names]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=wanted))
            total += batch.num_rows
            there |= set(rows.index.intersection(columns[0].to_pandas()))
        fresh = rows[~rows.index.isin(there)]
        arrays = [pa.array(fresh.index, wanted.field(ROW).type)]
        arrays += [pa.Array.from_pandas(fresh[name], type=wanted.field(name).type) for name in schema.names]
        writer.write_table(pa.Table.from_arrays(arrays, schema=wanted))
    return total + len(fresh)
