"""Rows as a program sends them: looked at cell by cell, so that whatever does not fit is refused by its name.

What a form of the dashboard accepts is accepted: a value that is missing, a word that the model never learned. What a
program can only mean by mistake is not: a column that nobody knows, a text where a number stands, NaN.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from engine.bundle import Manifest
from engine.errors import BadFile, BadRow
from engine.events import Note, Sentences, listed
from engine.inputs import AnyInput
from engine.table import keeping
from engine.table.steps import Naming

Row = Mapping[str, Any]
Columns = Mapping[str, AnyInput]
"""The columns of one row that the model learned from, by the names as they came."""

LONGEST = 100_000  # letters of a cell
MOST_SPOTS = 20  # that a refusal names
SHOWN = 40  # letters of a wrong value in a sentence


class TooManyRows(BadRow):
    """More rows than are answered at once."""


@dataclass(frozen=True)
class Spot:
    """What is wrong in one place: a row, counted from 0, and one of its columns; `column` is None for the whole row."""

    row: int
    column: str | None
    note: Note


class UnfitRows(BadRow):
    """Rows that the model cannot read; `spots` say where and why, the first few of them."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        first = spots[0]
        super().__init__("Row {row}: {problem}", row=first.row + 1, problem=Sentences((first.note,)))
        self.spots = tuple(spots)


@dataclass(frozen=True)
class Reading:
    """How rows for one saved model are looked at. Made once, used often."""

    manifest: Manifest

    @cached_property
    def inputs(self) -> dict[str, AnyInput]:
        """The columns that the model learned from."""
        return {column.name: column for column in self.manifest.inputs}

    @cached_property
    def naming(self) -> Naming:
        """By which names the columns of the data may come."""
        return Naming(self.manifest.table, self.manifest.steps)

    @cached_property
    def words(self) -> dict[str, frozenset[str]]:
        """The words that the model learned, of columns that hold such."""
        return {name: frozenset(column.field.choices) for name, column in self.inputs.items() if column.field.choices}

    @cached_property
    def names(self) -> frozenset[str]:
        """All columns of the data that it learned from, used or not, by each name that they have or had."""
        return self.naming.all

    def columns(self, rows: Sequence[Row]) -> list[Columns]:
        """The columns of each row that the model learned from."""
        names = [tuple(row) for row in rows]  # mostly the same
        found = {each: self._columns(each) for each in set(names)}
        return [found[each] for each in names]

    def _columns(self, names: Collection[str]) -> Columns:
        called = self.naming.of(names).items()
        return {name: self.inputs[today] for name, today in called if today in self.inputs}


@dataclass(frozen=True)
class Question:
    """Rows that fit, by the names of today, pictures kept and referred to.

    `extra` columns, which the model does not look at, are left out; they are named as they came.
    """

    rows: tuple[Row, ...]
    extra: frozenset[str]


def brought(
    reading: Reading, given: Sequence[Row], pictures: Path, others: Callable[[], Collection[str]], *, written: bool
) -> Question:
    """The rows, looked at. `others` tells which further columns are known, and is asked when one is not.

    `written`: cells are as a person writes them, numbers too. Raises UnfitRows.
    """
    columns = reading.columns(given)
    extra = frozenset[str]().union(*(row.keys() - there.keys() for row, there in zip(given, columns, strict=True)))
    strange = extra - reading.names - set(others()) if extra else extra
    spots = list(islice(_spots(reading, given, columns, strange, written=written), MOST_SPOTS))
    if spots:
        raise UnfitRows(spots)
    return Question(tuple(_kept(reading, given, columns, pictures, written=written)), extra)


def notes(reading: Reading, question: Question, read: Sequence[Row]) -> tuple[Note, ...]:
    """What was odd about rows that were answered; `read` is how the model read them."""
    found = []
    here = frozenset[str]().union(*question.rows)
    absent = [name for name in reading.inputs if name not in here]
    if absent:
        text = "The model learned from columns that are not there, and takes them as missing: {columns}."
        found.append(Note(text=text, values={"columns": listed(absent)}))
    if question.extra:
        text = "The model did not learn from these columns, and does not look at them: {columns}."
        found.append(Note(text=text, values={"columns": listed(sorted(question.extra))}))
    for name, known in reading.words.items():
        words = [row[name] for row in read if row.get(name) is not None and row[name] not in known]
        if words:
            text = "“{column}” has values that the model never learned ({count} in all): {examples}."
            examples = listed([_short(word) for word in dict.fromkeys(words)], 5)
            found.append(Note(text=text, values={"count": len(words), "column": name, "examples": examples}))
    return tuple(found)


def unread(reading: Reading, given: Sequence[Row], read: Sequence[Sequence[str]]) -> None:
    """Raises UnfitRows when the model could not read a cell; `read` names those columns, row by row."""
    spots = []
    for i, (row, columns) in enumerate(zip(given, read, strict=True)):
        came = {today: name for name, today in reading.naming.of(row).items()} if columns else {}
        wrong = [(came[column], row[came[column]]) for column in columns]
        spots += [Spot(i, name, _note("“{column}” cannot be read: {value}.", name, cell)) for name, cell in wrong]
    if spots:
        raise UnfitRows(spots[:MOST_SPOTS])


