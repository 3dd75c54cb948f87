"""Files for the tests of tables, and what to ask of a refusal."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import xlsxwriter

from engine.table.frames import read_frame
from engine.table.importing import ImportedTable, import_table
from engine.table.options import ReadOptions


def written(folder: Path, content: bytes | str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def imported(path: Path, options: ReadOptions | None = None) -> tuple[pd.DataFrame, ImportedTable]:
    out = path.parent / "out" / "table.parquet"
    table = import_table(path, path.name, options, out)
    return read_frame(out), table


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(number, place, cell)
    return path


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return path


def words(table: ImportedTable) -> str:
    """All notes, as they are shown."""
    return "\n".join(note.text.format(**note.values) for note in table.notes)
