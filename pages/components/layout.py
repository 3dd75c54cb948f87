"""What every page looks like: its heading, its errors, its empty states, its links.

Knows nothing of what is shown. Names that people gave are text: put them through `plain` wherever Markdown is drawn.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from uuid import uuid4

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_tab_container import TabContainer
from streamlit.errors import StreamlitAPIException

from engine.errors import LoamError, UserError
from engine.events import Note
from pages.components import session
from pages.components.words import _, ago, exact, say

log = logging.getLogger("loam.pages")

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&=@^\"'/%:])")
_FOUND_LATE = re.compile(  # what is drawn differently wherever it stands, even when it is escaped
    r"(?<!\d):(?=[\w+/-])|:(?=[A-Za-z_+/-])"  # icons, emoji, colours and addresses
    r"|\bwww(?=\.)|(?=@)"  # more addresses
    r"|<(?=-|=)|-(?=>|-)|>(?==)|~(?==)"  # arrows and signs
)
OPEN, LEFT = "open page", "left page"
_JOINER = "\u2060"  # has no width
_NUMBER = re.compile(r"[0-9]{1,15}")  # longer ones are no ids: a database cannot hold them


def plain(text: object) -> str:
    """The text as Markdown that shows it letter by letter, on one line: no markup, formula, icon or HTML in it acts."""
    line = " ".join(str(text).split())
    return _MARKS.sub(r"\\\1", _FOUND_LATE.sub(lambda found: found[0] + _JOINER, line))


@dataclass(frozen=True)
class Header:
    """What came of a heading: `pressed` is the primary button, `more` takes quiet buttons to its left."""

    pressed: bool
    more: DeltaGenerator


def header(
    title: str,
    caption: str = "",
    *,
    primary: str = "",
    icon: str | None = None,
    disabled: bool = False,
    help: str | None = None,
    hover: str | None = None,
) -> Header:
    """A page's one heading, what it says below, and its one primary button on the right.

    `title` is plain text. `caption` is Markdown: put names through `plain`; `hover` is its tooltip (an exact time).
    Draw quiet buttons with `head.more.button(…)`; they stand before the primary one.
    """
    line = st.container(horizontal=True, vertical_alignment="bottom")
    line.title(plain(title), anchor=False)
    with line.container(horizontal=True, width="content"):
        more = st.container(horizontal=True, width="content")
        pressed = bool(primary) and st.button(
            primary, type="primary", icon=icon, disabled=disabled, help=help, key="primary action"
        )
    if caption:
        st.caption(caption, help=hover)
    return Header(pressed, more)


def reason_of(error: Mapping[str, Any] | None, otherwise: Note) -> Note:
    """What is stored of a failure; `otherwise` where nobody wrote down why."""
    return Note(text=error["text"], values=error["values"]) if error else otherwise


def problem(error: LoamError | Note) -> None:
    """What went wrong and what to do, in words."""
    st.error(plain(say(error.text, error.values)), icon=":material/error:")


def bug(error: Exception) -> str:
    """Logs what nobody foresaw and tells the reader its reference number, which is returned."""
    reference = uuid4().hex[:8]
    log.error("reference %s", reference, exc_info=error)
    st.error(
        _("Something went wrong on our side. Nothing you entered is lost. Tell us this number: {reference}").format(
            reference=reference
        ),
        icon=":material/error:",
    )
    return reference


@contextmanager
def told() -> Iterator[None]:
    """Shows a reader's mistake in the place where it happens and goes on below it.

    with told():
        services.datasets.rename(user, dataset, name)
    """
    try:
        yield
    except UserError as error:
        problem(error)


def aside(*parts: str, when: datetime | None = None, said: str = "{when}") -> None:
    """A small grey line of facts, plain text; the time comes last, relative, with the exact one on hover.

    `said` are the words around the time, such as “since {when}”.
    """
    shown = [plain(part) for part in parts if part]
    if when is not None:
        shown.append(f'<span title="{escape(exact(when))}">{plain(said.format(when=ago(when)))}</span>')
    st.caption(" · ".join(shown), unsafe_allow_html=True)


def tabs(titles: Mapping[str, str], key: str) -> dict[str, TabContainer]:
    """Tabs that the address names (`?tab=columns`): containers by name. Draw only into the one that is `open`."""
    names = list(titles)
    asked = st.query_params.get("tab", "")
    title = titles.get(asked, titles[names[0]])
    if session.recall(key, title) != title:  # the address changed: a link, or the browser's Back
        session.remember(key, title)

    def turned() -> None:
        now = session.recall(key)
        st.query_params["tab"] = next(name for name in names if titles[name] == now)

    drawn = st.tabs(list(titles.values()), default=title, key=key, on_change=turned)
    return dict(zip(names, drawn, strict=True))


def empty(icon: str, title: str, text: str) -> DeltaGenerator:
    """An empty list: what belongs there. Draw its one button into the container that is returned."""
    box = st.container(border=True, horizontal_alignment="center")
    box.space("small")
    box.markdown(f"### :material/{icon}: {title}", text_alignment="center")
    box.markdown(f":gray[{text}]", text_alignment="center")
    below = box.container(horizontal=True, horizontal_alignment="center")
    box.space("small")
    return below


def open_page(name: str, **query: Any) -> None:
    """Goes to a page of main.PAGES; `query` is its address after the question mark, such as id=7."""
    wanted, here = _query(query), session.recall(OPEN)
    if name != here:
        session.remember(LEFT, (here, wanted, st.query_params.to_dict()))
    st.switch_page(f"{name}.py", query_params=wanted)


def arrive(page: str) -> None:
    """Says which page is open. One that a button led away from gets its own address back when its reader comes back.

    Streamlit writes the next page's query into the browser's history as if it were one of the page that is left.
    """
    session.remember(OPEN, page)
    left, wanted, own = session.recall(LEFT, (None, {}, {}))
    if page == left and wanted.keys() != own.keys() and st.query_params.to_dict() == wanted:
        with suppress(StreamlitAPIException):  # what a search field holds can be set by the field alone
            st.query_params.from_dict(own)


def link(label: str, name: str, *, icon: str | None = None, help: str | None = None, **query: Any) -> None:
    """A link to a page. `label` is plain text."""
    st.page_link(f"{name}.py", label=plain(label), icon=icon, help=help, query_params=_query(query))


def jump(label: str, name: str, *, key: str, icon: str | None = None, **query: Any) -> None:
    """Like `link`, to another view of the page that is open: there a link would be drawn as if it led nowhere."""
    if st.button(plain(label), key=key, icon=icon, type="tertiary"):
        open_page(name, **query)


def query_number(name: str) -> int | None:
    """A whole number of the page's address, such as the 7 of `/run?id=7`; None when it is not there or no number."""
    value = st.query_params.get(name, "")
    return int(value) if _NUMBER.fullmatch(value) else None


def query_numbers(name: str) -> list[int]:
    """The whole numbers of the page's address, each once, such as the 3 and the 7 of `/runs?compare=3,7`."""
    values = st.query_params.get(name, "").split(",")
    return list(dict.fromkeys(int(value) for value in values if _NUMBER.fullmatch(value)))


def on_network() -> bool:
    """Whether others than this machine can open the pages."""
    return st.get_option("server.address") not in {"127.0.0.1", "localhost", "::1"}


def _query(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None}
