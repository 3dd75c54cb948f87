"""Rows are added to a version: the old ones stay as they were, the new ones are read as rows to predict are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from engine.table.appending import append_rows, last_row, typed_rows
from engine.table.frames import read_frame
from engine.table.importing import import_table
from engine.table.options import ReadOptions
from engine.table.steps import Rename, Retype, apply_steps

REMARK = "ein längerer Text mit der Nummer {n} und vielen Wörtern"
LINES = ["größe;stadt;am;bemerkung;ja?", f"1,5;北京;03.02.2024;{REMARK};ja"]
LINES += [f"{n},25;Oslo;{n % 28 + 1:02}.05.2024;{REMARK.format(n=n)};nein" for n in range(40)]


def test_added_rows_have_the_kinds_of_their_columns_and_older_rows_stay(tmp_path: Path) -> None:
    file, first, second = tmp_path / "a.csv", tmp_path / "1.parquet", tmp_path / "2.parquet"
    file.write_text("\n".join(LINES), encoding="utf8")
    read = import_table(file, "a.csv", ReadOptions(), first)
    steps = [Rename(column="größe", to="size"), Retype(column="stadt", kind="text")]
    cleaned = apply_steps(first, read.schema, steps, second)
    assert last_row(second) == 40
    cells = {
        50: {"size": 2.5, "stadt": "Rom", "am": "2024-03-02T00:00:00.000", "ja?": "nein", "unknown": 1},
        51: {"size": "3,5", "bemerkung": "中文 text", "ja?": "ja"},
        40: {"size": 99.0},  # is there already
    }
    rows = typed_rows(cells, cleaned.schema, steps, read.options)
    out = tmp_path / "3.parquet"
    assert append_rows(second, cleaned.schema, rows, out) == 43
    before, after = read_frame(second), read_frame(out)
    pd.testing.assert_frame_equal(after.loc[before.index], before)
    assert after.index[-2:].tolist() == [50, 51]
    assert after.loc[[50, 51], "size"].tolist() == [2.5, 3.5]
    assert after.loc[50, "am"] == pd.Timestamp("2024-03-02")
    assert after.loc[51, ["stadt", "am"]].isna().all()
    assert after.loc[51, "bemerkung"] == "中文 text"
    assert np.array_equal(after.dtypes, before.dtypes)
    assert last_row(out) == 51
