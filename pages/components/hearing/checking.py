"""Tab To check: the most doubtful answers of a model, one at a time, to be judged quickly."""

from __future__ import annotations

import streamlit as st

from pages.components import session
from pages.components.answering import answer_card, row_shown
from pages.components.hearing.choosing import choose_model
from pages.components.judging import judge
from pages.components.layout import aside, empty, link, open_page
from pages.components.words import _, plural
from services import predictions, reviewing, runs
from services.feedback import Feedback, FeedbackFilter
from services.models import Model

SKIP = "Right"  # the arrow


def checking() -> None:
    """Draws the tab."""
    model = choose_model()
    if model is None:
        below = empty(
            "deployed_code", _("No model yet"), _("Answers are checked by model: give a finished run a name first.")
        )
        if below.button(_("Choose a run"), type="primary", key="choose a run"):
            open_page("runs", status="finished")
        return
    skipped: frozenset[int] = session.recall(f"skipped {model.id}", frozenset())
    first = reviewing.doubtful(session.me(), model.id, limit=len(skipped) + 1)
    waiting = [each for each in first if each.id not in skipped]
    if not waiting:
        nothing(model, skipped)
        return
    done = session.recall(f"checked {model.id}", 0)
    aside(
        _("The model's last answers that nobody has judged, most doubtful first"),
        plural("{n} checked by you just now", "{n} checked by you just now", done) if done else "",
    )
    one(model, waiting[0], skipped)


def one(model: Model, made: predictions.Prediction, skipped: frozenset[int]) -> None:
    """One answer: its row on the left, the answer and its judgement on the right."""
    user = session.me()
    run, form = runs.run(user, made.run), predictions.form(user, made.run)

    def note(said: Feedback) -> None:
        """Whoever decides about this model's feedback need not review their own."""
        session.remember(f"checked {model.id}", session.recall(f"checked {model.id}", 0) + 1)
        if model.owner == user.id:
            reviewing.accept(user, FeedbackFilter(ids=(said.id,)))

    left, right = st.columns([2, 3], gap="large")
    with left, st.container(border=True):
        row_shown(run, made, form)
        aside(when=made.created, said=_("asked {when}"))
    with right, st.container(border=True):
        answer_card(run, made, form)
        judge(made.id, f"check-{made.id}", form, made.answer["answer"], note)
        if st.button(_("Skip"), icon=":material/arrow_forward:", type="tertiary", shortcut=SKIP, key=f"skip-{made.id}"):
            session.remember(f"skipped {model.id}", skipped | {made.id})
            st.rerun()


def nothing(model: Model, skipped: frozenset[int]) -> None:
    """All are judged, or nobody has asked."""
    below = empty(
        "task_alt", _("Nothing to check"), _("Each of the last answers is judged, or nobody has asked this model yet.")
    )
    with below:
        if skipped and st.button(_("Show the skipped ones"), key="unskip"):
            session.forget(f"skipped {model.id}")
            st.rerun()
        link(_("Ask this model"), "ask", icon=":material/auto_awesome:", model=model.id)
