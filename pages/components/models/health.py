"""The health of a model, in a line."""

from __future__ import annotations

import streamlit as st

from pages.components import session
from pages.components.layout import link, plain
from pages.components.words import _, ago, number, percent, plural, say
from services import watching
from services.watching import Health


def health_badge(health: Health) -> str:
    """How it is, as Markdown: a colour with a sign and a word."""
    if health.state == "alarm":
        words = plural("{n} alarm", "{n} alarms", len(health.alarms))
        return f":red-badge[:material/notifications_active: {words}]"
    if health.state == "quiet":
        return f":gray-badge[:material/bedtime: {_('not asked today')}]"
    return f":green-badge[:material/check_circle: {_('all well')}]"


def health_in_words(health: Health) -> str:
    """The first alarm, or the traffic of the last day. Plain text."""
    if health.alarms:
        return say(health.alarms[0].text, health.alarms[0].values)
    traffic = health.traffic
    if not traffic.calls:
        return _("Nobody asked it in the last 24 hours.")
    words = [plural("{n} request in 24 hours", "{n} requests in 24 hours", traffic.calls)]
    if traffic.answered:
        words.append(_("half of the answers took at most {ms} ms").format(ms=number(traffic.half, 2)))
    if traffic.refused:
        words.append(plural("{n} refused", "{n} refused", traffic.refused))
    if traffic.failed:
        words.append(_("{share} failed").format(share=percent(traffic.failed / traffic.calls, 1)))
    return " · ".join(words)


def health_line(model_id: int) -> None:
    """On the page of a model: its health, and the way to more."""
    health = watching.health(session.me(), [model_id])[model_id]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{health_badge(health)} {plain(health_in_words(health))}", width="content")
        link(_("Monitoring"), "monitoring", icon=":material/monitoring:", model=model_id)


def checked_in_words(health: Health) -> str:
    """When it was checked last. Plain text."""
    return (
        _("not checked yet") if health.checked_at is None else _("checked {when}").format(when=ago(health.checked_at))
    )
