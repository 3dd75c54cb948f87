"""Text tables (CSV, TSV): streamed through Arrow in blocks, every cell as it is written."""

from __future__ import annotations

import csv
import math
import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from engine.errors import BadFile, LoamError
from engine.events import Note
from engine.table._source import MAX_CELL, Source, cell_too_long, no_rows
from engine.table.dialect import cells_of, find_dialect, numbered_rows, rows_of
from engine.table.encodings import SAMPLE, find_encoding, is_plain, text_start, to_utf8
from engine.table.names import check_width, tidy_names
from engine.table.options import DELIMITERS, ENCODINGS, ReadOptions

BLOCK = 8 << 20  # bytes parsed at once; no row may be longer
COUNTED = 64 << 20  # letters in which rows are counted, which takes a second or two


class Delimited(Source):
    """A CSV or TSV file. Its letters are checked, and brought to UTF-8, when rows are first asked for."""

    def __init__(self, path: Path, name: str, options: ReadOptions) -> None:
        """Looks at the first rows only, unless the encoding has to be found out. Raises BadFile."""
        self._path, self._name = path, name
        self._plain: Path | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if options.delimiter is not None and options.delimiter in ("\n", "\r", options.quote):
            raise BadFile("A delimiter cannot be a line end or the quote. Choose another.")
        for sign in (options.delimiter, options.quote):
            if sign and not sign.isascii():
                raise BadFile("“{sign}” cannot part or enclose cells: only a sign of plain ASCII can.", sign=sign)
        encoding = options.encoding or find_encoding(path)
        text = text_start(path, encoding)
        if "\0" in text:
            is_plain(path, encoding, name)
        self.options = find_dialect(
            text, options.model_copy(update={"encoding": encoding}), tabs=name.lower().endswith((".tsv", ".tab"))
        )
        self._blank = _blank_lines(text)
        numbered = numbered_rows(text, self._delimiter, self._quote)
        if path.stat().st_size > SAMPLE and len(numbered) > 1:
            numbered.popitem()  # the text may have ended within that row
        self._numbers, self._rows = list(numbered), list(numbered.values())
        if not self._rows:
            raise BadFile("“{name}” is empty. Choose a file with a row of names and rows of values.", name=name)
        self.notes = self._found(options)
        self.names = self._take_header()

    @property
    def _delimiter(self) -> str:
        return self.options.delimiter or ","

    @property
    def _quote(self) -> str:
        return self.options.quote or ""

    def _found(self, given: ReadOptions) -> list[Note]:
        notes = []
        if given.encoding is None and self.options.encoding != "utf-8":
            text = "The letters are read as {encoding}. If they look wrong, choose another encoding."
            notes.append(Note(text=text, values={"encoding": ENCODINGS[self.options.encoding or "utf-8"]}))
        if given.decimal is None and self.options.decimal == ",":
            notes.append(Note(text="Numbers are read with a decimal comma: 1,5 is one and a half."))
        if given.thousands is None and self.options.thousands:
            text = "“{sign}” is read as a sign between thousands."
            notes.append(Note(text=text, values={"sign": self.options.thousands}))
        if given.header is None and not self.options.header:
            notes.append(Note(text="The first row looks like values, so columns are named by their place."))
        return notes

    def _take_header(self) -> tuple[str, ...]:
        check_width(len(self._rows[0]), self._name)
        if not self.options.header:
            return tuple(f"column {place}" for place in range(1, len(self._rows[0]) + 1))
        names, notes = tidy_names(self._rows.pop(0))
        self._numbers.pop(0)
        self.notes += notes
        if not self._rows and self._path.stat().st_size < SAMPLE:
            raise no_rows(self._name)
        return names

    def start(self) -> pa.RecordBatch:
        """The first rows, as many as were looked at."""
        width = len(self.names)
        for number, cells in zip(self._numbers, self._rows, strict=True):
            if len(cells) != width:
                ragged = self._ragged(number, len(cells))
                self.fault = Note(text=ragged.text, values=ragged.values)
                break
        padded = [(cells + [""] * width)[:width] for cells in self._rows]
        columns = [pa.array(column, pa.string()) for column in zip(*padded, strict=True)]
        return pa.RecordBatch.from_arrays(columns or [pa.array([], pa.string())] * width, names=list(self.names))

    def size(self) -> tuple[int, bool]:
        """Rows, and whether that is exact."""
        total = self._path.stat().st_size
        if total <= SAMPLE and len(self._rows) < 400:
            return len(self._rows), True
        text = text_start(self._path, self.options.encoding or "utf-8")
        rows = rows_of(text, self._delimiter, self._quote, limit=1 << 20)
        names = int(bool(self.options.header))
        return max(round(len(rows) * total / min(total, SAMPLE)) - names, 1), False

    def batches(self) -> Iterator[tuple[pa.RecordBatch, float]]:
        """Rows in blocks. Raises BadFile, naming the row."""
        plain = self._prepare()
        try:
            with self._open(plain) as reader:
                total, rows = max(plain.stat().st_size, 1), 0
                seen = 0
                for batch in reader:
                    self._check_cells(batch, rows)
                    rows += batch.num_rows
                    seen += batch.nbytes
                    yield batch, min(seen / total, 1.0)
        except pa.ArrowInvalid as error:
            raise self._fault(plain, error) from error

    def rows_at(self, places: Collection[int]) -> dict[int, int]:
        """See the contract; rows of the first COUNTED letters are counted."""
        return self._rows_at(places, COUNTED)

    def _rows_at(self, places: Collection[int], letters: float) -> dict[int, int]:
        """Reads row by row: Arrow leaves blank lines out and does not say where."""
        found: dict[int, int] = {}
        number, place = 0, -int(bool(self.options.header))
        with self._prepare().open(encoding="utf-8-sig", newline="") as file:
            reader = cells_of(_beginning(file, letters), self._delimiter, self._quote)
            try:
                for number, cells in enumerate(reader, start=1):
                    if cells:
                        if place in places:
                            found[place] = number
                        place += 1
                    if len(found) == len(places):
                        break
            except csv.Error:  # a cell that is too long
                found[place] = number + 1
        return found

    def _prepare(self) -> Path:
        if self._plain is None:
            encoding = self.options.encoding or "utf-8"
            if encoding == "utf-8":
                is_plain(self._path, encoding, self._name)
                self._plain = self._path
            else:
                self._folder = tempfile.TemporaryDirectory(prefix="loam-")
                self._plain = Path(self._folder.name) / "plain.csv"
                to_utf8(self._path, encoding, self._name, self._plain)
        return self._plain

    def _open(self, plain: Path) -> arrow_csv.CSVStreamingReader:
        return arrow_csv.open_csv(
            plain,
            read_options=arrow_csv.ReadOptions(
                column_names=list(self.names),
                skip_rows=self._blank,
                skip_rows_after_names=int(bool(self.options.header)),
                block_size=BLOCK,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self._delimiter, quote_char=self._quote or False, newlines_in_values=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in self.names}, check_utf8=False, strings_can_be_null=False
            ),
        )

    def _check_cells(self, batch: pa.RecordBatch, before: int) -> None:
        if batch.nbytes < MAX_CELL:
            return
        long = []
        for name, column in zip(self.names, batch.columns, strict=True):
            lengths = pc.binary_length(column)
            if (pc.max(lengths).as_py() or 0) > MAX_CELL:
                long.append((before + pc.index(pc.greater(lengths, MAX_CELL), True).as_py(), name))
        if long:
            place, name = min(long)
            raise cell_too_long(self._name, self._rows_at({place}, math.inf)[place], name)

    def _fault(self, plain: Path, problem: Exception) -> LoamError:
        """Reads row by row to name the one that Arrow could not take."""
        number = 0
        with plain.open(encoding="utf-8-sig", newline="") as file:
            reader = cells_of(file, self._delimiter, self._quote)
            try:
                for number, cells in enumerate(reader, start=1):
                    if cells and len(cells) != len(self.names):
                        return self._ragged(number, len(cells))
                    if any(len(cell) > MAX_CELL for cell in cells):
                        at = next(i for i, cell in enumerate(cells) if len(cell) > MAX_CELL)
                        return cell_too_long(self._name, number, self.names[at])
            except csv.Error:
                return cell_too_long(self._name, number + 1, "?")
        return BadFile("“{name}” cannot be read as a table: {problem}", name=self._name, problem=str(problem))

    def _ragged(self, row: int, found: int) -> BadFile:
        return BadFile(
            "Row {row} has {found} cells instead of {expected}. "
            "Mend that row, or choose another delimiter than {delimiter}.",
            row=row,
            found=found,
            expected=len(self.names),
            delimiter=DELIMITERS.get(self._delimiter, f"“{self._delimiter}”"),
        )

    def close(self) -> None:
        """Lets the file go."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = self._plain = None


def _beginning(lines: Iterable[str], letters: float) -> Iterator[str]:
    """The lines of so many letters."""
    for line in lines:
        letters -= len(line)
        if letters < 0:
            return
        yield line


def _blank_lines(text: str) -> int:
    """Empty lines before the first row."""
    count = 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line:
            break
        count += 1
    return count
