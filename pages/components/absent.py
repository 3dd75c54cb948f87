"""A page whose address names nothing, or what is not there: why, and the way on."""

from __future__ import annotations

import streamlit as st

from engine.errors import NotFound
from pages.components.layout import empty, open_page, plain
from pages.components.words import say


def choose_from(icon: str, title: str, why: NotFound | str, label: str, name: str) -> None:
    """Says why in place of what was asked for; the button `label` leads to the page `name`, where all of them are."""
    words = why if isinstance(why, str) else plain(say(why.text, why.values))
    with empty(icon, title, words):
        if st.button(label, type="primary", key=f"to {name}"):
            open_page(name)
