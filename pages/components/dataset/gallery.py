"""Tab Pictures: some of each class, or all of one class page by page."""

from __future__ import annotations

import streamlit as st

from engine.table.columns import Schema
from engine.table.facts import ColumnFacts
from pages.components import session
from pages.components.layout import plain
from pages.components.words import NONE, _, plural
from services import datasets
from services import gallery as shelves_of
from services.datasets import Version
from services.gallery import Shelf, Shelves

SIDE = 96  # pixels
MOST_CLASSES = 1_000


def gallery(version: Version) -> None:
    """Draws the tab."""
    user = session.me()
    schema = datasets.schema(user, version.id)
    facts = {each.name: each for each in datasets.facts(user, version.id)}
    pictures = [column.name for column in schema.columns if column.kind == "image"]
    by = _by(schema, facts)
    with st.grid(3, min_column_width=200):
        picture = pictures[0]
        if len(pictures) > 1:
            picture = st.selectbox(_("Pictures of"), pictures, key=f"gallery of {version.id}")
        chosen = by[0] if by else None
        if len(by) > 1:
            chosen = st.selectbox(_("By"), by, key=f"gallery by {version.id}")
        label = None
        if chosen is not None:
            label = st.selectbox(
                _("Only this class"), shelves_of.labels(user, version.id, chosen), index=None,
                key=f"gallery class {version.id} {chosen}", placeholder=_("All classes"),
            )  # fmt: skip
    key = f"gallery page {version.id} {picture} {chosen} {label}"
    page = int(session.recall(key, 1)) - 1
    if label is not None and chosen is not None:
        found = shelves_of.one_class(user, version.id, picture, chosen, label, page)
    else:
        found = shelves_of.classes(user, version.id, picture, chosen, page)
    _draw(found, key, named=chosen is not None)


def _by(schema: Schema, facts: dict[str, ColumnFacts]) -> list[str]:
    """The columns whose values are classes, the one called “label” first."""
    names = [
        column.name
        for column in schema.columns
        if column.kind in ("category", "boolean") and facts[column.name].distinct <= MOST_CLASSES
    ]
    return sorted(names, key=lambda name: name != "label")


def _draw(found: Shelves, key: str, *, named: bool) -> None:
    for shelf in found.shelves:
        if named:
            st.markdown(f"**{plain(shelf.label or NONE)}** &nbsp; :gray[{_total(shelf)}]")
        else:
            st.caption(_total(shelf))
        with st.container(horizontal=True, gap="small"):
            for path in shelf.pictures:
                st.image(str(path), width=SIDE)
    if found.pages > 1:
        st.pagination(found.pages, key=key)


def _total(shelf: Shelf) -> str:
    shown = plural("{n} picture", "{n} pictures", shelf.total)
    return shown if len(shelf.pictures) == shelf.total else _("{n} of {all}").format(n=len(shelf.pictures), all=shown)
