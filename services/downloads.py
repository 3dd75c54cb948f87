"""Tables go out: CSV and Excel files whose cells no spreadsheet runs as formulas, and Parquet as it is.

A text that begins with = + - @ tab CR or LF gets an apostrophe in front; numbers stay numbers.
Everything goes from file to file in batches, however large.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import xlsxwriter

from engine.errors import BadFile
from engine.table.tally import is_text
from services.house import house
from services.work.life import NICE

Format = Literal["csv", "xlsx", "parquet"]

FORMULA = r"^[=+\-@\t\r\n]"
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"  # what a spreadsheet may take as it is
CODE = r"^[+-]?0\d"  # 007 is a name, not a number
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as Latin-1
BATCH = 65_536
SHEET_ROWS = 1_048_576
DIGITS = 15  # of a number that Excel keeps
QUICK_CELLS = 50_000  # of a sheet that is written in half a second
SOURCE = Path(__file__).parents[1]
CELL = 32_767
"""The longest text that a cell of an Excel file can hold."""


@dataclass(frozen=True)
class Download:
    """A file to send, and the name it gets there."""

    path: Path
    filename: str


def as_file(source_key: str, key: str, title: str, format: Format, leave_out: tuple[str, ...] = ()) -> Download:
    """The Parquet artifact `source_key` as a file in `format`, made once and kept at `key`.

    `leave_out` names columns that are ours and not the reader's. Raises BadFile when Excel cannot hold so many rows.
    """
    files = house().files
    filename = f"{_plain(title)}.{format}"
    if format == "parquet":
        return Download(files.path(source_key), filename)
    if not files.exists(key):
        with files.new(key) as target:
            WRITE[format](files.path(source_key), target, leave_out)
    return Download(files.path(key), filename)


def defused(text: str) -> str:
    """The text, with an apostrophe in front if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(STARTS) and not re.match(NUMBER, text) else text


def csv_of(frame: pd.DataFrame) -> bytes:
    """A small table that was made for a page, such as the one behind a chart, as CSV."""
    safe = frame.rename(columns=lambda name: defused(str(name)))
    texts = safe.select_dtypes(include=["object", "str"]).columns
    safe[texts] = safe[texts].map(lambda cell: defused(cell) if isinstance(cell, str) else cell)
    return BOM + safe.to_csv(index=False).encode("utf-8")


def write_csv(source: Path, target: Path, leave_out: tuple[str, ...] = ()) -> None:
    """A Parquet file as CSV: UTF-8 with a mark, comma, quotes where needed."""
    with pq.ParquetFile(source) as parquet, target.open("wb") as out:
        out.write(BOM)
        schema = pa.schema([pa.field(defused(f.name), _written(f.type)) for f in _fields(parquet, leave_out)])
        with closing(pyarrow.csv.CSVWriter(out, schema)) as writer:
            for batch in _batches(parquet, leave_out):
                writer.write_batch(pa.record_batch([_defused_array(c) for c in batch.columns], schema=schema))


def write_xlsx(source: Path, target: Path, leave_out: tuple[str, ...] = ()) -> None:
    """A Parquet file as one sheet, row by row. Raises BadFile when it has too many rows."""
    _cells_of_sheet(source)
    with pq.ParquetFile(source) as parquet:
        book = xlsxwriter.Workbook(
            str(target),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
                "default_date_format": "yyyy-mm-dd hh:mm:ss",
            },
        )
        sheet = book.add_worksheet()
        for column, field in enumerate(_fields(parquet, leave_out)):
            sheet.write_string(0, column, defused(field.name)[:CELL])
        row = 0
        for batch in _batches(parquet, leave_out):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                row += 1
                for column, cell in enumerate(cells):
                    _write_cell(sheet, row, column, cell)
        book.close()


def write_xlsx_aside(source: Path, target: Path, leave_out: tuple[str, ...] = ()) -> None:
    """The same; a large one in a process of its own, for Python writes every cell, and the pages would wait for it."""
    if _cells_of_sheet(source) <= QUICK_CELLS:
        write_xlsx(source, target, leave_out)
        return
    command = [sys.executable, "-m", __name__, str(source), str(target), *leave_out]
    subprocess.run(command, cwd=SOURCE, stdin=subprocess.DEVNULL, check=True)


WRITE = {"csv": write_csv, "xlsx": write_xlsx_aside}


def _cells_of_sheet(source: Path) -> int:
    metadata = pq.read_metadata(source)
    if metadata.num_rows >= SHEET_ROWS:
        raise BadFile(
            "Excel holds at most {most} rows and this table has {rows}. Download CSV or Parquet instead.",
            most=SHEET_ROWS - 1, rows=metadata.num_rows,
        )  # fmt: skip
    return int(metadata.num_rows * metadata.num_columns)


def _write_cell(sheet: Any, row: int, column: int, cell: object) -> None:
    if cell is None or cell != cell:  # missing, or NaN
        return
    if isinstance(cell, str) and len(cell) <= DIGITS and re.match(NUMBER, cell) and not re.match(CODE, cell):
        sheet.write_number(row, column, float(cell))
    elif isinstance(cell, str):
        sheet.write_string(row, column, defused(cell)[:CELL])
    elif isinstance(cell, dt.date) and cell.year < 1900:  # before Excel's first day
        sheet.write_string(row, column, str(cell))
    elif isinstance(cell, dt.datetime) and cell.tzinfo is not None:  # Excel knows no zones
        sheet.write_datetime(row, column, cell.astimezone(dt.UTC).replace(tzinfo=None))
    elif isinstance(cell, int) and abs(cell) >= 10**DIGITS:
        sheet.write_string(row, column, str(cell))
    else:
        sheet.write(row, column, cell)


def _fields(parquet: pq.ParquetFile, leave_out: tuple[str, ...]) -> list[pa.Field]:
    return [field for field in parquet.schema_arrow if field.name not in leave_out]


def _batches(parquet: pq.ParquetFile, leave_out: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    names = [field.name for field in _fields(parquet, leave_out)]
    for batch in parquet.iter_batches(BATCH):
        yield batch.select(names)


def _written(type: pa.DataType) -> pa.DataType:
    """Text as text, everything else as Arrow writes it."""
    return pa.large_string() if is_text(type) or pa.types.is_dictionary(type) else type


def _defused_array(array: pa.Array) -> pa.Array:
    array = array.cast(_written(array.type))
    if not pa.types.is_large_string(array.type):
        return array
    runs = pc.and_not(pc.match_substring_regex(array, FORMULA), pc.match_substring_regex(array, NUMBER))
    apostrophe, nothing = (pa.scalar(text, pa.large_string()) for text in ("'", ""))
    return pc.if_else(runs, pc.binary_join_element_wise(apostrophe, array, nothing), array)


def _plain(title: str) -> str:
    """A title as the name of a file, on any system."""
    return "".join("_" if c in '\\/:*?"<>|' or not c.isprintable() else c for c in title).strip(" .")[:150] or "table"


if __name__ == "__main__":
    os.nice(NICE)
    write_xlsx(Path(sys.argv[1]), Path(sys.argv[2]), tuple(sys.argv[3:]))
