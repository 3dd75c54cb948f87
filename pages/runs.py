"""Runs: all that was trained, in one table; tick two to five to set them side by side. Filters stand in the address."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.components import session
from pages.components.comparing import compare_page
from pages.components.layout import empty, header, open_page, query_numbers, told
from pages.components.run_words import result_in_words, status_title
from pages.components.tables import page_number, pages
from pages.components.trash import undo_bar
from pages.components.words import NONE, _, ago, duration, plural
from services import runs

MOST_COMPARED = 5
STATUSES = ("finished", "running", "queued", "failed", "stopped")
SORTS = ("newest", "oldest", "best", "name")

user = session.me()


def sort_title(sort: str) -> str:
    """An order in words."""
    return {"newest": _("newest first"), "oldest": _("oldest first"), "best": _("best first"), "name": _("by name")}[
        sort
    ]


def wanted() -> tuple[runs.RunFilter, bool]:
    """The filter that the widgets and the address hold, and whether it leaves anything out."""
    search, status, sort, more = st.columns([4, 2, 2, 2], vertical_alignment="center")
    sought = search.text_input(
        _("Search"), key="search", bind="query-params", placeholder=_("Name, note, tag, data set"),
        icon=":material/search:", label_visibility="collapsed",
    )  # fmt: skip
    chosen = status.selectbox(
        _("Status"), STATUSES, index=None, key="status", bind="query-params", format_func=status_title,
        placeholder=_("any status"), label_visibility="collapsed",
    )  # fmt: skip
    order = sort.selectbox(
        _("Order"), SORTS, key="sort", bind="query-params", format_func=sort_title, label_visibility="collapsed"
    )
    with more.container(horizontal=True):
        starred = st.toggle(_("Starred"), key="starred", bind="query-params")
        trashed = st.toggle(_("Trash"), key="trash", bind="query-params")
    asked = runs.RunFilter(
        search=sought or "", status=chosen, starred=starred, trashed=trashed, sort=order or "newest",
        page=page_number() - 1,
    )  # fmt: skip
    return asked, bool(sought or chosen or starred)


def table(listed: Sequence[runs.Run]) -> pd.DataFrame:
    """A row for each run, in words."""
    return pd.DataFrame(
        [
            {
                "name": f":material/star: {run.name}" if run.starred else run.name,
                "result": result_in_words(run),
                "predicts": run.target,
                "data": f"{run.dataset_name} · {run.version_number}",
                "took": took(run),
                "when": ago(run.created),
                "who": run.owner_name,
                "tags": run.tags,
            }
            for run in listed
        ]
    )


def took(run: runs.Run) -> str:
    """The time from start to end."""
    return duration(round((run.finished - run.started).total_seconds())) if run.finished and run.started else NONE


def open_clicked(listed: Sequence[runs.Run]) -> None:
    """A click on a name opens the run."""
    click = session.recall("runs-open")
    if click is not None and click["row"] < len(listed):
        open_page("run", id=listed[click["row"]].id)


def draw_table(listed: Sequence[runs.Run]) -> list[runs.Run]:
    """The table; the ticked runs."""
    columns = {
        "name": st.column_config.ButtonColumn(
            _("Run"), type="tertiary", alignment="left", key="runs-open", on_click=open_clicked, args=(listed,)
        ),
        "result": st.column_config.TextColumn(_("Result"), width="medium"),
        "predicts": st.column_config.TextColumn(_("Predicts")),
        "data": st.column_config.TextColumn(_("Data set · version")),
        "took": st.column_config.TextColumn(_("Took"), alignment="right"),
        "when": st.column_config.TextColumn(_("When")),
        "who": st.column_config.TextColumn(_("Who")),
        "tags": st.column_config.ListColumn(_("Tags")),
    }
    event = st.dataframe(
        table(listed), hide_index=True, width="stretch", height="content", column_config=columns, placeholder=NONE,
        on_select="rerun", selection_mode="multi-row", key=f"runs-{hash(tuple(run.id for run in listed))}",
        alt=_("Runs"),
    )  # fmt: skip
    return [listed[i] for i in event.selection.rows if i < len(listed)]


def actions(ticked: list[runs.Run], trashed: bool) -> None:
    """What can be done with the ticked runs."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if not ticked:
            st.caption(_("Click a name to open a run. Tick two to five to compare them."))
            return
        st.markdown(plural("{n} run ticked", "{n} runs ticked", len(ticked)), width="content")
        if trashed:
            restore(ticked)
        else:
            compare(ticked)
            throw_away(ticked)


def compare(ticked: list[runs.Run]) -> None:
    """Sets them side by side, where that says something."""
    alike = len({(run.dataset, run.target, run.answer) for run in ticked}) == 1
    finished = all(run.status == "finished" for run in ticked)
    comparable = 2 <= len(ticked) <= MOST_COMPARED and alike and finished
    lacking = _("Two to five finished runs on one data set that predict the same can be compared.")
    if st.button(
        _("Compare"), type="primary", icon=":material/compare_arrows:", disabled=not comparable, key="compare",
        help=None if comparable else lacking,
    ):  # fmt: skip
        open_page("runs", compare=",".join(str(run.id) for run in ticked))


def throw_away(ticked: list[runs.Run]) -> None:
    """Moves them to the trash."""
    refused, ids = not_mine(ticked), [run.id for run in ticked]
    if st.button(
        _("Move to trash"), icon=":material/delete:", disabled=refused is not None, help=refused, key="trash-ticked"
    ):
        with told():
            runs.trash_runs(user, ids)
            session.remember("just trashed", ids)
            st.rerun()


def restore(ticked: list[runs.Run]) -> None:
    """Takes them back from the trash."""
    refused = not_mine(ticked)
    if st.button(
        _("Restore"), icon=":material/restore_from_trash:", disabled=refused is not None, help=refused, key="restore"
    ):
        with told():
            runs.restore_runs(user, [run.id for run in ticked])
            st.rerun()


def not_mine(ticked: list[runs.Run]) -> str | None:
    """Why the ticked runs cannot be moved; None when all of them are this person's."""
    if all(run.owner == user.id for run in ticked):
        return None
    return _("Only the person who started a run may move it, and others’ runs are among the ticked ones.")


def listing() -> None:
    """The list."""
    head = header(_("Runs"), primary=_("New model"), icon=":material/add:")
    if head.pressed:
        open_page("train")
    asked, filtered = wanted()
    found = runs.list_runs(user, asked)
    undo_bar(_("Moved to the trash."), lambda ids: runs.restore_runs(user, ids))
    if not found.runs:
        nothing(filtered, asked.trashed)
        return
    above = st.container()
    ticked = draw_table(found.runs)
    with above:
        actions(ticked, asked.trashed)
    pages(found.total, runs.PAGE)


def nothing(filtered: bool, trashed: bool) -> None:
    """An empty list says what belongs there."""
    if trashed:
        empty("delete", _("The trash is empty"), _("Runs that you throw away wait here and can be restored."))
    elif filtered:
        empty("search_off", _("Nothing found"), _("No run is like that. Search for less, or for something else."))
    else:
        below = empty("show_chart", _("No runs yet"), _("A run is one model being trained, and what came of it."))
        with below:
            if st.button(_("Train the first model"), type="primary", key="first model"):
                open_page("train")


asked_ids = query_numbers("compare")
if len(asked_ids) >= 2:
    compare_page(asked_ids[:MOST_COMPARED])
else:
    listing()
