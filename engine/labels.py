"""Cells that hold several labels: “Drama; Comedy”, “红|蓝”, ['a', 'b']. Knows no target and no table.

A cell may be written as a list in square brackets with quoted labels, as programs write it; `[]` is the list without a
label: it says that the row has none. An empty cell says nothing: what the row has is unknown. A word such as “none” is
a label like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

NONE = "[]"
SEPARATORS = (";", "|", ",", "；", "、", "，")
LOOKED_AT = 20_000  # different cells
USUAL = ";"  # where no cell says which
SEVERAL = 0.1  # share of cells with several labels from which a column clearly holds labels
MOST_LABELS = 200
ONCE = 0.01  # share of labels that may come in one row alone

_QUOTES = "'\"‘’“”"


def parted(cell: str, separator: str) -> tuple[str, ...]:
    """The labels of a cell in their order, none twice. `separator` may be written with a space."""
    text = cell.strip()
    listed = text.startswith("[") and text.endswith("]")
    pieces = (text[1:-1] if listed else text).split(separator.strip() or USUAL)
    names = (piece.strip().strip(_QUOTES).strip() if listed else piece.strip() for piece in pieces)
    return tuple(dict.fromkeys(name for name in names if name))


def joined(names: Iterable[str], separator: str) -> str:
    """The cell that holds these labels; `[]` without any."""
    return separator.join(names) or NONE


def separator_of(cells: Mapping[str, int]) -> str | None:
    """The separator that explains the cells best, with a space where they mostly write one; None when none does.

    `cells` maps each different cell to its rows. Best is the separator with most rows that it parts into labels which
    all come in other rows too.
    """
    looked_at = dict(list(cells.items())[:LOOKED_AT])
    explained = {separator: _explained(looked_at, separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: explained[separator])
    if not explained[best]:
        return None
    spaced = sum(rows * cell.count(f"{best} ") for cell, rows in looked_at.items())
    return f"{best} " if 2 * spaced > sum(rows * cell.count(best) for cell, rows in looked_at.items()) else best


def separator_between(*columns: Iterable[str], names: Sequence[str]) -> str:
    """The separator in cells that are made of these labels alone."""
    there, known = {cell for column in columns for cell in column}, set(names)
    fitting = (each for each in SEPARATORS if all(known.issuperset(parted(cell, each)) for cell in there))
    return next(fitting, USUAL)


def flags(cells: Iterable[str], names: Sequence[str], separator: str) -> np.ndarray:
    """Which of these labels each cell holds: (cells, names) of bool."""
    held = [set(parted(cell, separator)) for cell in cells]
    return np.array([[name in each for name in names] for each in held], dtype=bool).reshape(len(held), len(names))


def counted(cells: Mapping[str, int], separator: str) -> Counter[str]:
    """In how many rows each label is."""
    found: Counter[str] = Counter()
    for cell, rows in cells.items():
        for name in parted(cell, separator):
            found[name] += rows
    return found


def several(cells: Mapping[str, int]) -> int:
    """How many labels the cells are made of; 0 where they do not hold several labels each.

    Labels recombine: there are fewer of them than different cells, which tells them from “Paris, France”.
    """
    separator = separator_of(cells)
    if separator is None:
        return 0
    found = len(counted(cells, separator))
    return found if found < len(cells) else 0


def clearly_several(cells: Mapping[str, int]) -> bool:
    """Whether a column is best predicted as several labels: a tenth of its cells hold some, of a small set, again and
    again, and not as parts of one thing.
    """
    separator = separator_of(cells)
    if separator is None or not 0 < several(cells) <= MOST_LABELS or _parts(cells, separator):
        return False
    found = counted(cells, separator)
    once = sum(1 for rows in found.values() if rows == 1)
    holding = sum(rows for cell, rows in cells.items() if len(parted(cell, separator)) > 1)
    return holding >= SEVERAL * sum(cells.values()) and once <= ONCE * len(found)


def _parts(cells: Mapping[str, int], separator: str) -> bool:
    """Whether every cell has the same number of words, and every word its place, as in “Smith, Anna”: labels come in
    any number and order.
    """
    split = [parted(cell, separator) for cell in cells]
    places = {(name, place) for names in split for place, name in enumerate(names)}
    return len({len(names) for names in split}) == 1 and len(places) == len({name for name, _place in places})


def _explained(cells: Mapping[str, int], separator: str) -> int:
    holding = {cell: rows for cell, rows in cells.items() if separator in cell}
    if not holding:
        return 0
    found = counted(cells, separator)
    return sum(rows for cell, rows in holding.items() if _repeats(parted(cell, separator), found))


def _repeats(names: Sequence[str], found: Mapping[str, int]) -> bool:
    return len(names) > 1 and all(found[name] > 1 for name in names)
