"""A table and an archive of the pictures that it names: the table gets a column of pictures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unicodedata import normalize

import pyarrow as pa

from engine.events import Note, listed
from engine.table._source import Source
from engine.table.archives import Member
from engine.table.class_folders import looks
from engine.table.keeping import keep_all
from engine.table.names import tidy_names

_ENDING = re.compile(r"\.[a-z0-9]{1,5}$")
_BEGINNING = re.compile(r"^(\.{0,2}/)+")


class Names:
    """Finds the file that a cell means: its path ends with the cell, or the cell with its path, by whole folders.

    The ending of the file may be missing in the cell. Loosely, the two need only end alike, in a way that no other
    file does: as when the folders are called otherwise since the table was written.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self._whole: dict[str, Member | None] = {}
        self._ends: dict[str, Member | None] = {}
        for member in members:
            folders = _tidy(member.path).split("/")
            for start in range(len(folders)):
                end = "/".join(folders[start:])
                for name in {end, _ENDING.sub("", end)}:
                    _add(self._ends, name, member)
                    if start == 0:
                        _add(self._whole, name, member)

    def find(self, cell: str | None, *, loosely: bool) -> Member | None:
        """The file; None when there is none, or several could be meant."""
        if not cell:
            return None
        folders = _tidy(cell).split("/")
        for start in range(len(folders)):
            known = self._ends if loosely or start == 0 else self._whole
            name = "/".join(folders[start:])
            if name in known:
                return known[name]
        return None


def _add(known: dict[str, Member | None], name: str, member: Member) -> None:
    if known.setdefault(name, member) is not member:
        known[name] = None  # more than one file is called so


class Naming(NamedTuple):
    """The place of a column that names files, whether it does so only loosely, and about how many files it names.

    `part` of the table is there, 0…1.
    """

    column: int
    loosely: bool
    files: int
    part: float


