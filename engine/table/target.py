"""What can be predicted: the usual kind of answer for a column, and whether there is something to learn."""

from __future__ import annotations

from typing import Any

import pandas as pd

from engine.errors import BadTable
from engine.events import Note
from engine.labels import USUAL, clearly_several, counted, separator_of, several
from engine.recipe import Answer
from engine.table.columns import Kind, Schema
from engine.table.values import as_text

LEAST = 10  # rows with an answer
MAX_CLASSES = 1_000
PREDICTABLE: tuple[Kind, ...] = ("number", "category", "boolean")
LABELLED: tuple[Kind, ...] = ("category", "text", "identifier")  # long lists of labels look like texts
UNPREDICTED = {
    "number": "numbers", "boolean": "yes or no", "datetime": "dates", "text": "texts", "image": "pictures",
    "identifier": "names of rows",
}  # fmt: skip


def usual_answer(frame: pd.DataFrame, schema: Schema, target: str) -> Answer:
    """One of two for two different values, a number for other numbers; several of many where cells clearly hold several
    labels of a small set, one of many for the rest.
    """
    kind = schema[target].kind
    if frame[target].nunique() == 2:
        return "binary"
    if kind == "number":
        return "number"
    return "labels" if kind in LABELLED and clearly_several(_cells(frame[target])) else "multiclass"


def _cells(values: pd.Series[Any]) -> dict[str, int]:
    """Each different cell and its rows."""
    return {str(cell): int(rows) for cell, rows in values.dropna().value_counts().items()}


def check_target(frame: pd.DataFrame, schema: Schema, target: str, answer: Answer) -> tuple[Note, ...]:
    """Notes on what will be awkward. Raises BadTable when `target` cannot be learned as `answer`, saying why.

    Checked are: the kind of column, rows with a value, a single value, as many values as rows, number of classes.
    """
    column = schema[target]
    if column.kind not in (LABELLED if answer == "labels" else PREDICTABLE):
        raise BadTable(
            "“{column}” holds {kind}, which cannot be predicted. Choose another column, or change its kind.",
            column=target,
            kind=UNPREDICTED.get(column.kind, column.kind),
        )
    values = frame[target].dropna()
    if not len(values):
        raise BadTable("“{column}” holds no values, so there is nothing to learn. Choose another.", column=target)
    counts = values.value_counts()
    if len(counts) == 1:
        raise BadTable(
            "“{column}” is “{value}” in every row, so there is nothing to learn. Choose another column.",
            column=target,
            value=_shown(counts.index[0]),
        )
    if len(values) < LEAST:
        raise BadTable(
            "Too few rows have a value of “{column}”: {rows}. At least {least} are needed.",
            rows=len(values),
            column=target,
            least=LEAST,
        )
    if answer == "number":
        return _check_number(schema, target, len(frame), len(values))
    if answer == "labels":
        return _check_labels(target, _cells(values), len(frame))
    return _check_classes(target, answer, counts, len(frame))


def _check_number(schema: Schema, target: str, rows: int, known: int) -> tuple[Note, ...]:
    if schema[target].kind != "number":
        raise BadTable("“{column}” holds words, not numbers. Choose another kind of answer.", column=target)
    return _unanswered(target, rows - known)


def _check_labels(target: str, cells: dict[str, int], rows: int) -> tuple[Note, ...]:
    if not several(cells):
        raise BadTable(
            "The cells of “{column}” do not hold several labels each, parted by a sign such as “;”. "
            "Predict one of many.",
            column=target,
        )
    found = counted(cells, separator_of(cells) or USUAL)
    kept = [label for label, times in found.items() if times > 1]
    if len(kept) > MAX_CLASSES:
        raise BadTable(
            "“{column}” has {count} different labels; up to {limit} can be told apart. Group the rare ones.",
            column=target,
            count=len(kept),
            limit=MAX_CLASSES,
        )
    notes = list(_unanswered(target, rows - sum(cells.values())))
    once = [label for label, times in found.items() if times == 1]
    if once:
        text = "Labels of “{column}” that come only once, such as “{value}” ({count} in all), are left out."
        notes.append(Note(text=text, values={"count": len(once), "column": target, "value": _shown(once[0])}))
    return tuple(notes)


def _check_classes(target: str, answer: Answer, counts: pd.Series[int], rows: int) -> tuple[Note, ...]:
    known = int(counts.sum())
    if len(counts) == known:
        raise BadTable(
            "“{column}” is different in every row, so nothing repeats and nothing can be "
            "learned. Choose another column.",
            column=target,
        )
    if answer == "binary" and len(counts) != 2:
        raise BadTable(
            "“{column}” has {count} different values, so it is not one of two. Predict one of many.",
            column=target,
            count=len(counts),
        )
    if len(counts) > MAX_CLASSES:
        raise BadTable(
            "“{column}” has {count} different values; up to {limit} can be told apart. Group the rare ones.",
            column=target,
            count=len(counts),
            limit=MAX_CLASSES,
        )
    if counts.iloc[1] < 3:
        raise BadTable(
            "Only “{value}” comes more than twice in “{column}”, so other answers cannot be learned and tested. "
            "Add rows, or choose another column.",
            value=_shown(counts.index[0]),
            column=target,
        )
    notes = list(_unanswered(target, rows - known))
    rare = counts[counts < 3]
    if len(rare):
        text = (
            "“{column}” has values that come only once or twice, such as “{value}” ({count} in all): "
            "they cannot be in training, validation and test alike."
        )
        notes.append(Note(text=text, values={"count": len(rare), "column": target, "value": _shown(rare.index[0])}))
    return tuple(notes)


def _unanswered(target: str, count: int) -> tuple[Note, ...]:
    if not count:
        return ()
    text = "Rows without a value of “{column}” are left out: {count}."
    return (Note(text=text, values={"count": count, "column": target}),)


def _shown(value: object) -> str:
    text = as_text(value)
    return text if len(text) <= 60 else text[:59] + "…"
