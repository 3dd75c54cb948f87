"""Texts to pieces, in any script: words, and characters where words are not parted by spaces. Knows no table, no model.

Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese are cut into characters: found out letter by letter, so that
mixed texts need no setting. (Korean has spaces, but its endings stick to the words.)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import chain

# The marks that belong to the letter before them; Python's \w leaves them out.
_ASKED = chain(range(0x300, 0xAC00), range(0xFE00, 0xFE10))
_MARKS = "".join(chr(code) for code in _ASKED if unicodedata.category(chr(code)).startswith("M"))
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Japanese, Chinese
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"  # Korean
)
_CHARACTER = rf"[{_UNSPACED}][{_MARKS}]*"
_LETTERS = rf"[^\W{_UNSPACED}]"
_WORD = rf"{_LETTERS}+(?:[{_MARKS}]+{_LETTERS}*)*"
_PIECE = re.compile(rf"{_CHARACTER}|{_WORD}|[^\w\s]")
_UNIT = re.compile(rf"(?:{_CHARACTER})+|{_WORD}|[^\w\s]")
_ONE_CHARACTER = re.compile(_CHARACTER)

Cut = Callable[[str], list[str]]
"""A text to its pieces, in their order. No piece holds a space."""


def normal(text: str) -> str:
    """Lower case, in Unicode's compatible form: full-width letters and ligatures become the usual ones."""
    return unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> list[str]:
    """Words, characters of scripts without spaces, and marks."""
    return _PIECE.findall(normal(text))


def units(text: str) -> list[str]:
    """What subwords are learned from: words, whole runs of characters without spaces, and marks."""
    return _UNIT.findall(normal(text))


def is_character(piece: str) -> bool:
    """Whether the piece stands in a script that is cut into characters."""
    return _ONE_CHARACTER.match(piece) is not None


def spans(text: str) -> list[tuple[int, int]]:
    """Where words and characters stand in the text as it was written; lone marks are left out."""
    return [found.span() for found in _PIECE.finditer(text) if found.group()[0].isalnum()]
