"""Words on the screen: translation, and numbers, sizes and times as people say them.

English is the source; a catalogue is `locales/<language>/LC_MESSAGES/loam.mo`. The reader's language is the
browser's when there is a catalogue for it. Knows nothing of data sets and runs, and draws nothing.
"""

from __future__ import annotations

import gettext
import math
import string
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from engine.events import Sentences

LOCALES = Path(__file__).resolve().parents[2] / "locales"
NONE = "—"
KIND_KEYS = ("kind", "now")  # values of the engine's sentences that name a kind of column


@lru_cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    names = [locale.replace("-", "_"), locale.split("-")[0]] if locale else []
    return gettext.translation("loam", LOCALES, languages=names or ["en"], fallback=True)


def _words() -> gettext.NullTranslations:
    return _catalogue(st.context.locale or "")


def language() -> str:
    """The language of the words, as HTML names it."""
    return _words().info().get("language", "en").replace("_", "-")


def _(text: str) -> str:
    """The text in the reader's language."""
    return _words().gettext(text) if text else ""


def ngettext(one: str, many: str, n: int) -> str:
    """The form of the text for `n` things; write the number as `{n}` and fill it with `format`."""
    return _words().ngettext(one, many, n)


def plural(one: str, many: str, n: int) -> str:
    """The form of the text for `n` things, its `{n}` filled in: “1,200 rows”."""
    return ngettext(one, many, n).format(n=number(n))


def some_of(names: Sequence[str], most: int = 3) -> str:
    """The first of many names, and how many more there are: “a, b, c and 9 more”."""
    said = ", ".join(names[:most])
    return said if len(names) <= most else _("{names} and {n} more").format(names=said, n=number(len(names) - most))


class _Said(string.Formatter):
    """Formats numbers as the screen shows them unless the template says how; a value that is missing shows its name."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        value = kwargs.get(str(key), "{" + str(key) + "}")
        return kind_title(value) if key in KIND_KEYS else value

    def format_field(self, value: Any, format_spec: str) -> str:
        if not format_spec and isinstance(value, int | float) and not isinstance(value, bool):
            return number(value)
        if isinstance(value, Sentences):
            return " ".join(say(note.text, note.values) for note in value)
        if not format_spec and isinstance(value, list | tuple):
            return ", ".join(str(item) for item in value)
        return str(super().format_field(value, format_spec))


def kind_title(kind: str) -> str:
    """A kind of column in words."""
    return {
        "number": _("number"), "category": _("category"), "boolean": _("yes or no"), "datetime": _("date or time"),
        "text": _("text"), "image": _("picture"), "identifier": _("identifier"),
    }.get(kind, kind)  # fmt: skip


def say(text: str, values: Mapping[str, Any] | None = None) -> str:
    """A template of the engine and its values as a sentence in the reader's language.

    The sentence is plain text: put it through `layout.plain` where Markdown is drawn.
    """
    return _Said().vformat(_(text), (), values or {}) if values else _(text)


def number(value: float | int | None, digits: int = 4) -> str:
    """A number with thousands separators; fractions keep `digits` significant digits (1,234 · 0.1235 · 1.2e−09)."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NONE
    if float(value).is_integer() and abs(value) < 1e15:
        return _minus(f"{int(value):,}")
    size = abs(value)
    if size >= 1e15 or size < 1e-4:
        return _minus(f"{value:.{digits - 1}e}")
    places = max(0, digits - 1 - math.floor(math.log10(size)))
    text = f"{value:,.{places}f}"
    return _minus(text.rstrip("0").rstrip(".") if places else text)


def percent(share: float | None, digits: int = 0) -> str:
    """A share in 0…1 in hundredths: 0.273 → “27 %”; one that would round to none or to all says so."""
    if share is None or not math.isfinite(share):
        return NONE
    half = 0.5 * 10.0 ** (-digits - 2)
    if 0 < share < half:
        return _("under {n} %").format(n=f"{10.0**-digits:g}")
    if 1 - half <= share < 1:
        return _("over {n} %").format(n=f"{100 - 10.0**-digits:g}")
    return _("{n} %").format(n=f"{100 * share:.{0 if share in (0, 1) else digits}f}")


def size(count: float) -> str:
    """Bytes as people say them: 1.4 GB."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"


def duration(seconds: float | None) -> str:
    """Seconds as people say them: “0.4 s”, “12 s”, “1:10 min”, “2:05 h”."""
    if seconds is None or not math.isfinite(seconds):
        return NONE
    if seconds < 10:
        return _("{n} s").format(n=f"{max(seconds, 0):.1f}".rstrip("0").rstrip("."))
    whole = round(seconds)
    if whole < 60:
        return _("{n} s").format(n=whole)
    if whole < 3600:
        return _("{n} min").format(n=f"{whole // 60}:{whole % 60:02d}")
    return _("{n} h").format(n=f"{whole // 3600}:{whole % 3600 // 60:02d}")


def ago(when: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in words; `exact` belongs on hover."""
    if when is None:
        return NONE
    passed = (now or datetime.now(UTC)) - _aware(when)
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed < timedelta(hours=1):
        return plural("{n} minute ago", "{n} minutes ago", passed.seconds // 60)
    if passed < timedelta(days=1):
        return plural("{n} hour ago", "{n} hours ago", passed.seconds // 3600)
    if passed < timedelta(days=2):
        return _("yesterday")
    if passed < timedelta(days=30):
        return plural("{n} day ago", "{n} days ago", passed.days)
    return f"{here(when):%Y-%m-%d}"


def exact(when: datetime | None) -> str:
    """Date and time to the second, where the reader is."""
    return f"{here(when):%Y-%m-%d %H:%M:%S %Z}" if when else NONE


def here(when: datetime) -> datetime:
    """The same moment on the reader's clock."""
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return _aware(when).astimezone(zone)


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _minus(text: str) -> str:
    return text.replace("-", "−")
