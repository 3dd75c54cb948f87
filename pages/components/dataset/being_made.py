"""A version that is being made: how far it is, until it is there."""

from __future__ import annotations

import streamlit as st

from pages.components import session
from pages.components.words import _, percent
from services import datasets


@st.fragment(run_every="1s")
def being_made(version_id: int) -> None:
    """How far the making of a version is; the whole page is drawn anew once it is done."""
    progress = datasets.import_progress(session.me(), version_id)
    if progress.version.status != "importing":
        st.rerun()
    words = _("Waiting for its turn") if progress.waiting else _("Reading and checking every row")
    st.progress(progress.fraction, text=f"{words} · {percent(progress.fraction)}")
    st.caption(_("You may leave this page; the work goes on."))
