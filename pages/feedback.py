"""Feedback: what people said about answers, from every run; filters stand in the address."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import streamlit as st

from pages.components import session
from pages.components.feedbacks import draw, page_of
from pages.components.layout import empty, header, open_page, query_number
from pages.components.words import _, here
from services import feedback, runs

VERDICTS = ("right", "wrong")

user = session.me()


def verdict_title(verdict: str) -> str:
    """A verdict in words."""
    return _("right") if verdict == "right" else _("wrong")


def choose_run() -> int | None:
    """One run, or all of them; kept in the address."""
    listed = {run.id: run for run in runs.list_runs(user, runs.RunFilter(status="finished")).runs}
    asked = query_number("run")
    if asked is not None and asked not in listed:
        listed[asked] = runs.run(user, asked)
    ids = list(listed)
    chosen = st.selectbox(
        _("Run"), ids, index=ids.index(asked) if asked in listed else None, placeholder=_("any run"),
        format_func=lambda each: f"{listed[each].name} ({each})", label_visibility="collapsed", key="feedback run",
    )  # fmt: skip
    if chosen != asked:
        if chosen is None:
            st.query_params.pop("run", None)
        else:
            st.query_params["run"] = str(chosen)
    return chosen


def choose_dates() -> tuple[datetime | None, datetime | None]:
    """From the morning of the first day to the end of the last, on the reader's clock."""
    days = st.date_input(_("Days"), value=(), key="days", format="YYYY-MM-DD", label_visibility="collapsed")
    chosen = list(days) if isinstance(days, tuple | list) else [days]
    if not chosen:
        return None, None
    zone = here(datetime.now(UTC)).tzinfo
    first, last = (datetime.combine(day, time(), zone) for day in (chosen[0], chosen[-1]))
    return first, last + timedelta(days=1)


def wanted() -> feedback.FeedbackFilter:
    """The filter that the widgets hold."""
    search, run = st.columns([3, 2])
    verdict, days, mine = st.columns([2, 2, 1], vertical_alignment="center")
    sought = search.text_input(
        _("Search"), key="said", bind="query-params", placeholder=_("Comment, correct answer"),
        icon=":material/search:", label_visibility="collapsed",
    )  # fmt: skip
    with run:
        run_id = choose_run()
    chosen = verdict.selectbox(
        _("Judged"), VERDICTS, index=None, key="judged", bind="query-params", format_func=verdict_title,
        placeholder=_("right or wrong"), label_visibility="collapsed",
    )  # fmt: skip
    with days:
        since, until = choose_dates()
    only_mine = mine.toggle(_("Only mine"), key="mine", bind="query-params")
    return feedback.FeedbackFilter(
        run=run_id,
        verdict=chosen,
        owner=user.id if only_mine else None,
        search=sought or "",
        since=since,
        until=until,
        page=page_of("feedback"),
    )


def main() -> None:
    """The list."""
    header(_("Feedback"), _("What people said about answers. It is kept with the row and the model that answered."))
    asked = wanted()
    found = feedback.list_feedback(user, asked)
    if found.total:
        draw(found, asked, "feedback")
        return
    filtered = asked != feedback.FeedbackFilter(page=asked.page)
    if filtered:
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


main()