def _spots(
    reading: Reading, given: Sequence[Row], columns: Sequence[Columns], strange: frozenset[str], *, written: bool
) -> Iterator[Spot]:
    """What does not fit, row by row."""
    for i, (row, there) in enumerate(zip(given, columns, strict=True)):
        known = False
        for name, cell in row.items():
            column = there.get(name)
            if column is None:
                if name in strange:
                    yield Spot(i, name, _no_column(name, reading.inputs))
            elif cell is not None:
                known = True
                wrong = _wrong(column, cell, written=written)
                if wrong:
                    yield Spot(i, name, _note(wrong, name, cell))
        if not known and strange.isdisjoint(row):
            text = "None of the columns that the model learned from has a value: {columns}."
            yield Spot(i, None, Note(text=text, values={"columns": listed(tuple(reading.inputs))}))


def _wrong(column: AnyInput, cell: Any, *, written: bool) -> str:
    """What is wrong with a cell that is not missing, as a template; "" for nothing."""
    if isinstance(cell, list | dict | tuple):
        return "“{column}” takes one value, and not a list or an object."
    if column.kind == "image":
        return "" if isinstance(cell, str | bytes) else "“{column}” takes a picture, as base64."
    if isinstance(cell, bytes):
        return "“{column}” holds no pictures, so that no file can be sent for it."
    if isinstance(cell, str) and len(cell) > LONGEST:
        return "“{column}” is longer than a cell may be, {most} letters."
    if isinstance(cell, float | int) and not isinstance(cell, bool) and not _finite(cell):
        return "“{column}” takes a number, and not one that is not finite or not a number at all."
    if written:
        return ""
    if column.kind == "number" and (isinstance(cell, bool) or not isinstance(cell, int | float)):
        return "“{column}” takes a number such as 12.5, and not {value}."
    if column.kind == "datetime" and (not isinstance(cell, str) or _moment(cell) is None):
        return "“{column}” takes a date such as 2026-11-22 or 2026-11-22T14:30:00, and not {value}."
    return ""


def _finite(cell: float) -> bool:
    try:
        return math.isfinite(cell)
    except OverflowError:  # a whole number beyond all others
        return False


def _moment(text: str) -> datetime | None:
    """The moment that ISO 8601 text means, in UTC where it has a zone."""
    try:
        moment = datetime.fromisoformat(text.strip().upper())
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None


def _own_way(reading: Reading, column: str, text: str) -> str | None:
    """A moment as the column's file wrote it: there the day may come first."""
    moment = _moment(text)
    if moment is None:
        return None
    year, month, day = f"{moment.year:04}", f"{moment.month:02}", f"{moment.day:02}"
    order = reading.manifest.table[column].dates
    days = {"dmy": f"{day}.{month}.{year}", "mdy": f"{month}/{day}/{year}"}.get(order or "ymd", f"{year}-{month}-{day}")
    return f"{days} {moment.time().isoformat()}"


def _kept(
    reading: Reading, given: Sequence[Row], columns: Sequence[Columns], pictures: Path, *, written: bool
) -> Iterator[Row]:
    """The rows with moments as the data wrote them, and references in place of pictures, which are kept."""
    for i, (row, there) in enumerate(zip(given, columns, strict=True)):
        kept: dict[str, Any] = {}
        for name, cell in row.items():
            column = there.get(name)
            if column is None:
                continue
            if cell is not None and column.kind == "image":
                cell = _keep(cell, pictures, i, name)
            elif cell is not None and column.kind == "datetime" and not written:
                cell = _own_way(reading, column.name, cell)
            kept[column.name] = cell
        yield kept


def _keep(cell: str | bytes, folder: Path, row: int, column: str) -> str:
    """Keeps a picture, the bytes of a file or base64, also of a data URL; its reference."""
    try:
        content = cell if isinstance(cell, bytes) else base64.b64decode(_bare(cell), validate=True)
        folder.mkdir(parents=True, exist_ok=True)
        return keeping.keep(content, folder).reference
    except (binascii.Error, ValueError) as error:
        text = "“{column}” takes a picture, as base64, and not {value}."
        raise UnfitRows([Spot(row, column, _note(text, column, cell))]) from error
    except BadFile as error:
        raise UnfitRows([Spot(row, column, Note(text=error.text, values=dict(error.values)))]) from error


def _bare(text: str) -> str:
    """Base64 without line breaks and without the head of a data URL."""
    return "".join(text.rpartition(",")[2].split())


def _no_column(name: str, known: Collection[str]) -> Note:
    meant = get_close_matches(name, known, n=1)
    if meant:
        text = "The model knows no column “{column}”. Did you mean “{meant}”?"
        return Note(text=text, values={"column": _short(name), "meant": meant[0]})
    text = "The model knows no column “{column}”, only {columns}."
    return Note(text=text, values={"column": _short(name), "columns": listed(tuple(known))})


def _note(text: str, column: str, cell: Any) -> Note:
    value = f"“{_short(cell)}”" if isinstance(cell, str) else _short(str(cell))
    return Note(text=text, values={"column": column, "value": value, "most": LONGEST})


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
