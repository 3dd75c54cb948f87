"""Undo, right after something was moved to the trash."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.components import session
from pages.components.layout import told
from pages.components.words import _


def undo_bar(words: str, restore: Callable[[list[int]], object]) -> None:
    """Says what was thrown away and offers to take it back, once."""
    ids = session.recall("just trashed")
    if not ids:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/delete: {words}", width="content")
        pressed = st.button(_("Undo"), type="tertiary", key="undo trash")
    if pressed:
        with told():
            restore(ids)
        session.forget("just trashed")
        st.rerun()
