"""Excel workbooks (.xlsx): one sheet, its cells brought to text that reads back to the same value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from engine.errors import BadFile
from engine.events import Note
from engine.table._source import MAX_CELL, Source, cell_too_long, no_rows
from engine.table.dialect import find_header
from engine.table.names import check_width, tidy_names
from engine.table.options import ReadOptions
from engine.table.values import as_text

CHUNK = 10_000  # rows brought to text at once
ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}


class Excel(Source):
    """One sheet of a workbook: the one asked for, or else the first that holds rows."""

    def __init__(self, path: Path, name: str, options: ReadOptions) -> None:
        """Loads the sheet. Raises BadFile for a damaged workbook, an unknown or an empty sheet."""
        self._name = name
        self._table: pa.Table | None = None
        self._numbers: list[np.ndarray] = []
        try:
            workbook = CalamineWorkbook.from_path(path)
            self.sheets = tuple(workbook.sheet_names)
            self._sheet = self._choose(workbook, options.sheet)
        except (CalamineError, OSError, ValueError) as error:
            raise BadFile("“{name}” is damaged and does not open: {problem}", name=name, problem=str(error)) from error
        self.options = options.model_copy(
            update={
                "format": "xlsx",
                "sheet": self._sheet.name,
                "decimal": options.decimal or ".",
                "thousands": options.thousands or "",
            }
        )
        check_width(self._sheet.width, name)
        self._above = self._sheet.start[0] if self._sheet.start else 0  # empty rows, which iter_rows gives too
        first = [self._texts(row) for row in islice(self._sheet.iter_rows(), self._above, self._above + 500)]
        header = find_header(first) if options.header is None else options.header
        self.options = self.options.model_copy(update={"header": header})
        self.notes = self._found(options)
        self._take_header(first[0])

    def _choose(self, workbook: CalamineWorkbook, wanted: str | None) -> CalamineSheet:
        if wanted is not None and wanted not in self.sheets:
            raise BadFile(
                "“{name}” has no sheet “{sheet}”. It has: {sheets}.",
                name=self._name,
                sheet=wanted,
                sheets=", ".join(f"“{sheet}”" for sheet in self.sheets),
            )
        filled = []
        for sheet_name in (wanted,) if wanted is not None else self.sheets:
            try:
                sheet = workbook.get_sheet_by_name(sheet_name)
            except CalamineError:
                if wanted is not None:
                    raise
                continue  # a sheet that holds a chart only
            if sheet.height > 1:
                return sheet
            filled += [sheet] if sheet.height else []
        if filled:
            return filled[0]
        if wanted is not None:
            raise BadFile("The sheet “{sheet}” of “{name}” is empty. Choose another.", sheet=wanted, name=self._name)
        raise BadFile("“{name}” is empty: no sheet holds a value.", name=self._name)

    def _found(self, given: ReadOptions) -> list[Note]:
        notes = []
        if given.sheet is None and len(self.sheets) > 1:
            text = "The sheet “{sheet}” is read, one of {count}."
            notes.append(Note(text=text, values={"sheet": self._sheet.name, "count": len(self.sheets)}))
        if given.header is None and not self.options.header:
            notes.append(Note(text="The first row looks like values, so columns are named by their place."))
        return notes

    def _take_header(self, cells: Sequence[str]) -> None:
        if not self.options.header:
            self.names = tuple(f"column {place}" for place in range(1, len(cells) + 1))
            return
        self.names, notes = tidy_names(cells)
        self.notes += notes
        if self._sheet.height < 2:
            raise no_rows(self._name)

    def _texts(self, row: Sequence[Any]) -> list[str]:
        decimal = self.options.decimal or "."
        return ["" if isinstance(cell, str) and cell in ERRORS else as_text(cell, decimal) for cell in row]

    def start(self) -> pa.RecordBatch:
        """The first rows, as many as were looked at."""
        return next(self._chunks())[0]

    def size(self) -> tuple[int, bool]:
        """Rows, and whether that is exact."""
        return self._sheet.height - int(bool(self.options.header)), True

    def batches(self) -> Iterator[tuple[pa.RecordBatch, float]]:
        """Rows in blocks. Raises BadFile, naming the row."""
        if self._table is None:
            read, self._numbers = [], []
            for batch, numbers, fraction in self._chunks():
                read.append(batch)
                self._numbers.append(numbers)
                yield batch, fraction
            self._table = pa.Table.from_batches(read)
            return
        done = 0
        for batch in self._table.to_batches():
            done += batch.num_rows
            yield batch, done / self._table.num_rows

    def rows_at(self, places: Collection[int]) -> dict[int, int]:
        """See the contract."""
        numbers = np.concatenate(self._numbers)
        return {place: int(numbers[place]) for place in places}

    def _chunks(self) -> Iterator[tuple[pa.RecordBatch, np.ndarray, float]]:
        """Rows that are not empty, their numbers as a person counts, and the fraction of the sheet read after them."""
        skip = int(bool(self.options.header))
        rows = islice(self._sheet.iter_rows(), self._above + skip, None)
        first, done = self._above + skip + 1, 0
        while chunk := [self._texts(row) for row in islice(rows, CHUNK)]:
            columns = [pa.array(column, pa.string()) for column in zip(*chunk, strict=True)]
            for place, column in enumerate(zip(*chunk, strict=True)):
                longest = max(range(len(column)), key=lambda i: len(column[i]))
                if len(column[longest]) > MAX_CELL:
                    raise cell_too_long(self._name, first + done + longest, self.names[place])
            batch = pa.RecordBatch.from_arrays(columns, names=list(self.names))
            filled = _filled(batch)
            numbers = first + done + np.flatnonzero(filled)
            done += len(chunk)
            whole = len(numbers) == len(chunk)
            yield batch if whole else batch.filter(filled), numbers, done / max(self._sheet.height - skip, 1)


def _filled(batch: pa.RecordBatch) -> pa.Array:
    """Which rows hold anything."""
    filled = pc.not_equal(batch.column(0), "")
    for column in batch.columns[1:]:
        filled = pc.or_(filled, pc.not_equal(column, ""))
    return filled
