"""The contract of a source: a file whose rows can be read through, more than once, in bounded memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from engine.errors import BadFile
from engine.events import Note
from engine.table.columns import Kind
from engine.table.options import ReadOptions

MAX_CELL = 100_000  # bytes; three times what a cell of Excel can hold
PREVIEW = 50  # rows


class Source(ABC):
    """An open file. `options` are complete; `names` are unique; cells are text as written, or typed for Parquet."""

    options: ReadOptions
    names: tuple[str, ...]
    notes: list[Note]
    fault: Note | None = None
    """What keeps the file from being read through, as far as its first rows show it; known once they are looked at."""
    sheets: tuple[str, ...] = ()
    typed: bool = False
    kinds: Mapping[str, Kind] = {}
    """The kinds of columns that are known and not judged by their values; their cells are taken as they are."""

    @abstractmethod
    def batches(self) -> Iterator[tuple[pa.RecordBatch, float]]:
        """Rows from the beginning, with the fraction of the file that is read after them."""

    @abstractmethod
    def start(self) -> pa.RecordBatch:
        """The first rows: at least PREVIEW of them if there are so many."""

    @abstractmethod
    def size(self) -> tuple[int, bool]:
        """The number of rows, and whether it is exact."""

    def rows_at(self, places: Collection[int]) -> dict[int, int]:
        """Which rows of the file stand at these places, from 0, of all rows that `batches` gave: place → number.

        Numbers are as a person counts, from 1 and with the row of names and blank rows. Those that would take long to
        find out are left out.
        """
        return {place: place + 1 for place in places}

    def keep(self, folder: Path, report: Callable[[float], None]) -> None:  # noqa: B027 — most sources hold no pictures
        """Keeps the pictures that the source holds in `folder`; from then on cells of pictures are their references.

        Before, they are names of files in the source. `report` is told the fraction done. Adds notes.
        A source without pictures has nothing to do here.
        """

    def look(self, most: int) -> dict[str, bytes]:
        """Small JPEGs of at most that many pictures of the first rows, by their names; none in most sources."""
        return {}

    def close(self) -> None:  # noqa: B027 — most sources hold nothing
        """Gives back what the source holds; most hold nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def no_rows(name: str) -> BadFile:
    """The error for a file whose only row holds the names of the columns."""
    return BadFile(
        "“{name}” has a row of names but no rows of values. Add the rows below the names, and send it again.",
        name=name,
    )


def cell_too_long(name: str, row: int, column: str) -> BadFile:
    """The error for a cell above MAX_CELL."""
    return BadFile(
        "Row {row} of “{name}” has a cell of more than {limit} characters in column “{column}”. "
        "Shorten it, or leave the column out of the file. A quote that is opened and not closed looks so too.",
        row=row,
        name=name,
        limit=MAX_CELL,
        column=column,
    )
