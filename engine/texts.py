"""Texts to pieces, in any script. Knows no table and no model."""

from __future__ import annotations

import re
import unicodedata

# Scripts that are written without spaces between words are cut into characters.
_CHARACTERS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"[{_CHARACTERS}]|[^\W{_CHARACTERS}]+|[^\w\s]")


def words(text: str) -> list[str]:
    """Words, characters of scripts without spaces, and marks, in lower case and Unicode's compatible form."""
    return _PIECE.findall(unicodedata.normalize("NFKC", text).lower())
