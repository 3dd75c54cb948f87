"""Tabs Versions and Used by: how a data set came to be what it is, and what learned from it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.components import session
from pages.components.layout import aside, empty, link, open_page, plain
from pages.components.run_words import result_in_words
from pages.components.words import _, number, plural
from services import datasets
from services.datasets import DatasetView, Version


def versions(view: DatasetView, shown: Version) -> None:
    """Every version, newest first; an earlier one is as it was."""
    st.markdown(
        _("Each change makes a new version. Earlier ones stay as they were, and so does what learned from them.")
    )
    for version in view.versions:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap=None):
                name = _("Version {n}").format(n=number(version.number))
                st.markdown(f"**{name}** · {plain(version.note or _first_words(version, view.versions))}")
                aside(*_facts(version), when=version.created)
            if version.id == shown.id:
                st.badge(_("shown"), color="green", icon=":material/visibility:")
            elif st.button(_("Open"), key=f"open version {version.id}"):
                open_page("data", id=view.dataset.id, version=version.id, tab="preview")
            if version.status == "ready":
                link(_("Train on it"), "train", version=version.id)


def _first_words(version: Version, known: Sequence[Version]) -> str:
    """How it came to be; only feedback adds rows to those that were sent."""
    if version.parent is None:
        return _("as it was sent")
    before = next((each.rows or 0 for each in known if each.id == version.parent), 0)
    more = (version.rows or 0) - before
    if more > 0:
        return plural("{n} row of accepted feedback added", "{n} rows of accepted feedback added", more)
    return plural("{n} step", "{n} steps", len(version.steps))


def _facts(version: Version) -> list[str]:
    if version.status == "failed":
        return [_("could not be made")]
    if version.rows is None or version.columns is None:
        return [_("being made")]
    sizes = [plural("{n} row", "{n} rows", version.rows), plural("{n} column", "{n} columns", version.columns)]
    return [_("undone"), *sizes] if version.status == "undone" else sizes


def used_by(view: DatasetView) -> None:
    """The runs that learned from it."""
    runs = datasets.used_by(session.me(), view.dataset.id)
    if not runs:
        below = empty("model_training", _("Nothing has learned from it yet"), _("A first model takes about a minute."))
        if view.latest.status == "ready" and below.button(_("Train a model"), key="train from used by"):
            open_page("train", version=view.latest.id)
        return
    for run in runs:
        with st.container(border=True, gap=None):
            link(run.name, "run", icon=":material/show_chart:", id=run.id)
            aside(
                result_in_words(run), _("version {n}").format(n=number(run.version_number)),
                _("by {name}").format(name=run.owner_name), when=run.created,
            )  # fmt: skip
