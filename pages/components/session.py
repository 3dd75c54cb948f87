"""What one open page remembers. The only reader and writer of `st.session_state`.

It holds only what a lost page may forget; the database holds the rest.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import streamlit as st

from services import access
from services.access import User

COOKIE = "loam_visitor"  # the name the API sets; see api/session.py
TOKEN = "visitor token"  # noqa: S105


def recall(key: str, default: Any = None) -> Any:
    """What this page remembers under `key`, or the value of the widget with that key."""
    return st.session_state.get(key, default)


def remember(key: str, value: Any) -> None:
    """Keeps a value until the page is closed or reloaded. Call it before a widget of that key is drawn."""
    st.session_state[key] = value


def forget(*keys: str) -> None:
    """Drops what is remembered; a widget of that key begins anew."""
    for key in keys:
        st.session_state.pop(key, None)


def request_key(scope: str) -> str:
    """A key that stays the same until `new_request`: a button pressed twice asks for the same thing once."""
    return str(st.session_state.setdefault(f"request {scope}", uuid4().hex))


def new_request(scope: str) -> None:
    """The next press of the button is a new wish."""
    forget(f"request {scope}")


def cookie_token() -> str | None:
    """The token in the name cookie, as it was when the page was opened."""
    return st.context.cookies.get(COOKIE)


def visitor() -> User | None:
    """Who is it? By the cookie, or by the name given since the page was opened."""
    return access.visitor(recall(TOKEN)) or access.visitor(cookie_token())


def me() -> User:
    """Who is it, on a page: main.py has seen to it that a name is known."""
    user = visitor()
    if user is None:
        st.stop()
    return user


def sign_in(name: str) -> None:
    """Takes a name for this page; `components.namecard` then sets the cookie for the next."""
    _user, token = access.sign_in(name)
    remember(TOKEN, token)
