"""Which feedback a tab is about: the model, and the filters of the lists. All of it stands in the address."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import streamlit as st

from pages.components import session
from pages.components.feedbacks import verdict_title
from pages.components.layout import query_number
from pages.components.tables import page_number
from pages.components.words import _, here
from services import models, runs
from services.feedback import FeedbackFilter, FeedbackVerdict
from services.models import Model

VERDICTS: tuple[FeedbackVerdict, ...] = ("right", "wrong")


def choose_model() -> Model | None:
    """The model of the address, or the newest; another can be chosen. None when there is none."""
    listed = known_models()
    if not listed:
        return None
    newest = next(iter(listed))
    chosen = _choose("model", _("Model"), listed, "", query_number("model") or newest)
    return models.model(session.me(), chosen or newest).model


def known_models() -> dict[int, str]:
    """Names of models by id, newest first; also that of the address when it lies in the trash."""
    user = session.me()
    listed, asked = models.titles(user), query_number("model")
    if asked is not None and asked not in listed:
        listed[asked] = models.model(user, asked).model.name
    return listed


def known_runs() -> dict[int, str]:
    """Names of finished runs by id, newest first; also that of the address when it is not finished or in the trash."""
    user = session.me()
    listed, asked = {run.id: run.name for run in runs.titles(user)}, query_number("run")
    if asked is not None and asked not in listed:
        listed[asked] = runs.run(user, asked).name
    return {each: f"{name} ({each})" for each, name in listed.items()}


def filters() -> FeedbackFilter:
    """The filter that the widgets hold, and the page of the list that the address names."""
    search, model, run = st.columns([3, 2, 2])
    verdict, days, mine = st.columns([2, 2, 1], vertical_alignment="center")
    sought = search.text_input(
        _("Search"), key="said", bind="query-params", placeholder=_("Comment, correct answer"),
        icon=":material/search:", label_visibility="collapsed",
    )  # fmt: skip
    with model:
        model_id = _choose("model", _("Model"), known_models(), _("any model"), query_number("model"))
    with run:
        run_id = _choose("run", _("Run"), known_runs(), _("any run"), query_number("run"))
    chosen = verdict.selectbox(
        _("Judged"), VERDICTS, index=None, key="judged", bind="query-params", format_func=verdict_title,
        placeholder=_("right or wrong"), label_visibility="collapsed",
    )  # fmt: skip
    with days:
        since, until = choose_dates()
    only_mine = mine.toggle(_("Only mine"), key="mine", bind="query-params")
    return FeedbackFilter(
        run=run_id,
        model=model_id,
        verdict=chosen,
        owner=session.me().id if only_mine else None,
        search=(sought or "").strip(),
        since=since,
        until=until,
        page=page_number() - 1,
    )


def choose_dates() -> tuple[datetime | None, datetime | None]:
    """From the morning of the first day to the end of the last, on the reader's clock."""
    days = st.date_input(
        _("Days"), value=(), key="days", bind="query-params", format="YYYY-MM-DD", label_visibility="collapsed"
    )
    chosen = list(days) if isinstance(days, tuple | list) else [days]
    if not chosen:
        return None, None
    zone = here(datetime.now(UTC)).tzinfo
    first, last = (datetime.combine(day, time(), zone) for day in (chosen[0], chosen[-1]))
    return first, last + timedelta(days=1)


def _choose(name: str, label: str, listed: dict[int, str], any_one: str, at: int | None) -> int | None:
    """One of them, or, where `any_one` says how that is called, none; kept in the address as `name` once it is chosen.

    What stands there first, `at`, is not: the other tabs would be narrowed to what nobody asked for.
    """
    ids, key = list(listed), f"feedback {name}" if any_one else f"feedback one {name}"
    chosen = st.selectbox(
        label, ids, index=ids.index(at) if at in listed else None, placeholder=any_one,
        format_func=listed.__getitem__, label_visibility="collapsed", key=key,
    )  # fmt: skip
    if chosen != at:
        if chosen is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(chosen)
    return chosen
