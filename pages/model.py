"""Model: one address for a name that others ask; its versions, which of them answers, and how that came about."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.errors import NotFound
from pages.components import session
from pages.components.absent import choose_from
from pages.components.clicks import show_refusal
from pages.components.layout import aside, header, open_page, plain, query_number, tabs, told
from pages.components.models.api import api
from pages.components.models.card import card_html
from pages.components.models.health import health_line
from pages.components.models.hearing import hearing
from pages.components.models.history import history
from pages.components.models.improve import improve
from pages.components.models.versions import versions
from pages.components.run_words import score_in_words
from pages.components.share import share
from pages.components.words import _, number, plural
from services import models, runs
from services.models import ModelView

user = session.me()


def heading(view: ModelView) -> None:
    """Name, what it is, and what can be done with it."""
    model = view.model
    head = header(
        model.name, primary=_("Predict"), icon=":material/auto_awesome:", disabled=model.trashed_at is not None
    )
    if head.pressed:
        open_page("ask", model=model.id)
    with head.more:
        st.download_button(
            _("Model card"), lambda: card_html(view, runs.evaluation(user, view.production.run.id)),
            f"model-card-{model.id}.html", "text/html", key="card", icon=":material/description:", on_click="ignore",
            help=_("One HTML file that says what this model is for, what it rests on and how good it is."),
        )  # fmt: skip
        share("share-model")
        if model.owner == user.id:
            more(view)
    aside(
        _("predicts {target}").format(target=model.target),
        plural("{n} version", "{n} versions", len(view.versions)),
        _("by {name}").format(name=model.owner_name),
        when=model.created,
    )
    if model.trashed_at is not None:
        in_trash(view)


def in_trash(view: ModelView) -> None:
    """A model in the trash says so, and comes back with one click."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            ":material/delete: " + _("This model is in the trash: nobody can ask it by its name."), width="content"
        )
        if view.model.owner == user.id and st.button(_("Restore"), key="restore-model"):
            with told():
                models.restore(user, view.model.id)
                st.rerun()


def more(view: ModelView) -> None:
    """Another name, trash."""
    model = view.model
    with st.popover("", icon=":material/more_horiz:", help=_("More"), key="more"):
        with st.form("about", border=False):
            name = st.text_input(_("Name"), value=model.name, max_chars=200, key="new model name")
            saved = st.form_submit_button(_("Save"), key="save-model")
        if saved:
            with told():
                models.rename(user, model.id, name)
                st.rerun()
        if model.trashed_at is None and st.button(
            _("Move to trash"), icon=":material/delete:", type="tertiary", key="trash"
        ):
            with told():
                models.trash(user, model.id)
                open_page("models")


def answers_now(view: ModelView) -> None:
    """The version that answers, and how good it is."""
    promoted = next(change for change in view.changes if change.pointer == "production")
    with st.container(border=True, gap=None):
        st.subheader(plain(score_in_words(view.production.run)), anchor=False)
        st.markdown(_("Version {n} answers whoever asks this model.").format(n=number(view.model.production)))
        aside(_("made production by {name}").format(name=promoted.owner_name), when=promoted.created)
        if view.model.trashed_at is None:
            health_line(view.model.id)


def which(why: NotFound | str) -> None:
    """No model to show, and the way to all of them."""
    header(_("Model"))
    choose_from("deployed_code", _("Which model?"), why, _("All models"), "models")


def main() -> None:
    """The page of the model that the address names."""
    model_id = query_number("id")
    if model_id is None:
        which(_("Choose one from the list."))
        return
    try:
        view = models.model(user, model_id)
    except NotFound as error:
        which(error)
        return
    heading(view)
    show_refusal()
    answers_now(view)
    changeable = view.model.owner == user.id and view.model.trashed_at is None
    views = {
        "versions": (_("Versions"), partial(versions, view, changeable=changeable)),
        "api": (_("API"), partial(api, view, changeable=changeable)),
        "feedback": (_("Feedback"), partial(hearing, view.model)),
        "improve": (_("Improve"), partial(improve, view, changeable=changeable)),
        "history": (_("History"), partial(history, view)),
    }
    opened = tabs({name: title for name, (title, _draw) in views.items()}, key=f"model-tabs-{model_id}")
    for name, (_title, draw) in views.items():
        if opened[name].open:
            with opened[name]:
                draw()


main()
