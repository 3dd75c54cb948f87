"""Which kind a column is, judged by the tally of all its values. Every choice that could be wrong gives a note."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

from engine.events import Note
from engine.table.columns import Column, DateOrder, Kind
from engine.table.numbers import EXACT
from engine.table.options import ReadOptions
from engine.table.tally import Tally, is_text

NEARLY = 0.99  # this share of the values must read as numbers or dates; the rest becomes missing, with a note
UNIQUE = 0.95  # from this share of different values on, a column names its rows
FEW = 20  # with fewer values, being different says nothing

# No, yes. A column of just these two words is a boolean.
BOOLEANS: tuple[tuple[str, str], ...] = (
    ("false", "true"), ("no", "yes"), ("n", "y"), ("f", "t"), ("off", "on"), ("0", "1"), ("nein", "ja"), ("non", "oui"),
    ("no", "si"), ("no", "sí"), ("否", "是"), ("无", "有"), ("错", "对"), ("假", "真"), ("нет", "да"),
)  # fmt: skip
_ID_NAME = re.compile(r"(?i:(^|[\s_.-])(id|uuid|guid|index))$|(?<=[a-z])(ID|Id)$|(编号|序号)$|^Unnamed: 0$|^column 1$")


def is_id_name(name: str) -> bool:
    """Whether a column's name says that it names its rows."""
    return bool(_ID_NAME.search(name))


def judge(name: str, tally: Tally, options: ReadOptions) -> tuple[Column, list[Note]]:
    """The column as it will be read, with notes on what was decided."""
    if tally.typed is not None and not is_text(tally.typed):
        kind = _typed_kind(tally)
        usual = ("0", "1") if pa.types.is_integer(tally.typed) else ("false", "true")
        return _column(name, kind, words=usual if kind == "boolean" else None), []
    words = _boolean_words(tally)
    if words is not None:
        return _column(name, "boolean", words=words), []
    if tally.present and tally.numbers >= NEARLY * tally.present:
        return _number(name, tally)
    if tally.present and tally.dates and max(tally.dates.values()) >= NEARLY * tally.present:
        return _date(name, tally, options)
    return _wording(name, tally), []


def _column(name: str, kind: Kind, **more: object) -> Column:
    return Column.model_validate({"name": name, "kind": kind, "read_as": kind, **more})


def _typed_kind(tally: Tally) -> Kind:
    kind = tally.typed
    if pa.types.is_boolean(kind) or (pa.types.is_integer(kind) and (tally.lowest, tally.highest) == (0, 1)):
        return "boolean"
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return "datetime"
    if pa.types.is_integer(kind) and max(abs(tally.lowest), abs(tally.highest)) >= EXACT and tally.present:
        return "identifier"
    if pa.types.is_time(kind) or pa.types.is_duration(kind) or pa.types.is_interval(kind):
        return "category"
    return "number"


def _boolean_words(tally: Tally) -> tuple[str, str] | None:
    if tally.numbers and tally.numbers == tally.present and not tally.unit:
        zero_one = tally.whole and (tally.lowest, tally.highest) == (0, 1) and not tally.codes
        return ("0", "1") if zero_one else None
    return boolean_words(tally.words.to_pylist(), usual=True) if len(tally.words) == 2 else None


def boolean_words(words: Sequence[str], *, usual: bool = False) -> tuple[str, str] | None:
    """The word for no and the word for yes, when there are two words; with `usual` only if they are known as such."""
    if len(words) != 2:
        return None
    written = {word.casefold(): word for word in words}
    for no, yes in BOOLEANS:
        if set(written) == {no, yes}:
            return written[no], written[yes]
    first, second = sorted(words)
    return None if usual else (first, second)


def _number(name: str, tally: Tally) -> tuple[Column, list[Note]]:
    if tally.codes:
        kind: Kind = "identifier" if _names_rows(tally) else "category"
        text = "“{column}” holds codes such as 00123 or numbers of 16 digits and more. They are kept as written."
        return _column(name, kind, reason="codes"), [Note(text=text, values={"column": name})]
    if tally.watched and tally.whole and _names_rows(tally):
        return _column(name, "identifier", reason="every value is different, and the name says so"), []
    notes = []
    if tally.unit:
        text = "“{column}” is read as a number of “{unit}”."
        notes.append(Note(text=text, values={"column": name, "unit": tally.unit}))
    if tally.infinite:
        text = "“{column}” has {count} infinite values, which count as missing."
        notes.append(Note(text=text, values={"column": name, "count": tally.infinite}))
    return _column(name, "number", unit=tally.unit or ""), notes


def _date(name: str, tally: Tally, options: ReadOptions) -> tuple[Column, list[Note]]:
    best = max(tally.dates.values())
    fitting = [order for order, count in tally.dates.items() if count == best]
    order: DateOrder = fitting[0]
    notes = []
    if set(fitting) >= {"dmy", "mdy"}:
        order = "dmy" if options.decimal == "," else "mdy"
        text = "The dates in “{column}” could be day or month first; {taken} was taken, as the file's numbers suggest."
        taken = "day first" if order == "dmy" else "month first"
        notes.append(Note(text=text, values={"column": name, "taken": taken}))
    if tally.zoned:
        text = "The times in “{column}” carry time zones and are kept as UTC."
        notes.append(Note(text=text, values={"column": name}))
    return _column(name, "datetime", dates=order), notes


def _wording(name: str, tally: Tally) -> Column:
    """Text, identifier or category, by how long and how different the values are."""
    if not tally.present:
        return _column(name, "category", reason="empty")
    length, gaps = tally.letters / tally.present, tally.spaces / tally.present
    different = len(tally.words) / max(tally.words_of, 1)
    wide = tally.bytes > 2 * tally.letters  # Chinese, Japanese, Korean: no spaces, more said per letter
    if length >= 50 or (gaps >= 3 and different >= 0.3) or (wide and length >= 10 and different >= 0.5):
        return _column(name, "text")
    if _names_rows(tally):
        return _column(name, "text" if gaps >= 1 else "identifier", reason="every value is different")
    return _column(name, "category")


def _names_rows(tally: Tally) -> bool:
    return tally.words_of >= FEW and len(tally.words) >= UNIQUE * tally.words_of
