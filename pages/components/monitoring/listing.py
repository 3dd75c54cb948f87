"""All models with their health."""

from __future__ import annotations

import streamlit as st

from pages.components import session
from pages.components.layout import aside, empty, jump, open_page, plain
from pages.components.models.health import checked_in_words, health_badge, health_in_words
from pages.components.models.titles import version_title
from pages.components.run_words import result_in_words
from pages.components.tables import page_number, pages
from pages.components.words import _, percent, plural
from services import watching
from services.watching import Line


def listing() -> None:
    """A line a model, those with alarms first."""
    found = watching.overview(session.me(), page_number() - 1)
    if not found.lines:
        below = empty(
            "monitoring",
            _("Nothing to watch yet"),
            _("A model that others ask is watched here: open a finished run and choose “Add to a model”."),
        )
        if below.button(_("Choose a run"), key="choose a run"):
            open_page("runs", status="finished")
        return
    for line in found.lines:
        _row(line)
    pages(found.total, watching.PAGE)


def _row(line: Line) -> None:
    model = line.listed.model
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None):
            jump(model.name, "monitoring", key=f"watch {model.id}", icon=":material/monitoring:", model=model.id)
            st.markdown(plain(health_in_words(line.health)))
            aside(
                f"{version_title(model.production)}: {result_in_words(line.listed.run)}",
                judged_in_words(line),
                checked_in_words(line.health),
            )
        st.markdown(health_badge(line.health), width="content")


def judged_in_words(line: Line) -> str:
    """How many answers people judged, and called right; a number is seldom right to the last digit."""
    if not line.judged:
        return ""
    said = plural("{n} answer judged", "{n} answers judged", line.judged)
    if line.listed.model.answer == "number":
        return said
    return _("{judged}, {share} of them right").format(judged=said, share=percent(line.right / line.judged))
