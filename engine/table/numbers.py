"""Text to numbers, a column at a time: decimal comma, thousands, percent and currency signs."""

from __future__ import annotations

import re
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

UNITS = ("%", "$", "€", "£", "¥", "￥", "元", "₹", "₽", "₩", "USD", "EUR", "GBP", "CHF", "CNY", "JPY", "RMB")
EXACT = 2.0**53  # whole numbers from here on lose digits
LONG = 1e15  # whole numbers from here on are codes: cards, orders, accounts

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_INFINITE = r"(?i)^[+-]?inf(inity)?$"


def read_numbers(text: pa.Array, decimal: str = ".", thousands: str = "", unit: str = "") -> pa.Array:
    """float64, null where the text is null or not a number; infinities stay infinite, so that they can be told.

    `text` has no spaces around it. A point is taken as the decimal sign under a decimal comma too, where it cannot
    part thousands.
    """
    if unit:
        text = pc.utf8_trim_whitespace(pc.replace_substring(text, unit, "", max_replacements=1))
        text = pc.replace_substring_regex(text, r"^([+-])\s+", r"\1")
    if thousands:
        text = _ungroup(text, thousands, decimal)
    if decimal == ",":
        text = pc.replace_substring(text, ",", ".")
    try:
        return _without_nan(pc.cast(text, pa.float64()))
    except pa.ArrowInvalid:
        return _each(text)


def find_decimal(text: pa.Array, unit: str = "") -> Literal[".", ","]:
    """The decimal sign with which most of `text` are numbers, where the other sign parts thousands."""
    points = read_numbers(text, ".", ",", unit).null_count
    commas = read_numbers(text, ",", ".", unit).null_count
    return "," if commas < points else "."


def find_unit(text: pa.Array) -> str:
    """The sign that stands beside the first numbers of `text` which are none by themselves; "" for none."""
    for value in text.drop_null()[:20].to_pylist():
        for unit in UNITS:
            if unit in value and re.search(r"\d", value):
                return unit
    return ""


def has_leading_zeros(text: pa.Array) -> bool:
    """Whether a value such as “00123” is among them: a code, not an amount."""
    zero = pc.fill_null(pc.starts_with(text, "0"), False)
    if not pc.any(zero).as_py():
        return False
    return bool(pc.any(pc.match_substring_regex(text.filter(zero), r"^0\d+$")).as_py())


def has_long_codes(text: pa.Array, numbers: pa.Array) -> bool:
    """Whether whole numbers of 16 digits or more are among them, which a number may not keep exactly."""
    large = pc.fill_null(pc.greater_equal(pc.abs(numbers), LONG), False)
    if not pc.any(large).as_py():
        return False
    return bool(pc.any(pc.match_substring_regex(text.filter(large), r"^[+-]?\d{16,}$")).as_py())


def _ungroup(text: pa.Array, thousands: str, decimal: str) -> pa.Array:
    if thousands == " ":
        text = pc.replace_substring_regex(text, "[\u00a0\u202f]", " ")
    if not pc.any(pc.match_substring(text, thousands)).as_py():
        return text
    grouped = pc.match_substring_regex(
        text, rf"^[+-]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+({re.escape(decimal)}\d*)?$"
    )
    return pc.if_else(grouped, pc.replace_substring(text, thousands, ""), text)


def _each(text: pa.Array) -> pa.Array:
    numbers = pc.if_else(pc.match_substring_regex(text, _NUMBER), text, pa.scalar(None, pa.string()))
    read = pc.cast(pc.utf8_ltrim(numbers, "+"), pa.float64())
    infinite = pc.match_substring_regex(text, _INFINITE)
    return pc.if_else(pc.fill_null(infinite, False), pa.scalar(float("inf")), read)


def _without_nan(numbers: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)
