"""The list of models, and of those in the trash."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.components import session
from pages.components.layout import aside, empty, link, open_page, plain
from pages.components.line_menu import more_menu, restore_button
from pages.components.models.health import health_badge
from pages.components.models.titles import version_title
from pages.components.run_words import result_in_words
from pages.components.tables import nothing_found, page_number, pages, search_order_trash
from pages.components.words import _, plural
from services import models, watching
from services.models import Listed, Model
from services.watching import Health


def listing() -> None:
    """Draws what is looked for, a line each."""
    user = session.me()
    search, order, trashed = search_order_trash(_("Search names and what is predicted"))
    page = models.list_models(user, search, order, trashed, page_number() - 1)
    if not page.lines:
        _nothing(search, trashed)
    health = {} if trashed else watching.health(user, [line.model.id for line in page.lines])
    for line in page.lines:
        _row(line, health.get(line.model.id), mine=line.model.owner == user.id)
    pages(page.total, models.PAGE)


def _nothing(search: str, trashed: bool) -> None:
    if nothing_found(search, trashed, _("No model has these words in its name or in what it predicts.")):
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
            _actions(model)


def _actions(model: Model) -> None:
    user = session.me()
    if model.trashed_at is None:
        more_menu(model.id, model.name, partial(models.rename, user, model.id), partial(models.trash, user, model.id))
    else:
        restore_button(model.id, partial(models.restore, user, model.id))
