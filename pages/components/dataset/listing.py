"""The list of data sets, and of those in the trash."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.components import session
from pages.components.layout import aside, empty, header, jump, open_page
from pages.components.line_menu import more_menu, restore_button
from pages.components.sampling import begin
from pages.components.tables import nothing_found, page_number, pages, search_order_trash
from pages.components.uploader import uploader
from pages.components.words import _, number, plural
from samples import SAMPLES
from services import datasets
from services.datasets import Dataset, Listed


def listing() -> None:
    """Draws the page: somewhere to drop a file, and what is there already."""
    user = session.me()
    header(
        _("Data"),
        _("Tables, pictures and texts to learn from. Each keeps its versions; cleaning never changes what you sent."),
    )
    arrived = uploader("new file")
    if arrived:
        open_page("data", upload=arrived.id)
    search, order, trashed = search_order_trash(_("Search names"))
    page = datasets.list_datasets(user, search, order, trashed, page_number() - 1)
    if not page.lines:
        _nothing(search, trashed)
    for line in page.lines:
        _row(line, mine=line.dataset.owner == user.id)
    pages(page.total, datasets.PAGE)


def _nothing(search: str, trashed: bool) -> None:
    if nothing_found(search, trashed, _("No data set has these words in its name.")):
        return
    below = empty("table", _("No data set yet"), _("Drop a file above, or begin with one of these."))
    for sample in SAMPLES.values():
        if below.button(_(sample.title), icon=sample.icon, key=f"sample {sample.name}"):
            begin(sample.name)


def _row(line: Listed, *, mine: bool) -> None:
    dataset, latest = line.dataset, line.latest
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None):
            jump(dataset.name, "data", key=f"open {dataset.id}", icon=":material/table:", id=dataset.id)
            facts = [] if latest is None else _facts(line)
            aside(*facts, "" if mine else _("by {name}").format(name=dataset.owner_name), when=dataset.created)
        if latest is not None and latest.status == "failed":
            st.badge(_("could not be read"), icon=":material/error:", color="red")
        elif latest is not None and latest.status == "importing":
            st.badge(_("being read"), icon=":material/hourglass_top:", color="gray")
        if mine:
            _actions(dataset)


def _facts(line: Listed) -> list[str]:
    latest = line.latest
    if latest is None or latest.rows is None or latest.columns is None:
        return []
    facts = [plural("{n} row", "{n} rows", latest.rows), plural("{n} column", "{n} columns", latest.columns)]
    if line.versions > 1:
        facts.append(_("version {n}").format(n=number(latest.number)))
    if line.runs:
        facts.append(plural("{n} run", "{n} runs", line.runs))
    return facts


def _actions(dataset: Dataset) -> None:
    user = session.me()
    if dataset.trashed_at is not None:
        restore_button(dataset.id, partial(datasets.restore, user, dataset.id))
        return
    star = ":material/star:" if dataset.starred else ":material/star_outline:"
    st.button(
        _("Starred") if dataset.starred else _("Star"),
        key=f"star {dataset.id}", icon=star, type="tertiary",
        on_click=datasets.star, args=(user, dataset.id, not dataset.starred),
    )  # fmt: skip
    rename, trash = partial(datasets.rename, user, dataset.id), partial(datasets.trash, user, dataset.id)
    more_menu(dataset.id, dataset.name, rename, trash)
