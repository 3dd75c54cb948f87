"""What the owner of a line in a list can do with it: rename it, move it to the trash, take it back from there."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.components.layout import plain, told
from pages.components.renaming import rename
from pages.components.words import _


def more_menu(id: int, name: str, save_name: Callable[[str], None], trash: Callable[[], None]) -> None:
    """The menu of a line; `save_name` gets the new name and may raise a UserError, which is shown."""
    doings = {"rename": _("Rename"), "trash": _("Move to the trash")}
    chosen = st.menu_button(
        "", list(doings), icon=":material/more_horiz:", type="tertiary", format_func=doings.__getitem__,
        key=f"more {id}", help=_("More about {name}").format(name=plain(name)),
    )  # fmt: skip
    if chosen == "rename":
        rename(name, save_name)
    elif chosen == "trash":
        trash()
        st.toast(_("In the trash. You can restore it there."), icon=":material/delete:")
        st.rerun()


def restore_button(id: int, restore: Callable[[], None]) -> None:
    """Takes a line back from the trash."""
    if st.button(_("Restore"), key=f"restore {id}", icon=":material/restore_from_trash:"):
        with told():
            restore()
            st.rerun()
