"""What every list has: search, order, pages. All of it stands in the address, so that a link shows the same list."""

from __future__ import annotations

import streamlit as st

from pages.components.layout import empty
from pages.components.words import _, number

PER_PAGE = 20


def search_order_trash(hint: str) -> tuple[str, str, bool]:
    """What is searched for, the order, and whether what lies in the trash is shown instead."""
    orders = {"newest": _("Newest first"), "oldest": _("Oldest first"), "name": _("By name")}
    left, middle, right = st.columns([6, 2, 1], vertical_alignment="center")
    search = left.text_input(
        _("Search"),
        key="q",
        bind="query-params",
        type="search",
        placeholder=hint,
        icon=":material/search:",
        label_visibility="collapsed",
        max_chars=200,
    )
    order = middle.selectbox(
        _("Order"),
        list(orders),
        key="sort",
        bind="query-params",
        format_func=orders.__getitem__,
        label_visibility="collapsed",
    )
    return search or "", order, right.toggle(_("Trash"), key="trash", bind="query-params")


def nothing_found(search: str, trashed: bool, unlike: str) -> bool:
    """Says that an empty list is only one of a search, for which `unlike` are the words, or of the trash."""
    if search:
        empty("search_off", _("Nothing found"), unlike)
    elif trashed:
        empty("delete", _("The trash is empty"), _("What you put here can be restored for a while."))
    return bool(search) or trashed


def page_number() -> int:
    """The page of the list that the address names, from 1."""
    asked = st.query_params.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def pages(total: int, per_page: int = PER_PAGE) -> None:
    """The pages below a list, when there is more than one."""
    count = -(-total // per_page)
    if count < 2:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        shown = min(page_number(), count)
        st.caption(
            _("{first}–{last} of {total}").format(
                first=number((shown - 1) * per_page + 1), last=number(min(shown * per_page, total)), total=number(total)
            )
        )
        st.pagination(count, key="page", bind="query-params")
