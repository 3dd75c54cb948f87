"""How a text table is laid out, found out from its first rows: delimiter, quote, decimal sign, header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice

from engine.table.options import DELIMITERS, ReadOptions

ROWS = 500  # rows looked at

_PLAIN = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?%?")
_GROUPED = {sign: re.compile(rf"[+-]?\d{{1,3}}({re.escape(sign)}\d{{3}})+([.,]\d+)?") for sign in (",", ".", " ", "'")}
_DATE = re.compile(r"\d{1,4}[-/.年]\d{1,2}([-/.月]\d{1,4})?.*")
_MONEY = dict.fromkeys(map(ord, "$€£¥￥₹%"))
_YEAR = re.compile(r"(19|20)\d\d")


def find_dialect(text: str, options: ReadOptions, *, tabs: bool = False) -> ReadOptions:
    """`options` with delimiter, quote, decimal, thousands and header filled in; what is given stays.

    `text` is the start of the file, `tabs` says that its name speaks for tabs.
    """
    quote = _find_quote(text) if options.quote is None else options.quote
    delimiter = options.delimiter or _find_delimiter(text, quote, tabs)
    rows = rows_of(text, delimiter, quote)
    decimal, thousands = _find_signs(rows, delimiter)
    return options.model_copy(
        update={
            "format": "csv",
            "quote": quote,
            "delimiter": delimiter,
            "decimal": options.decimal or decimal,
            "thousands": _thousands(options, decimal, thousands),
            "header": find_header(rows) if options.header is None else options.header,
        }
    )


def rows_of(text: str, delimiter: str, quote: str, limit: int = ROWS) -> list[list[str]]:
    """The first rows of `text`, blank lines left out."""
    return list(numbered_rows(text, delimiter, quote, limit).values())


def numbered_rows(text: str, delimiter: str, quote: str, limit: int = ROWS) -> dict[int, list[str]]:
    """The same, by their numbers as a person counts: from 1 and with blank lines."""
    rows: dict[int, list[str]] = {}
    numbered = enumerate(cells_of(StringIO(text, newline=""), delimiter, quote), start=1)
    try:
        rows.update(islice(((number, row) for number, row in numbered if row), limit))
    except csv.Error:
        return rows  # a cell that is too long, which reading the whole file will name
    return rows


def cells_of(lines: Iterable[str], delimiter: str, quote: str) -> Iterator[list[str]]:
    """The cells of each row, as Python reads them: slower than Arrow, but row by row. Blank rows are empty lists."""
    if quote:
        return csv.reader(lines, delimiter=delimiter, quotechar=quote)
    return csv.reader(lines, delimiter=delimiter, quotechar=None, quoting=csv.QUOTE_NONE)


def _find_quote(text: str) -> str:
    if '"' in text:
        return '"'
    single = len(re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|]|\r?$)", text, flags=re.MULTILINE))
    return "'" if single >= 3 else '"'


def _find_delimiter(text: str, quote: str, tabs: bool) -> str:
    """The sign that parts most rows into the same number of cells as the first row."""
    best, best_score = "\t" if tabs else ",", 0.0
    for sign in DELIMITERS:
        widths = [len(row) for row in rows_of(text, sign, quote)]
        if not widths or widths[0] < 2:
            continue
        agree = sum(width == widths[0] for width in widths) / len(widths)
        score = agree + min(widths[0], 50) / 1000 + (0.5 if sign == "\t" and tabs else 0)
        if agree >= 0.5 and score > best_score:
            best, best_score = sign, score
    return best


def _find_signs(rows: Sequence[Sequence[str]], delimiter: str) -> tuple[str, str]:
    """Decimal and thousands sign by how often cells can only be meant so.

    “1,234” alone may be either: it is a fraction where the delimiter is not a comma and nothing speaks for thousands.
    """
    commas = points = both_comma = both_point = unsure_comma = unsure_point = 0
    grouped: Counter[str] = Counter()
    for cell in (cell.translate(_MONEY).strip() for row in rows[1:] for cell in row):
        if "," in cell and "." in cell:
            both_comma += bool(_GROUPED["."].fullmatch(cell)) and cell.rfind(",") > cell.rfind(".")
            both_point += bool(_GROUPED[","].fullmatch(cell)) and cell.rfind(".") > cell.rfind(",")
        elif _GROUPED[","].fullmatch(cell) and not cell.lstrip("+-").startswith("0"):
            grouped[","] += cell.count(",") > 1
            unsure_comma += cell.count(",") == 1
        elif _GROUPED["."].fullmatch(cell) and not cell.lstrip("+-").startswith("0"):
            grouped["."] += cell.count(".") > 1
            unsure_point += cell.count(".") == 1
        elif _PLAIN.fullmatch(cell):
            commas += "," in cell
            points += "." in cell
        else:
            grouped.update(sign for sign in " '" if _GROUPED[sign].fullmatch(cell))
    comma = both_comma + commas + grouped["."] > both_point + points + grouped[","]
    if not commas + points + both_comma + both_point + grouped["."] + grouped[","]:
        comma = delimiter == ";" and unsure_comma > unsure_point
    spaced = " " if grouped[" "] else "'" if grouped["'"] else ""
    if comma:
        return ",", "." if both_comma or grouped["."] or (unsure_point and not points) else spaced
    return ".", "," if both_point or grouped[","] or (unsure_comma and not commas) else spaced


def _thousands(options: ReadOptions, decimal: str, thousands: str) -> str:
    if options.thousands is not None:
        return options.thousands
    if options.decimal in (None, decimal):
        return thousands
    return "." if options.decimal == "," and thousands == "," else ""


def find_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row holds names: where the rows below hold numbers or dates, it does not."""
    if len(rows) < 2:
        return True
    names = values = 0
    for place, first in enumerate(rows[0]):
        below = [row[place].strip() for row in rows[1:] if place < len(row) and row[place].strip()]
        if not below:
            continue
        amounts = sum(_is_amount(cell) for cell in below) / len(below)
        if amounts >= 0.8:
            is_value = _is_amount(first.strip()) and not _YEAR.fullmatch(first.strip())
            values += is_value
            names += not is_value and bool(first.strip())
    return names >= values


def _is_amount(cell: str) -> bool:
    return bool(_PLAIN.fullmatch(cell) or _DATE.fullmatch(cell) or any(p.fullmatch(cell) for p in _GROUPED.values()))
