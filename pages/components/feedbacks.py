"""What people said about answers: counts, a table, a download. For one run, or for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.components import session
from pages.components.answering import LONGEST, value_in_words
from pages.components.layout import empty, open_page, plain
from pages.components.pictures import address
from pages.components.tables import page_number, pages
from pages.components.words import _, ago, exact, number, percent, plural
from services import feedback

CELLS = 6  # of a row, in one line of the list


def feedback_list(run_id: int) -> None:
    """The Feedback tab of a run."""
    wanted = feedback.FeedbackFilter(run=run_id, page=page_number() - 1)
    found = feedback.list_feedback(session.me(), wanted)
    if not found.total:
        below = empty(
            "rate_review",
            _("Nobody has judged an answer yet"),
            _("Say “right” or “wrong” beside an answer, and it is kept here."),
        )
        with below:
            if st.button(_("Predict"), type="primary", key="judge something"):
                open_page("predict", run=run_id)
        return
    draw(found, wanted, f"feedback-{run_id}")


def draw(found: feedback.FeedbackPage, wanted: feedback.FeedbackFilter, key: str) -> None:
    """Counts, table, pages and download."""
    counts = feedback.counts(session.me(), wanted)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(counted_in_words(counts), width="content")
        download(wanted, key)
    st.dataframe(
        feedback_table(found.items),
        hide_index=True,
        width="stretch",
        height="content",
        key=f"{key}-table",
        column_config={
            _("When"): st.column_config.TextColumn(help=_("Newest first")),
            _("Picture"): st.column_config.ImageColumn(),
        },
        alt=_("What people said about answers"),
    )
    pages(found.total, feedback.PAGE)


def counted_in_words(counts: feedback.Counts) -> str:
    """“14 judged: 11 right, 3 wrong (79 % right).”"""
    both = counts.right + counts.wrong
    text = plural("{n} answer judged", "{n} answers judged", both)
    return _("**{judged}** · {right} right, {wrong} wrong · {share} right").format(
        judged=text, right=number(counts.right), wrong=number(counts.wrong), share=percent(counts.right / max(1, both))
    )


def feedback_table(items: Sequence[feedback.Feedback]) -> pd.DataFrame:
    """A row for each judgement."""
    pictures = feedback.pictures(session.me(), items)
    return pd.DataFrame(
        [
            {
                _("Judged"): verdict_title(each.verdict),
                _("Predicts"): each.target,
                _("Answer given"): value_in_words(each.answer.get("answer")),
                _("Correct"): value_in_words(each.correct),
                _("Comment"): each.comment,
                _("Review"): review_in_words(each),
                **row_shown(each.row, pictures),
                _("Run"): each.run_name,
                _("Who"): each.owner_name,
                _("When"): ago(each.created),
                _("Time"): exact(each.created),
            }
            for each in items
        ]
    )


def verdict_title(verdict: str) -> str:
    """A verdict in words."""
    return _("right") if verdict == "right" else _("wrong")


def review_in_words(said: feedback.Feedback) -> str:
    """What became of it: whether it teaches, and who decided that."""
    if said.review == "waiting":
        return _("waits")
    if said.review == "rejected":
        return _("rejected by {name}").format(name=said.reviewer_name)
    if said.accepted == said.correct:
        return _("accepted by {name}").format(name=said.reviewer_name)
    return _("accepted as “{answer}” by {name}").format(answer=value_in_words(said.accepted), name=said.reviewer_name)


def row_shown(row: Mapping[str, Any], pictures: Mapping[str, bytes]) -> dict[str, str | None]:
    """The row that was asked about: its picture, in a list where any has one, and the rest in words."""
    shown = next((address(pictures[cell]) for cell in row.values() if cell in pictures), None)
    words = row_in_words({name: cell for name, cell in row.items() if cell not in pictures})
    return {_("Picture"): shown, _("Row"): words} if pictures else {_("Row"): words}


def row_in_words(row: dict[str, Any]) -> str:
    """The first values of a row in one line."""
    shown = [f"{name} {value_in_words(value)}" for name, value in list(row.items())[:CELLS]]
    return ", ".join(shown) + (" …" if len(row) > CELLS else "")


def row_in_full(said: feedback.Feedback) -> None:
    """All of the row that was asked about, a line a value; its pictures small."""
    pictures = feedback.pictures(session.me(), [said])
    with st.container(gap=None):
        for name, value in said.row.items():
            if value in pictures:
                st.image(pictures[value], caption=plain(name))
            else:
                st.markdown(f":gray[{plain(name)}] &nbsp; {plain(value_in_words(value)[:LONGEST])}")


def download(wanted: feedback.FeedbackFilter, key: str) -> None:
    """The whole list as a file."""
    user = session.me()
    with st.container(horizontal=True, width="content"):
        for kind, mime in (("csv", "text/csv"), ("xlsx", "application/octet-stream")):
            st.download_button(
                kind.upper(),
                lambda kind=kind: feedback.export(user, wanted, kind).path.read_bytes(),
                f"feedback.{kind}",
                mime,
                icon=":material/download:",
                key=f"{key}-{kind}",
                on_click="ignore",
            )
