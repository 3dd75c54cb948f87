"""The list of models, and of those in the trash."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.components import session
from pages.components.layout import aside, empty, link, open_page, plain, told
from pages.components.models.health import health_badge
from pages.components.models.titles import version_title
from pages.components.renaming import rename
from pages.components.run_words import result_in_words
from pages.components.tables import page_number, pages, search_and_order
from pages.components.words import _, plural
from services import models, watching
from services.models import Listed
from services.watching import Health


def listing() -> None:
    """Draws what is looked for, a line each."""
    user = session.me()
    search, order, trashed = _controls()
    page = models.list_models(user, search, order, trashed, page_number() - 1)
    if not page.lines:
        _nothing(search, trashed)
    health = {} if trashed else watching.health(user, [line.model.id for line in page.lines])
    for line in page.lines:
        _row(line, health.get(line.model.id), mine=line.model.owner == user.id)
    pages(page.total, models.PAGE)


def _controls() -> tuple[str, str, bool]:
    orders = {"newest": _("Newest first"), "oldest": _("Oldest first"), "name": _("By name")}
    search, order, more = search_and_order(orders, _("Search names and what is predicted"))
    return search, order, more.toggle(_("Trash"), key="trash", bind="query-params")


def _nothing(search: str, trashed: bool) -> None:
    if search:
        empty("search_off", _("Nothing found"), _("No model has these words in its name or in what it predicts."))
        return
    if trashed:
        empty("delete", _("The trash is empty"), _("What you put here can be restored for a while."))
        return
    below = empty(
        "deployed_code",
        _("No model yet"),
        _("Open a finished run and choose “Add to a model”: it gets a name by which others ask it."),
    )
    if below.button(_("Choose a run"), key="choose a run"):
        open_page("runs", status="finished")


def _row(line: Listed, health: Health | None, *, mine: bool) -> None:
    model = line.model
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None):
            link(model.name, "model", icon=":material/deployed_code:", id=model.id)
            st.markdown(f"{version_title(model.production)}: {plain(result_in_words(line.run))}")
            aside(
                _("predicts {target}").format(target=model.target),
                plural("{n} version", "{n} versions", line.versions),
                "" if mine else _("by {name}").format(name=model.owner_name),
                when=line.promoted, said=_("promoted {when}"),
            )  # fmt: skip
        if health is not None:
            st.markdown(health_badge(health), width="content")
        if model.candidate is not None:
            st.badge(
                _("candidate: version {n}").format(n=model.candidate), icon=":material/hourglass_top:", color="gray"
            )
        if mine:
            _actions(line)


def _actions(line: Listed) -> None:
    model = line.model
    if model.trashed_at is not None:
        if st.button(_("Restore"), key=f"restore {model.id}", icon=":material/restore_from_trash:"):
            with told():
                models.restore(session.me(), model.id)
                st.rerun()
        return
    doings = {"rename": _("Rename"), "trash": _("Move to the trash")}
    chosen = st.menu_button(
        "", list(doings), icon=":material/more_horiz:", type="tertiary", format_func=doings.__getitem__,
        key=f"more {model.id}", help=_("More about {name}").format(name=plain(model.name)),
    )  # fmt: skip
    if chosen == "rename":
        rename(model.name, partial(models.rename, session.me(), model.id))
    elif chosen == "trash":
        models.trash(session.me(), model.id)
        st.toast(_("In the trash. You can restore it there."), icon=":material/delete:")
        st.rerun()
