"""Files for the tests of tables, and what to ask of a refusal."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import xlsxwriter

from engine.table.frames import read_frame
from engine.table.importing import ImportedTable, import_table
from engine.table.options import ReadOptions
from engine.table.reading import open_source


def written(folder: Path, content: bytes | str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def imported(path: Path, options: ReadOptions | None = None) -> tuple[pd.DataFrame, ImportedTable]:
    out = path.parent / "out" / "table.parquet"
    table = import_table(path, path.name, options, out)
    return read_frame(out), table


def as_written(path: Path, options: ReadOptions | None = None, pictures: Path | None = None) -> pd.DataFrame:
    """The rows of a file as they come to be predicted: cells as text; pictures are kept in the folder `pictures`."""
    with open_source(path, path.name, options) as source:
        if pictures is not None:
            source.keep(pictures, lambda _: None)
        return pd.concat([batch.to_pandas() for batch, _ in source.batches()])


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
