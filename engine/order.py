"""The order in which people look for words."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"((?:^-)?[0-9]+(?:\.[0-9]+)?)")


def natural(words: Iterable[str]) -> tuple[str, ...]:
    """By the alphabet, whatever the case; numbers in them by their value: “2nd floor” before “10th floor”."""
    return tuple(sorted(words, key=_key))


def _key(word: str) -> tuple[list[str | float], str]:
    parts = _NUMBER.split(word.casefold())  # every second one is a number
    return [float(part) if at % 2 else part for at, part in enumerate(parts)], word
