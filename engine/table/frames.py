"""Parquet files, of versions above all, as pandas frames."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.table.columns import ROW


def read_frame(path: Path, columns: Sequence[str] | None = None, rows: Sequence[int] | None = None) -> pd.DataFrame:
    """The version at `path`, its index named `__row__`; `columns` None reads all. Dtypes as in `columns.STORED`.

    `rows` are the ids of the only rows to read, wherever they stand.
    """
    wanted = None if columns is None else [ROW, *columns]
    only = None if rows is None else [(ROW, "in", list(rows))]
    frame: pd.DataFrame = pq.read_table(path, columns=wanted, filters=only).to_pandas(ignore_metadata=True)
    return frame.set_index(ROW)


def read_slice(path: Path, offset: int, limit: int) -> pd.DataFrame:
    """At most `limit` rows from place `offset` on, of any Parquet file. Reads only the row groups that hold them."""
    parts, first = [], 0
    with pq.ParquetFile(path) as parquet:
        for group in range(parquet.num_row_groups):
            count = parquet.metadata.row_group(group).num_rows
            start, stop = max(offset - first, 0), min(offset + limit - first, count)
            if start < stop:
                parts.append(parquet.read_row_group(group).slice(start, stop - start))
            first += count
        table = pa.concat_tables(parts) if parts else parquet.schema_arrow.empty_table()
    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    return frame
