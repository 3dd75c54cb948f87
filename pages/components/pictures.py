"""Pictures inside tables, as addresses that hold their bytes; and pictures in rows, each with its caption."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

KINDS = {b"\x89PNG": "png", b"RIFF": "webp", b"GIF8": "gif"}


def address(picture: bytes) -> str:
    """The address of a small picture."""
    return f"data:image/{KINDS.get(picture[:4], 'jpeg')};base64,{b64encode(picture).decode('ascii')}"


def addresses(cells: pd.Series, pictures: Mapping[str, bytes]) -> pd.Series:
    """The cells of a column with pictures' addresses in place of their names; None where there is none."""
    known = {name: address(content) for name, content in pictures.items()}
    return cells.map(known.get)


def strip(pictures: Sequence[tuple[bytes, str]], side: int) -> None:
    """Pictures with captions in rows, `side` pixels wide, with some room between them."""
    with st.container(horizontal=True, gap="small"):
        for content, caption in pictures:
            with st.container(width=side):
                st.image(content, caption=caption or None, width=side)
