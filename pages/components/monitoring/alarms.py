"""Tab Alarms: what is not as it was, what was, and where new alarms are told."""

from __future__ import annotations

import streamlit as st

from pages.components import session
from pages.components.layout import aside, empty, plain, told
from pages.components.words import _, ago, number, percent, plural, say
from services import watching
from services.models import Model
from services.watching import Alarm, Monitored


def kind_of_alarm(kind: str) -> str:
    """What an alarm is of, in words."""
    return {
        "drift": _("drift"), "quality": _("quality"), "errors": _("failed requests"), "latency": _("slow answers"),
    }[kind]  # fmt: skip


def alarms(found: Monitored) -> None:
    """Draws the tab."""
    known = watching.alarms(session.me(), found.model.id)
    lasting = [alarm for alarm in known if alarm.closed is None]
    over = [alarm for alarm in known if alarm.closed is not None]
    if not lasting:
        empty("check_circle", _("No alarm"), _("An alarm comes by itself, and goes by itself when it is over."))
    for alarm in lasting:
        draw(alarm, found.model)
    if over:
        st.markdown(f"**{_('Over')}**")
    for alarm in over:
        draw(alarm, found.model)
    webhook(found)


def how_far(alarm: Alarm, model: Model) -> str:
    """How far it went, and from where on it is an alarm, with their unit. Plain text."""
    value, threshold = number(abs(alarm.value), 3), number(abs(alarm.threshold), 3)
    if alarm.kind == "drift":
        words = _("changed by {value}; an alarm from {threshold} on")
    elif alarm.kind == "latency":
        words = _("{value} ms; an alarm over {threshold} ms")
    elif alarm.kind == "quality" and model.answer == "number":
        words = _("off by {value}; an alarm over {threshold}")
    else:
        value, threshold = percent(alarm.value, 1), percent(alarm.threshold, 1)
        right, failed = (
            _("{value} right; an alarm under {threshold}"),
            _("{value} failed; an alarm from {threshold} on"),
        )
        words = right if alarm.kind == "quality" else failed
    return words.format(value=value, threshold=threshold)


def rests_on(alarm: Alarm) -> str:
    """On how much an alarm rests. Plain text."""
    if alarm.kind == "drift":
        return plural("rests on {n} row", "rests on {n} rows", alarm.rows)
    if alarm.kind == "quality":
        return plural("rests on {n} judged answer", "rests on {n} judged answers", alarm.rows)
    return plural("rests on {n} request", "rests on {n} requests", alarm.rows)


def draw(alarm: Alarm, model: Model) -> None:
    """One alarm: its sentence, on how many rows it rests, since when and until when."""
    icon = ":red[:material/notifications_active:]" if alarm.closed is None else ":gray[:material/check:]"
    with st.container(border=True, gap=None):
        st.markdown(f"{icon} {plain(say(alarm.text, alarm.values))}")
        over = "" if alarm.closed is None else _("over {when}").format(when=ago(alarm.closed))
        aside(
            kind_of_alarm(alarm.kind),
            how_far(alarm, model),
            rests_on(alarm),
            over,
            when=alarm.created, said=_("since {when}"),
        )  # fmt: skip


def webhook(found: Monitored) -> None:
    """Where new alarms are told; only the model's owner may change it."""
    st.subheader(_("Tell another program"), anchor=False)
    url = found.watch.webhook if found.watch is not None else None
    if found.model.owner != session.me().id:
        st.caption(_("The owner of this model, {name}, chooses where alarms are told.").format(
            name=plain(found.model.owner_name)
        ))  # fmt: skip
        return
    st.markdown(_(
        "Each new alarm is posted to this address as JSON, such as to a channel of your chat program. So is its end, "
        "when it has not come back for six hours."
    ))  # fmt: skip
    with st.form("webhook", border=False):
        written = st.text_input(
            _("Address (webhook)"), value=url or "", max_chars=500, key=f"webhook {found.model.id}",
            placeholder="https://chat.example.org/hooks/…",
        )  # fmt: skip
        saved = st.form_submit_button(_("Save"), key="save webhook")
    if saved:
        with told():
            watching.set_webhook(session.me(), found.model.id, written)
            st.rerun()
    if url:
        if found.problem is not None:
            said = say(found.problem.text, found.problem.values)
            st.warning(plain(_("The last alarm could not be told. {why}").format(why=said)), icon=":material/warning:")
        if st.button(_("Send a trial"), key="try webhook"):
            with told():
                watching.try_webhook(session.me(), found.model.id)
                st.success(_("It was taken."), icon=":material/check_circle:")
