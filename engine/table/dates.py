"""Text to dates and times, a column at a time. Whether the day comes first is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.table.columns import DateOrder

_TIME = (
    r"(?:(?:\s*T\s*|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?$"
)
_MONTHS = {
    name: i
    for i, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_NAMES = r"(?i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[A-Za-z]*"
_SHORT = r"(?P<year>\d{4}|\d{2})"
PATTERNS: dict[str, tuple[str, ...]] = {
    "ymd": (
        r"^(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?" + _TIME,
        r"^(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月(?:\s*(?P<day>\d{1,2})\s*[日号]?)?" + _TIME,
    ),
    "dmy": (r"^(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-]" + _SHORT + _TIME,),
    "mdy": (r"^(?P<month>\d{1,2})[./-](?P<day>\d{1,2})[./-]" + _SHORT + _TIME,),
    "named": (
        rf"^(?P<day>\d{{1,2}})\.?[ -](?P<month>{_NAMES})\.?,?[ -]" + _SHORT + _TIME,
        rf"^(?P<month>{_NAMES})\.? (?P<day>\d{{1,2}}),? " + _SHORT + _TIME,
    ),
}
ORDERS: tuple[DateOrder, ...] = ("ymd", "dmy", "mdy")
LOOKS_DATED = rf"^\d{{4}}[-/.年]\s*\d|^\d{{1,2}}[./-]\d{{1,2}}[./-]\d|^(\d{{1,2}}\.?[ -])?{_NAMES}\b"


def read_dates(text: pa.Array, order: DateOrder) -> pa.Array:
    """timestamp[us] in UTC where a zone is given, null where the text is null, not a date, or not in the calendar."""
    if order == "ymd":
        try:
            return pc.cast(text, pa.timestamp("us"))
        except pa.ArrowInvalid:
            pass
    coded = pc.dictionary_encode(text)
    words = coded.dictionary
    read = pa.nulls(len(words), pa.timestamp("us"))
    for pattern in PATTERNS[order] + PATTERNS["named"]:
        read = pc.coalesce(read, _match(words, pattern))
    return pc.take(read, coded.indices)


def zoned(text: pa.Array) -> bool:
    """Whether a value carries a time zone."""
    return bool(pc.any(pc.match_substring_regex(text, r":\d{2}\S*\s*(Z|UTC|[+-]\d{2}:?\d{2})$")).as_py())


def _match(words: pa.Array, pattern: str) -> pa.Array:
    found = pc.extract_regex(words, pattern)
    valid = np.asarray(pc.is_valid(found))
    if not valid.any():
        return pa.nulls(len(words), pa.timestamp("us"))
    parts = {field.name: pc.fill_null(pc.struct_field(found, field.name), "") for field in found.type}
    year = _numbers(parts["year"], 1)
    short = np.asarray(pc.equal(pc.utf8_length(parts["year"]), 2))
    year = np.where(short, year + np.where(year >= 69, 1900, 2000), year)  # 1969 to 2068, as POSIX has it
    month, day = _each_word(parts["month"], _month), _numbers(parts["day"], 1)
    hour = _numbers(parts["hour"])
    half = _each_word(parts["half"], {"": 0, "am": 1, "pm": 2}.get)
    hour = np.where((half == 2) & (hour < 12), hour + 12, np.where((half == 1) & (hour == 12), 0, hour))
    minute, second = _numbers(parts["minute"]), _numbers(parts["second"])
    micro = _numbers(pc.utf8_slice_codeunits(pc.utf8_rpad(parts["part"], 6, "0"), 0, 6))
    fits = valid & (month >= 1) & (month <= 12) & (year >= 1) & (hour <= 23) & (minute <= 59) & (second <= 59)
    first = ((np.where(fits, year, 1970) - 1970) * 12 + np.where(fits, month, 1) - 1).astype("datetime64[M]")
    days = first.astype("datetime64[D]") + (day - 1)
    fits &= (day >= 1) & (days.astype("datetime64[M]") == first)
    seconds = hour * 3600 + minute * 60 + second - _each_word(parts["zone"], _offset)
    moment = days.astype("datetime64[us]") + (seconds * 1_000_000 + micro).astype("timedelta64[us]")
    moment[~fits] = np.datetime64("NaT")
    return pa.array(moment, pa.timestamp("us"))


def _numbers(words: pa.Array, default: int = 0) -> np.ndarray:
    filled = pc.if_else(pc.equal(words, ""), str(default), words)
    return np.asarray(pc.cast(filled, pa.int64()))


def _each_word(words: pa.Array, read: Callable[[str], int | None]) -> np.ndarray:
    """`read` of each word; few different ones are expected."""
    coded = pc.dictionary_encode(words)
    numbers = np.array([read(word.lower()) or 0 for word in coded.dictionary.to_pylist()], dtype=np.int64)
    return np.asarray(numbers[np.asarray(coded.indices)])


def _month(word: str) -> int:
    return int(word) if word.isdigit() else _MONTHS.get(word[:3], 0)


def _offset(zone: str) -> int:
    """Seconds east of Greenwich."""
    if zone in ("", "z", "utc"):
        return 0
    digits = zone[1:].replace(":", "")
    return int(zone[0] + "1") * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)