class Pictured(Source):
    """The rows of a table with a first column of the pictures that another column names."""

    def __init__(
        self,
        path: Path,
        inner: Source,
        members: Sequence[Member],
        files: Names,
        naming: Naming,
        folder: TemporaryDirectory[str],
    ) -> None:
        """`inner` is the opened table, `naming` its column that names `files`; `folder` goes with this."""
        self._path, self._inner, self._folder = path, inner, folder
        self._files, self._members, self._naming = files, members, naming
        self._references: dict[int, str | None] | None = None  # by the member's place, once they are kept
        self.names, notes = tidy_names(["picture", *inner.names])
        self.kinds = {self.names[0]: "image", self.names[1 + naming.column]: "identifier"}
        self.options, self.sheets = inner.options, inner.sheets
        self.typed = inner.typed
        text = "“{column}” names the pictures."
        self.notes = [Note(text=text, values={"column": self.names[1 + naming.column]}), *inner.notes, *notes]
        if naming.loosely:
            text = "The folders that “{column}” names are not there: pictures are found by what their paths end with."
            self.notes.append(Note(text=text, values={"column": self.names[1 + naming.column]}))

    def start(self) -> pa.RecordBatch:
        """The first rows of the table."""
        rows = self._inner.start()
        self.fault = self._inner.fault
        return self._with_pictures(rows)

    def size(self) -> tuple[int, bool]:
        """Rows of the table, and whether that is exact."""
        rows, exact = self._inner.size()
        return (rows, exact) if self._naming.part == 1 else (round(rows / self._naming.part), False)

    def batches(self) -> Iterator[tuple[pa.RecordBatch, float]]:
        """Rows in blocks. Raises BadFile, naming the row."""
        for batch, part in self._inner.batches():
            yield self._with_pictures(batch), part

    def rows_at(self, places: Collection[int]) -> dict[int, int]:
        """Rows of the table."""
        return self._inner.rows_at(places)

    def keep(self, folder: Path, report: Callable[[float], None]) -> None:
        """Keeps the pictures that rows name. Rows stay whose picture is missing or cannot be read, with a note."""
        named: dict[int, Member] = {}
        absent: Counter[str] = Counter()
        for batch, _ in self._inner.batches():
            for cell in _cells(batch.column(self._naming.column)):
                member = self._find(cell)
                if member is not None:
                    named[member.index] = member
                elif cell:
                    absent[cell] += 1
        outcome = keep_all(self._path, list(named), folder, report)
        self._references = {
            index: None if kept is None else kept.reference for index, kept in zip(named, outcome, strict=True)
        }
        lost = [member.path for member in named.values() if self._references[member.index] is None]
        unused = [member.path for member in self._members if member.index not in named]
        self._tell(list(absent), absent.total(), text="Rows name files that are not there ({count} in all): {files}.")
        self._tell(lost, len(lost), text="Pictures that cannot be read are missing ({count} in all): {files}.")
        self._tell(unused, len(unused), text="Pictures that no row names are left out ({count} in all): {files}.")

    def look(self, most: int) -> dict[str, bytes]:
        """Small JPEGs of the pictures of the first rows, by their names."""
        cells = _cells(self._inner.start().column(self._naming.column))
        found = [member for member in map(self._find, cells) if member is not None]
        return looks(self._path, found, most)

    def close(self) -> None:
        """Closes the table and removes what was unpacked."""
        self._inner.close()
        self._folder.cleanup()

    def _find(self, cell: str | None) -> Member | None:
        return self._files.find(cell, loosely=self._naming.loosely)

    def _tell(self, files: Sequence[str], count: int, *, text: str) -> None:
        if count:
            self.notes.append(Note(text=text, values={"count": count, "files": listed(files)}))

    def _with_pictures(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        cells = _cells(batch.column(self._naming.column))
        found = [self._shown(self._find(cell)) for cell in cells]
        columns = [pa.array(found, pa.string()), *batch.columns]
        columns[1 + self._naming.column] = pa.array(cells, pa.string())
        return pa.RecordBatch.from_arrays(columns, names=list(self.names))

    def _shown(self, member: Member | None) -> str | None:
        if member is None or self._references is None:
            return None if member is None else member.path
        return self._references[member.index]


def naming(table: Source, files: Names, part: float) -> Naming | None:
    """The column of a table that names files, by its first rows. Loosely only where no cell names one as it lies.

    `part` of the table is there, 0…1.
    """
    rows = table.start()
    for loosely in (False, True):
        find = partial(files.find, loosely=loosely)
        column = _naming_column(rows, find)
        if column is not None:
            named = {member.index for member in map(find, _cells(rows.column(column))) if member is not None}
            return Naming(column, loosely, round(len(named) * table.size()[0] / len(rows) / part), part)
    return None


def _naming_column(rows: pa.RecordBatch, find: Callable[[str | None], Member | None]) -> int | None:
    """Its place: of one that names files as they are called, or, if none does, without their ending."""
    best, column = 0.0, None
    for place, values in enumerate(rows.columns):
        cells = [cell for cell in _cells(values) if cell]
        found = [member for member in map(find, cells) if member is not None]
        ended = any(_ENDING.search(_tidy(cell)) for cell in cells)
        # Small numbers may be names by chance: then most must be, and different ones.
        likely = ended or (len(found) > len(cells) / 2 and len({member.index for member in found}) > len(cells) / 2)
        share = (len(found) / len(cells) + ended) if found and likely else 0.0
        if share > best:
            best, column = share, place
    return column


def _cells(values: pa.Array) -> list[str | None]:
    """What names of files are written; None for an empty cell."""
    return [None if cell is None else str(cell).strip() or None for cell in values.to_pylist()]


def _tidy(name: str) -> str:
    """A path as it is compared: letters alike however they are composed or large, and “/” between folders."""
    return _BEGINNING.sub("", normalize("NFC", name).replace("\\", "/").strip().casefold())
