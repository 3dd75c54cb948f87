"""The small counter of running work at the top right of every page; it opens the list."""

from __future__ import annotations

import streamlit as st

from pages.components import session
from pages.components.layout import link
from pages.components.words import percent, plural
from services import runs
from services.runs import Run, RunFilter


def counter() -> None:
    """A row that is as high when nothing runs: what stands below it never moves."""
    if _active():
        _count()
    else:
        st.space("medium")


def _active() -> tuple[Run, ...]:
    return runs.list_runs(session.me(), RunFilter(status="active", sort="newest")).runs


@st.fragment(run_every="5s")
def _count() -> None:
    active = _active()
    if not active:
        st.space("medium")
        return
    label = plural("{n} running", "{n} running", len(active))
    with (
        st.container(horizontal=True, horizontal_alignment="right"),
        st.popover(label, icon=":material/progress_activity:", type="tertiary", key="running"),
    ):
        for run in active:
            link(f"{run.name} · {percent(run.fraction)}", "run", icon=":material/show_chart:", id=run.id)
