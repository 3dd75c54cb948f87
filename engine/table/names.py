"""Names of columns, as a file gives them, made unique and fit to be shown."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import BadFile
from engine.events import Note
from engine.table.columns import ROW

MAX_COLUMNS = 2_000
MAX_NAME = 200  # characters


def check_width(count: int, name: str) -> None:
    """Raises BadFile for a file with more columns than Loam takes."""
    if count > MAX_COLUMNS:
        raise BadFile(
            "“{name}” has {count} columns; Loam takes up to {limit}. Leave some out.",
            name=name,
            count=count,
            limit=MAX_COLUMNS,
        )


def tidy(written: str) -> str:
    """A name on one line, without what cannot be seen, cut at MAX_NAME; "" when nothing is left."""
    return " ".join("".join(c if c.isprintable() else " " for c in written).split())[:MAX_NAME]


def tidy_names(raw: Sequence[str]) -> tuple[tuple[str, ...], list[Note]]:
    """Unique names that are not empty, with a note for each kind of change."""
    taken = {ROW}
    names: list[str] = []
    empty: list[str] = []
    twice: list[str] = []
    for place, written in enumerate(raw, start=1):
        name = tidy(written)
        wanted = name or f"column {place}"
        unique, copy = wanted, 1
        while unique in taken:
            copy += 1
            unique = f"{wanted} ({copy})"
        taken.add(unique)
        names.append(unique)
        if not name:
            empty.append(unique)
        elif unique != wanted:
            twice.append(unique)
    return tuple(names), _notes(empty, twice)


def _notes(empty: list[str], twice: list[str]) -> list[Note]:
    notes = []
    if empty:
        text = "{count} columns have no name and are named by their place: {names}."
        notes.append(Note(text=text, values={"count": len(empty), "names": _some(empty)}))
    if twice:
        text = "{count} names stand for more than one column and got a number: {names}."
        notes.append(Note(text=text, values={"count": len(twice), "names": _some(twice)}))
    return notes


def _some(names: list[str]) -> str:
    quoted = ", ".join(f"“{name}”" for name in names[:3])
    return quoted if len(names) <= 3 else f"{quoted}, …"
