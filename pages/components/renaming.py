"""A small window in which something gets another name."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.components.layout import told
from pages.components.words import _


def rename(name: str, save: Callable[[str], None]) -> None:
    """Opens the window; `save` gets the new name and may raise a UserError, which is shown in it."""

    @st.dialog(_("Another name"))
    def window() -> None:
        with st.form("rename", border=False):
            wanted = st.text_input(_("Name"), value=name, max_chars=200)
            pressed = st.form_submit_button(_("Save"), type="primary")
        if pressed:
            with told():
                save(wanted)
                st.rerun()

    window()
