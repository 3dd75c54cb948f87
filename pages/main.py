"""The script that Streamlit runs: who is it, the pages, and the navigation between them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st

from engine.errors import UserError
from pages.components import namecard, running, session
from pages.components.layout import arrive, on_network, problem
from pages.components.words import _

MARK = Path(__file__).parent / "components" / "loam.svg"


WIDEST = 1200  # pixels of the content: longer lines are hard to read
ALONE = "\u00a0"  # a group without a heading: an empty one would stand first


class PageRow(NamedTuple):
    """One page: its file (and the name in its address), its group in the navigation, its title and its icon."""

    name: str
    group: str
    title: str
    icon: str
    listed: bool = True


PAGES = (
    PageRow("home", "Build", "Home", "home"),
    PageRow("data", "Build", "Data", "table"),
    PageRow("train", "Build", "Train", "model_training"),
    PageRow("runs", "Build", "Runs", "show_chart"),
    PageRow("run", "Build", "Run", "show_chart", listed=False),
    PageRow("models", "Use", "Models", "deployed_code"),
    PageRow("model", "Use", "Model", "deployed_code", listed=False),
    PageRow("ask", "Use", "Ask", "auto_awesome", listed=False),
    PageRow("predict", "Use", "Predict", "auto_awesome"),
    PageRow("feedback", "Use", "Feedback", "rate_review"),
    PageRow("monitoring", "Use", "Monitoring", "monitoring"),
    PageRow("settings", ALONE, "Settings", "settings"),
)


def navigation() -> st.Page:
    """The page that the address names; draws the navigation on the left."""
    groups: dict[str, list[st.Page]] = {}
    for row in PAGES:
        page = st.Page(
            f"{row.name}.py",
            title=_(row.title),
            icon=f":material/{row.icon}:",
            url_path=row.name,
            default=row is PAGES[0],
            visibility="visible" if row.listed else "hidden",
        )
        groups.setdefault(_(row.group), []).append(page)
    return st.navigation(groups)


def main() -> None:
    """One run of the script."""
    st.set_page_config(page_title="Loam", page_icon=MARK, layout="wide")
    page = navigation()
    arrive(page.url_path or PAGES[0].name)
    if session.visitor() is None:
        namecard.ask()
    namecard.keep()
    with st.container(horizontal_alignment="center"), st.container(width=WIDEST):
        running.counter()
        if on_network():
            open_to_all()
        try:
            page.run()
        except UserError as error:
            problem(error)


def open_to_all() -> None:
    """Stands on every page as long as anyone may come in."""
    st.caption(
        _(
            ":orange[:material/lan:] This server is open to the network and asks for no password: anyone who can "
            "reach it can see and change what is in it."
        )
    )


main()
