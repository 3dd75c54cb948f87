"""The small counter of running work below the navigation; it opens the list."""

from __future__ import annotations

import streamlit as st

from pages.components import session
from pages.components.layout import link
from pages.components.words import percent, plural
from services import runs
from services.runs import Run, RunFilter


def counter() -> None:
    """Draws nothing while nothing runs. It stands beside the page: above the heading it would push the page down."""
    if _active():
        with st.sidebar:
            _count()


def _active() -> tuple[Run, ...]:
    return runs.list_runs(session.me(), RunFilter(status="active", sort="newest")).runs


@st.fragment(run_every="5s")
def _count() -> None:
    active = _active()
    if not active:
        return
    label = plural("{n} running", "{n} running", len(active))
    with st.popover(label, icon=":material/progress_activity:", type="tertiary"):
        for run in active:
            link(f"{run.name} · {percent(run.fraction)}", "run", id=run.id)
