"""The keys of a model: made, with the secret shown once, listed with when each was used last, and revoked."""

from __future__ import annotations

import streamlit as st

from pages.components import session
from pages.components.layout import aside, plain, told
from pages.components.words import _, exact, plural
from services import api_keys
from services.api_keys import ApiKey, Made, Scope
from services.models import Model

DAYS = (30, 90, 365, 0)  # none: without end


def scope_title(scope: Scope) -> str:
    """What a key may be used for, in words."""
    return {
        "predict": _("ask"), "explain": _("ask why"), "feedback": _("give feedback"), "read": _("read its description"),
    }[scope]  # fmt: skip


def keys(model: Model) -> None:
    """Draws the list, and the way to a new one."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Keys"), anchor=False, width="stretch")
        with st.popover(_("New key"), icon=":material/add:", key="new key"):
            new_key(model)
    there = api_keys.list_keys(session.me(), model.id)
    if not there:
        st.caption(_("No key yet. A program needs one to ask this model; whoever has it can do what it allows."))
    for key in there:
        line(model, key)


def new_key(model: Model) -> None:
    """What the key is for, and how long it holds."""
    with st.form("new key form", border=False):
        name = st.text_input(_("Name"), max_chars=200, placeholder=_("which program it is for"), key="key name")
        scopes = st.pills(
            _("It may"), api_keys.SCOPES, selection_mode="multi", default=["predict", "feedback", "read"],
            format_func=scope_title, key="key scopes",
        )  # fmt: skip
        days = st.selectbox(_("Valid for"), DAYS, index=1, format_func=days_title, key="key days")
        if st.form_submit_button(_("Make key"), type="primary", key="make-key"):
            with told():
                made = api_keys.create(session.me(), model.id, name, scopes, days or None)
                shown_once(made)


def days_title(days: int) -> str:
    """How long a key holds, in words."""
    return plural("{n} day", "{n} days", days) if days else _("without end")


def shown_once(made: Made) -> None:
    """A window with the secret of a key that was just made. It is kept nowhere else: with the window it is gone."""

    @st.dialog(_("The new key"), dismissible=False)
    def window() -> None:
        st.markdown(":material/key: " + _("The key “{name}”:").format(name=plain(made.key.name)))
        st.code(made.secret, language=None)
        st.markdown(_("Copy it now. It is not kept here, and nobody can show it again."))
        if st.button(_("I have copied it"), key="key copied"):
            st.rerun()

    window()


def line(model: Model, key: ApiKey) -> None:
    """A key: what it may, until when, and when it was used last."""
    state = api_keys.state(key)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None):
            st.markdown(f"**{plain(key.name)}** &nbsp; {mark(key)}")
            aside(
                f"{key.prefix}…",
                ", ".join(scope_title(scope) for scope in key.scopes),
                until(key) if state == "valid" else "",
                _("never used") if key.last_used is None else "",
                when=key.last_used, said=_("last used {when}"),
            )  # fmt: skip
        if state == "valid" and st.button(_("Revoke"), key=f"revoke {key.id}", type="tertiary"):
            with told():
                api_keys.revoke(session.me(), model.id, key.id)
                st.rerun()


def mark(key: ApiKey) -> str:
    """Says of a key that has ended how it did; as Markdown."""
    state = api_keys.state(key)
    if state == "valid":
        return ""
    icon, word = ("block", _("revoked")) if state == "revoked" else ("schedule", _("expired"))
    return f":gray-badge[:material/{icon}: {word}]"


def until(key: ApiKey) -> str:
    """Until when a key holds."""
    return _("without end") if key.expires is None else _("until {when}").format(when=exact(key.expires)[:10])
