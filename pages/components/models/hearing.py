"""Tab Feedback: the page to share with colleagues, and what they said about the answers."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.components import session
from pages.components.feedbacks import counted_in_words
from pages.components.layout import link
from pages.components.share import share
from pages.components.words import _, plural
from services import feedback, reviewing
from services.feedback import FeedbackFilter
from services.models import Model


def hearing(model: Model) -> None:
    """Draws the tab."""
    if model.trashed_at is None:
        with st.container(border=True):
            st.markdown(_("**A page for colleagues**"))
            st.markdown(
                _(
                    "Whoever has this link enters a row, reads the answer and says whether it is right. It stays the "
                    "same when another version answers."
                )
            )
            with st.container(horizontal=True, vertical_alignment="center"):
                share("share-ask", f"ask?model={model.id}", _("Copy the link"))
                link(_("Open the page"), "ask", icon=":material/open_in_new:", model=model.id)
    said(model)


def said(model: Model) -> None:
    """How often answers were right, and what is to be done with what was said."""
    user, wanted = session.me(), FeedbackFilter(model=model.id)
    found, reviews = feedback.counts(user, wanted), reviewing.counts(user, wanted)
    waiting = reviewing.counts(user, replace(wanted, decider=model.owner)).waiting  # as in the list of who reviews
    if not found.right + found.wrong:
        st.caption(_("Nobody has judged an answer of this model yet."))
    else:
        st.markdown(counted_in_words(found))
        st.markdown(
            " · ".join(
                (
                    plural("{n} waits for review", "{n} wait for review", waiting),
                    plural("{n} accepted", "{n} accepted", reviews.accepted),
                    plural("{n} rejected", "{n} rejected", reviews.rejected),
                )
            )
        )
    with st.container(horizontal=True):
        link(_("Check doubtful answers"), "feedback", icon=":material/fact_check:", tab="check", model=model.id)
        link(_("Review what was said"), "feedback", icon=":material/rate_review:", tab="review", model=model.id)
        link(_("All feedback"), "feedback", icon=":material/history:", tab="history", model=model.id)
