"""Tab History: everything that was said about answers, with what became of it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.components import session
from pages.components.feedbacks import draw
from pages.components.hearing.choosing import filters
from pages.components.layout import empty, open_page
from pages.components.words import _
from services import feedback


def history() -> None:
    """Draws the tab."""
    asked = filters()
    found = feedback.list_feedback(session.me(), asked)
    if found.total:
        draw(found, asked, "feedback")
        return
    if replace(asked, page=0) != feedback.FeedbackFilter():
        empty("search_off", _("Nothing found"), _("Nothing that was said is like that."))
        return
    below = empty(
        "rate_review",
        _("Nothing said yet"),
        _("When an answer is right or wrong, say so beside it: here it is collected."),
    )
    with below:
        if st.button(_("Predict something"), type="primary", key="predict something"):
            open_page("predict")
