"""A version's Parquet file as a pandas frame."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
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
