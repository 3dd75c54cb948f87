"""Pictures inside tables: as addresses that hold their bytes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

import pandas as pd

KINDS = {b"\x89PNG": "png", b"RIFF": "webp", b"GIF8": "gif"}


def address(picture: bytes) -> str:
    """The address of a small picture."""
    return f"data:image/{KINDS.get(picture[:4], 'jpeg')};base64,{b64encode(picture).decode('ascii')}"


def addresses(cells: pd.Series, pictures: Mapping[str, bytes]) -> pd.Series:
    """The cells of a column with pictures' addresses in place of their names; None where there is none."""
    known = {name: address(content) for name, content in pictures.items()}
    return cells.map(known.get)
