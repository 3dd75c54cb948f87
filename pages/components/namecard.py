"""The name card: who is it? Asked once; a signed cookie remembers."""

from __future__ import annotations

import streamlit as st

from pages.components import session
from pages.components.layout import told
from pages.components.words import _

_COOKIE_SETTER = st.components.v2.component(
    "loam_cookie_setter",
    html="<span></span>",
    js="""
const sent = new Set()
export default function ({ data }) {
  if (sent.has(data.token)) return
  sent.add(data.token)
  fetch("/api/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token: data.token }),
  })
}
""",
)


def ask() -> None:
    """Draws the card and ends the page's run until there is a name. The address stays, so a shared link survives."""
    middle = st.columns([1, 2, 1])[1]
    with middle:
        st.space("large")
        st.title("Loam", anchor=False)
        st.markdown(_("Build a model from your own data, see how good it is, and use it. No programming."))
        with st.form("name card"):
            name = st.text_input(
                _("Your name?"),
                max_chars=80,
                autocomplete="name",
                help=_("Colleagues see it beside what you make. There is no password yet."),
            )
            given = st.form_submit_button(_("Go on"), type="primary", width="stretch")
        if given:
            with told():
                session.sign_in(name)
                st.rerun()
    st.stop()


def keep() -> None:
    """Has the browser keep the name for the next page, when it was given on this one."""
    token = session.recall(session.TOKEN)
    if token and token != session.cookie_token():
        _COOKIE_SETTER(key="cookie setter", data={"token": token}, height=1)
