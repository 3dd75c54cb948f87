"""A table and an archive of the pictures that it names: the table gets a column of pictures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import normalize

import pyarrow as pa

from engine.errors import BadFile
from engine.events import Note
from engine.table._source import Source
from engine.table.archives import Member
from engine.table.class_folders import listed, looks
from engine.table.keeping import keep_all
from engine.table.names import tidy_names

_ENDING = re.compile(r"\.[a-z0-9]{1,5}$")
_BEGINNING = re.compile(r"^(\.{0,2}/)+")


class Names:
    """Finds the file that a cell means: its path ends with the cell, or the cell with its path, by whole folders.

    The ending of the file may be missing in the cell. `loosely`, the two need only end alike, in a way that no other
    file does: as when the folders are called otherwise since the table was written.
    """

    def __init__(self, members: Sequence[Member], *, loosely: bool = False) -> None:
        self.loosely = loosely
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

    def find(self, cell: str | None) -> Member | None:
        """The file; None when there is none, or several could be meant."""
        if not cell:
            return None
        folders = _tidy(cell).split("/")
        for start in range(len(folders)):
            known = self._ends if self.loosely or start == 0 else self._whole
            name = "/".join(folders[start:])
            if name in known:
                return known[name]
        return None


def _add(known: dict[str, Member | None], name: str, member: Member) -> None:
    if known.setdefault(name, member) is not member:
        known[name] = None  # more than one file is called so


class Pictured(Source):
    """The rows of a table with a first column of the pictures that another column names."""

    def __init__(
        self,
        path: Path,
        inner: Source,
        members: Sequence[Member],
        files: Names,
        column: int,
        folder: TemporaryDirectory[str],
    ) -> None:
        """`inner` is the opened table, `column` the place of the one that names `files`; `folder` goes with this."""
        self._path, self._inner, self._column, self._folder = path, inner, column, folder
        self._files, self._members = files, members
        self._references: dict[int, str | None] | None = None  # by the member's place, once they are kept
        self.names, notes = tidy_names(["picture", *inner.names])
        self.kinds = {self.names[0]: "image", self.names[1 + column]: "identifier"}
        self.options, self.sheets, self.typed, self.first_row = (
            inner.options, inner.sheets, inner.typed, inner.first_row,
        )  # fmt: skip
        text = "“{column}” names the pictures."
        self.notes = [Note(text=text, values={"column": self.names[1 + column]}), *inner.notes, *notes]
        if files.loosely:
            text = "The folders that “{column}” names are not there: pictures are found by what their paths end with."
            self.notes.append(Note(text=text, values={"column": self.names[1 + column]}))

    def start(self) -> pa.RecordBatch:
        """The first rows of the table."""
        return self._with_pictures(self._inner.start())

    def size(self) -> tuple[int, bool]:
        """Rows of the table, and whether that is exact."""
        return self._inner.size()

    def batches(self) -> Iterator[tuple[pa.RecordBatch, float]]:
        """Rows in blocks. Raises BadFile, naming the row."""
        for batch, part in self._inner.batches():
            yield self._with_pictures(batch), part

    def keep(self, folder: Path, report: Callable[[float], None]) -> None:
        """Keeps the pictures that rows name. Rows stay whose picture is missing or cannot be read, with a note."""
        named: dict[int, Member] = {}
        absent: Counter[str] = Counter()
        for batch, _ in self._inner.batches():
            for cell in _cells(batch.column(self._column)):
                member = self._files.find(cell)
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
        cells = _cells(self._inner.start().column(self._column))
        found = [member for member in map(self._files.find, cells) if member is not None]
        return looks(self._path, found, most)

    def close(self) -> None:
        """Closes the table and removes what was unpacked."""
        self._inner.close()
        self._folder.cleanup()

    def _tell(self, files: Sequence[str], count: int, *, text: str) -> None:
        if count:
            self.notes.append(Note(text=text, values={"count": count, "files": listed(files)}))

    def _with_pictures(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        cells = _cells(batch.column(self._column))
        found = [self._shown(self._files.find(cell)) for cell in cells]
        columns = [pa.array(found, pa.string()), *batch.columns]
        columns[1 + self._column] = pa.array(cells, pa.string())
        return pa.RecordBatch.from_arrays(columns, names=list(self.names))

    def _shown(self, member: Member | None) -> str | None:
        if member is None or self._references is None:
            return None if member is None else member.path
        return self._references[member.index]


def open_pictured(
    tables: Sequence[tuple[Path, str]],
    archive: Path,
    pictures: Sequence[Member],
    folder: TemporaryDirectory[str],
    opener: Callable[[Path, str], Source],
) -> Pictured | None:
    """The first of these tables that names pictures in the archive, with them; None when none does.

    `opener` opens a table; `folder` goes when what is returned is closed. Raises BadFile when none names pictures and
    one cannot be read.
    """
    refusal: BadFile | None = None
    exact = Names(pictures)
    for path, name in tables:
        try:
            inner = opener(path, name)
            rows = inner.start()
        except BadFile as error:
            refusal = refusal or error
            continue
        files, column = exact, naming_column(rows, exact)
        if column is None:
            files = Names(pictures, loosely=True)
            column = naming_column(rows, files)
        if column is not None:
            return Pictured(archive, inner, pictures, files, column, folder)
        inner.close()
    if refusal is not None:
        raise refusal
    return None


def naming_column(rows: pa.RecordBatch, files: Names) -> int | None:
    """The place of the column that names files: as they are called, or, if none does, without their ending."""
    best, column = 0.0, None
    for place, values in enumerate(rows.columns):
        cells = [cell for cell in _cells(values) if cell]
        found = [member for member in map(files.find, cells) if member is not None]
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
