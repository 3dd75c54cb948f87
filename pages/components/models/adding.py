"""A finished run becomes a version: of a new model, or the next one of a model that predicts the same."""

from __future__ import annotations

import streamlit as st

from pages.components import session
from pages.components.layout import link, open_page, told
from pages.components.words import _, number
from services import models
from services.models import Places
from services.runs import Run

NEW = 0  # stands for a model that is not there yet


def as_version(run: Run, found: Places) -> bool:
    """The models of which the run is a version, and the way into another; says whether there are any."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for version in found.versions:
            words = _("Version {n} of {model}").format(n=number(version.number), model=version.model_name)
            link(words, "model", icon=":material/deployed_code:", id=version.model)
        if run.trashed_at is None:
            add_to_model(run, found)
    return bool(found.versions)


def add_to_model(run: Run, found: Places) -> None:
    """The button and what opens below it."""
    with st.popover(_("Add to a model"), icon=":material/add:", type="tertiary", key="add to a model"):
        st.markdown(_("A model has a name by which others ask it. You choose which of its versions answers."))
        known = {model.id: model for model in found.models}
        chosen = NEW
        if known:
            titles = {each: _("Next version of {model}").format(model=model.name) for each, model in known.items()}
            titles[NEW] = _("A new model")
            chosen = st.selectbox(_("Becomes"), list(titles), format_func=titles.__getitem__, key="becomes")
        name = st.text_input(_("Name"), value=found.name, max_chars=200, key="model name") if chosen == NEW else ""
        if st.button(_("Add"), type="primary", key="add-version"):
            with told():
                if chosen == NEW:
                    chosen = models.create(session.me(), run.id, name).id
                else:
                    models.add_version(session.me(), chosen, run.id)
                open_page("model", id=chosen)
