"""Settings: how this server is set up, whether its helpers live, what is stored, and how to erase it."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import streamlit as st

from pages.components import session
from pages.components.layout import header, on_network, plain, tabs, told
from pages.components.words import NONE, _, exact, number, plural, say, size
from services import belongings, server
from services.settings import SETTINGS

user = session.me()
STANDS_ON = ("streamlit", "keras", "tensorflow", "scikit-learn", "pandas", "plotly")


def this_server() -> None:
    """Health and storage."""
    state = server.state(user)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("Processes"), anchor=False)
        lives(state.supervisor, _("Supervisor"), _("Carries out training, imports and files of predictions."))
        lives(state.predicting, _("Predicting process"), _("Holds the last used models open and answers at once."))
        st.markdown(f"**{_('Training runs on')}**  \n{plain(say(state.device.text, state.device.values))}")
        reach = _("everyone on the network, without a password") if on_network() else _("this machine only")
        st.markdown(f"**{_('Can be opened by')}**  \n{reach}")
    with right:
        st.subheader(_("Storage"), anchor=False)
        used, free = st.columns(2)
        used.metric(_("Used by Loam"), size(state.used))
        free.metric(_("Free on the disk"), size(state.free))
        st.progress(state.used / max(1, state.used + state.free))
        st.caption(_("Everything lies in one folder: {folder}").format(folder=plain(state.folder)))


def lives(alive: bool, name: str, what: str) -> None:
    """A process in words."""
    word = (
        f":green[:material/check_circle: {_('running')}]" if alive else f":orange[:material/schedule: {_('starting')}]"
    )
    st.markdown(f"**{name}** &nbsp; {word}  \n:gray[{what}]")


def your_data() -> None:
    """What is stored where, for how long, and how to erase it."""
    mine = belongings.of(user)
    st.markdown(
        _(
            "You are **{name}** here, since {when}. Your name and what you make are on this server and nowhere else."
        ).format(name=plain(user.name), when=plain(exact(user.created)))
    )
    facts = {
        _("Data sets"): _("{n}, of which {trashed} in the trash").format(
            n=number(mine.datasets), trashed=number(mine.trashed_datasets)
        ),
        _("Runs with their models"): _("{n}, of which {trashed} in the trash").format(
            n=number(mine.runs), trashed=number(mine.trashed_runs)
        ),
        _("Named models"): _("{n}, of which {trashed} in the trash").format(
            n=number(mine.models), trashed=number(mine.trashed_models)
        ),
        _("Where"): plain(mine.folder),
        _("Sent files"): _("kept {days} after they are read").format(
            days=plural("{n} day", "{n} days", mine.upload_days)
        ),
        _("Trash"): _("erased for good after {days}").format(days=plural("{n} day", "{n} days", mine.trash_days)),
        _("Your name"): _("in a cookie of this browser for {days}, and in the database").format(
            days=plural("{n} day", "{n} days", mine.cookie_days)
        ),
    }
    st.table(facts, border="horizontal")
    st.markdown(_("To put a single thing away, use the trash on its page. Or at once, for good:"))
    with st.container(horizontal=True):
        if st.button(_("Empty my trash"), icon=":material/delete_forever:", disabled=not mine.trashed):
            sure(_("Empty my trash"), belongings.empty_trash)
        if st.button(_("Erase all my things"), icon=":material/delete_forever:", disabled=not mine.anything):
            sure(_("Erase all my things"), belongings.erase_all)


def sure(title: str, erase: object) -> None:
    """Asks once more, and erases."""

    @st.dialog(title)
    def window() -> None:
        st.markdown(_("This cannot be undone."))
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button(_("Keep everything")):
                st.rerun()
            if st.button(_("Erase"), type="primary", key="erase for good"):
                with told():
                    erase(user)
                    st.rerun()

    window()


def all_settings() -> None:
    """The table of settings: what holds, and how to change it."""
    st.markdown(_("Settings are environment variables of the server. They hold from its next start."))
    now = server.settings_now(user)
    said = {}
    for row in SETTINGS:
        values = _("Now: {now}. Default: {default}.").format(now=now[row.name] or NONE, default=row.default or NONE)
        said[plain(row.name)] = f"{plain(f'{_(row.title)}. {_(row.help)}')} :gray[{plain(values)}]"
    st.table(said, border="horizontal", alt=_("Settings of this server"))


def about() -> None:
    """What this is made of."""
    st.markdown(
        _(
            "**Loam** builds, uses and keeps improving models from tables, texts and pictures, for people who do not "
            "program."
        )
    )
    st.table(
        {name: plain(installed(name)) for name in STANDS_ON} | {"Python": plain(platform.python_version())},
        border="horizontal", width="content",
    )  # fmt: skip


def installed(name: str) -> str:
    """The version of a package; asks no package itself."""
    try:
        return version(name)
    except PackageNotFoundError:
        return _("not installed")


def main() -> None:
    """Draws the page."""
    header(_("Settings"), _("How this server is set up, what it keeps, and how to erase it."))
    views = {
        "server": (_("This server"), this_server), "data": (_("Your data"), your_data),
        "all": (_("All settings"), all_settings), "about": (_("About"), about),
    }  # fmt: skip
    opened = tabs({name: title for name, (title, _draw) in views.items()}, key="settings tabs")
    for name, (_title, draw) in views.items():
        if opened[name].open:
            with opened[name]:
                draw()


main()
