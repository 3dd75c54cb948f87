"""What drift says of one column, in a sentence: what is no longer as it was, on how many rows that rests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.events import Note, listed
from engine.results.drift import Bar, Part, Side

NEW_WORDS = 3  # that are named

SAME = "“{column}” is as it was in training ({rows} rows)."
SLIGHT = "“{column}” differs from training, but too little to matter ({rows} rows)."
MISSING = "In {now} % of the last {rows} rows “{column}” is missing; in training it was in {trained} %."
NEW = (
    "In {now} % of the last {rows} rows “{column}” has words that the model never learned, such as {examples}; "
    "{trained} % were to be expected."
)
SHIFTED = {
    "length": "The texts in “{column}” have other lengths: the middle one of the last {rows} has {now} words; "
    "in training it had {trained}.",
    "known": "The model knows {now} % of the words in the middle one of the last {rows} texts in “{column}”; "
    "in training it was {trained} %.",
    "brightness": "The pictures in “{column}” are brighter or darker: {now} % of white in the middle one of the last "
    "{rows}; in training it was {trained} %.",
    "size": "The pictures in “{column}” have other sizes: the longer side of the middle one of the last {rows} has "
    "{now} pixels; in training it had {trained}.",
}
MOMENTS = "Half of the last {rows} rows have a “{column}” after {now}; in training half were after {trained}."
PARTS: dict[Part, str] = {
    "word": "In {now} % of the last {rows} rows “{column}” is “{word}”; in training it was in {trained} %.",
    "others": "In {now} % of the last {rows} rows “{column}” is one of its rarer words; in training it was in "
    "{trained} %.",
    "new": "In {now} % of the last {rows} rows “{column}” is a word that the model never learned; {trained} % were to "
    "be expected.",
}
UP_TO = "In {now} % of the last {rows} rows “{column}” is at most {high}; in training it was in {trained} %."
ABOVE = "In {now} % of the last {rows} rows “{column}” is above {low}; in training it was in {trained} %."
BETWEEN = "In {now} % of the last {rows} rows “{column}” is from {low} to {high}; in training it was in {trained} %."
SHARES = ("known", "brightness")


def sentence(column: str, kind: str, rows: int, sides: Sequence[Side], examples: Sequence[str]) -> Note:
    """The sentence for the side of a column that changed most. `examples` are words that are new."""
    about: dict[str, Any] = {"column": column, "rows": rows}
    changed = [side for side in sides if side.change == "changed"]
    if not changed:
        slight = any(side.change == "slight" for side in sides)
        return Note(text=SLIGHT if slight else SAME, values=about)
    worst = max(changed, key=lambda side: abs(side.value) / side.threshold)
    if worst.aspect == "missing":
        return Note(text=MISSING, values=about | _shares(worst))
    if worst.aspect == "new":
        return Note(text=NEW, values=about | _shares(worst) | {"examples": listed(examples)})
    if worst.aspect == "values":
        if kind == "datetime":
            return Note(text=MOMENTS, values=about | {"trained": _day(worst.trained), "now": _day(worst.now)})
        return _part(about, max(worst.bars, key=lambda bar: abs(bar.now - bar.trained)))
    medians = _shares(worst) if worst.aspect in SHARES else {"trained": _round(worst.trained), "now": _round(worst.now)}
    return Note(text=SHIFTED[worst.aspect], values=about | medians)


def _part(about: dict[str, Any], bar: Bar) -> Note:
    """The part of a column's values whose share moved most."""
    shares = _shares(bar)
    if bar.part != "range":
        return Note(text=PARTS[bar.part], values=about | shares | {"word": bar.word})
    text = UP_TO if bar.low is None else ABOVE if bar.high is None else BETWEEN
    return Note(text=text, values=about | shares | {"low": _round(bar.low), "high": _round(bar.high)})


def _shares(of: Bar | Side) -> dict[str, str]:
    """In hundredths, with a digit more where they are small."""
    found = {"trained": of.trained or 0.0, "now": of.now or 0.0}
    digits = int(min(abs(found["now"] - found["trained"]), *found.values()) < 0.1)
    return {name: f"{100 * share:.{0 if share in (0, 1) else digits}f}" for name, share in found.items()}


def _round(amount: float | None) -> str:
    """Four digits that count, thousands separated."""
    rounded = float(f"{amount or 0.0:.4g}")
    return f"{rounded:,.0f}" if rounded.is_integer() and abs(rounded) < 1e15 else f"{rounded:,}"


def _day(since: float | None) -> str | None:
    """Days since 1970 as a date."""
    return None if since is None else f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=since):%Y-%m-%d}"
