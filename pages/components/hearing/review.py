"""Tab To review: what people said, to be accepted, changed or rejected; one by one, the ticked ones, or all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import session
from pages.components.answering import value_in_words
from pages.components.clicks import carry_out
from pages.components.feedbacks import review_in_words, row_in_full, row_shown, verdict_title
from pages.components.hearing.choosing import filters
from pages.components.judging import correct_answer
from pages.components.layout import empty, plain, told
from pages.components.tables import pages
from pages.components.words import NONE, _, ago, plural
from services import feedback, predictions, reviewing
from services.feedback import Feedback, FeedbackFilter
from services.reviewing import Decision

DECIDED = "last review"
ACCEPT, REJECT, UNDO = "A", "X", "U"


def review() -> None:
    """Draws the tab."""
    user = session.me()
    asked, state = filters(), choose_state()
    after()
    meant = reviewing.mine(user, asked, state)
    found = feedback.list_feedback(user, meant)
    if not found.total:
        nothing(asked, state)
        return
    places = st.container()
    ticked = table(found)
    with places:
        decisions(meant, ticked, found.total, state)
        if not ticked:
            the_first(meant, found.items[0], state)
        elif len(ticked) == 1:
            change_one(ticked[0])
    pages(found.total, feedback.PAGE)


def choose_state() -> reviewing.Review:
    """What waits, or what was decided and has not taught yet."""
    titles: dict[reviewing.Review, str] = {
        "waiting": _("Waiting"), "accepted": _("Accepted"), "rejected": _("Rejected"),
    }  # fmt: skip
    return st.segmented_control(
        _("Review"), list(titles), default="waiting", required=True, format_func=titles.__getitem__,
        label_visibility="collapsed", key="review state", bind="query-params",
    )  # fmt: skip


def table(found: feedback.FeedbackPage) -> list[Feedback]:
    """The list, what is ticked in it. Another widget after each decision, so that no tick goes over to other rows."""
    chosen = st.dataframe(
        review_table(found.items), hide_index=True, width="stretch", height="content",
        column_config={
            _("Comment"): st.column_config.TextColumn(width="medium"), _("Picture"): st.column_config.ImageColumn(),
            _("Row"): st.column_config.TextColumn(width="medium"),
        },
        on_select="rerun", selection_mode="multi-row", key=f"review-{found.total}-{found.items[0].id}",
        alt=_("What people said about answers"),
    ).selection.rows  # fmt: skip
    return [found.items[at] for at in chosen if at < len(found.items)]


def review_table(items: tuple[Feedback, ...]) -> pd.DataFrame:
    """A row for each judgement, what decides first."""
    decided = any(each.review != "waiting" for each in items)
    pictures = feedback.pictures(session.me(), items)
    return pd.DataFrame(
        [
            {
                _("Judged"): verdict_title(each.verdict),
                _("Answer given"): value_in_words(each.answer.get("answer")),
                _("Right is"): value_in_words(each.correct if each.accepted is None else each.accepted),
                _("Comment"): each.comment or NONE,
                **row_shown(each.row, pictures),
                _("Who"): each.owner_name,
                _("When"): ago(each.created),
                _("Asked"): each.model_name or each.run_name,
                **({_("Review"): review_in_words(each)} if decided else {}),
            }
            for each in items
        ]
    )


def decisions(meant: FeedbackFilter, ticked: list[Feedback], total: int, state: reviewing.Review) -> None:
    """Accepting and rejecting: the ticked ones, or the whole list as it is filtered."""
    chosen = replace(meant, ids=tuple(each.id for each in ticked)) if ticked else meant
    if ticked:
        accept = plural("Accept {n} ticked", "Accept {n} ticked", len(ticked))
        reject = plural("Reject {n} ticked", "Reject {n} ticked", len(ticked))
    else:
        accept = plural("Accept {n}", "Accept all {n}", total)
        reject = plural("Reject {n}", "Reject all {n}", total)
    with st.container(horizontal=True, vertical_alignment="center"):
        if state != "accepted":
            st.button(
                accept, icon=":material/check:", type="primary" if ticked else "secondary",
                shortcut=ACCEPT if ticked else None, key="accept",
                on_click=carry_out, args=(decide, reviewing.accept, chosen),
            )  # fmt: skip
        if state != "rejected":
            st.button(
                reject, icon=":material/close:", shortcut=REJECT if ticked else None, key="reject",
                on_click=carry_out, args=(decide, reviewing.reject, chosen),
            )  # fmt: skip
        st.caption(_("Tick rows to decide about these alone; filters narrow the list."), width="content")


def the_first(meant: FeedbackFilter, said: Feedback, state: reviewing.Review) -> None:
    """The first of the list with its row, decided with one key; then the next is the first."""
    chosen, right = replace(meant, ids=(said.id,)), said.correct if said.accepted is None else said.accepted
    with beside_its_row(said):
        st.markdown(plain(said_in_words(said, right)))
        with st.container(horizontal=True):
            if state != "accepted" and right is not None:
                st.button(
                    _("Accept"), icon=":material/check:", type="primary", shortcut=ACCEPT, key=f"accept {said.id}",
                    on_click=carry_out, args=(decide, reviewing.accept, chosen),
                )  # fmt: skip
            if state != "rejected":
                st.button(
                    _("Reject"), icon=":material/close:", shortcut=REJECT, key=f"reject {said.id}",
                    on_click=carry_out, args=(decide, reviewing.reject, chosen),
                )  # fmt: skip


def beside_its_row(said: Feedback) -> DeltaGenerator:
    """All of the row that was asked about and what was said of it; draw the decision into what is returned."""
    left, right = st.columns([2, 3])
    with left, st.container(border=True):
        row_in_full(said)
        if said.comment:
            st.markdown(f":material/comment: {plain(said.comment)}")
    return right.container(border=True)


def said_in_words(said: Feedback, right: str | None) -> str:
    """What the first of the list is about. Plain text."""
    if right is None:
        words = _(
            "First of the list: “{answer}” is wrong, says {who}, without what would be right: tick it and give the "
            "answer, or reject it."
        )
    elif said.verdict == "right":
        words = _("First of the list: “{answer}” is right, says {who}.")
    else:
        words = _("First of the list: it is not “{answer}” but “{right}”, says {who}.")
    return words.format(answer=value_in_words(said.answer.get("answer")), right=right, who=said.owner_name)


def change_one(said: Feedback) -> None:
    """The ticked one with its row, accepted with another answer."""
    with beside_its_row(said), told(), st.form(f"change-{said.id}", border=False):
        form = predictions.form(session.me(), said.run)
        st.markdown(_("**Accept it with another answer**"))
        answer = correct_answer(form)
        if st.form_submit_button(_("Accept with this answer"), key="change-one"):
            session.remember(DECIDED, reviewing.change(session.me(), said.id, answer or ""))
            st.rerun()


def decide(how: Callable[..., Decision], chosen: FeedbackFilter) -> None:
    """Accepts or rejects, and keeps what that did for `after`."""
    session.remember(DECIDED, how(session.me(), chosen))


def after() -> None:
    """What the last decision did, and the way back."""
    done: Decision | None = session.recall(DECIDED)
    if done is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {in_words(done)}", width="content")
        if st.button(_("Undo"), icon=":material/undo:", type="tertiary", shortcut=UNDO, key="undo-review"):
            reviewing.undo(session.me(), done.at)
            session.forget(DECIDED)
            st.rerun()


def in_words(done: Decision) -> str:
    """What a review did."""
    if done.review == "accepted":
        words = plural("{n} accepted.", "{n} accepted.", done.decided)
    else:
        words = plural("{n} rejected.", "{n} rejected.", done.decided)
    if not done.left:
        return words
    left = plural(
        "{n} says “wrong” without what would be right, and waits: tick it and give the answer, or reject it.",
        "{n} say “wrong” without what would be right, and wait: tick them and give the answer, or reject them.",
        done.left,
    )
    return f"{words} {left}"


def nothing(asked: FeedbackFilter, state: reviewing.Review) -> None:
    """Nothing is listed, because of the filters or because all is done."""
    if replace(asked, page=0) != FeedbackFilter():
        empty("search_off", _("Nothing found"), _("Nothing that was said is like that."))
    elif state == "waiting":
        empty(
            "task_alt", _("Nothing to review"), _("What people say about answers of your models and runs waits here.")
        )
    else:
        empty("task_alt", _("Nothing here"), _("What you decide stands here until a model has learned from it."))
