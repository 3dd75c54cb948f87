"""Monitoring: the health of all models, or one model in use: requests, drift, quality, alarms."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.components import session
from pages.components.layout import aside, header, jump, link, plain, query_number, tabs, told
from pages.components.models.health import checked_in_words, health_badge, health_in_words
from pages.components.models.titles import version_title
from pages.components.monitoring.alarms import alarms
from pages.components.monitoring.drift import drift
from pages.components.monitoring.listing import listing
from pages.components.monitoring.period import choose_period
from pages.components.monitoring.quality import quality
from pages.components.monitoring.requests import requests
from pages.components.words import _
from services import watching
from services.watching import Monitored

user = session.me()


def heading(found: Monitored) -> None:
    """The model's name and how it does."""
    head = header(_("{model} in use").format(model=found.model.name), primary=_("Check now"), icon=":material/refresh:")
    if head.pressed:
        with told():
            watching.check_now(user, found.model.id)
            st.toast(_("It is checked in the background; this takes a few seconds."), icon=":material/refresh:")
    st.markdown(f"{health_badge(found.health)} {plain(health_in_words(found.health))}")
    aside(version_title(found.model.production), checked_in_words(found.health))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        link(_("The model"), "model", icon=":material/deployed_code:", id=found.model.id)
        jump(_("All models"), "monitoring", key="all models", icon=":material/arrow_back:")


def one(model_id: int) -> None:
    """The page of one model."""
    found = watching.monitored(user, model_id)
    heading(found)
    period = choose_period()
    views = {
        "requests": (_("Requests"), partial(requests, found, period)),
        "drift": (_("Drift"), partial(drift, found)),
        "quality": (_("Quality"), partial(quality, found, period)),
        "alarms": (_("Alarms"), partial(alarms, found)),
    }
    opened = tabs({name: title for name, (title, _draw) in views.items()}, key=f"monitoring-tabs-{model_id}")
    for name, (_title, draw) in views.items():
        if opened[name].open:
            with opened[name]:
                draw()


def main() -> None:
    """One model, or all."""
    model_id = query_number("model")
    if model_id is not None:
        one(model_id)
        return
    header(_("Monitoring"), _("How your models do in use: requests, drift, quality and alarms."))
    listing()


main()
