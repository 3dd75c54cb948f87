"""Feedback: doubtful answers to check, what people said to review, and all of it; filters stand in the address."""

from __future__ import annotations

from pages.components import session
from pages.components.clicks import show_refusal
from pages.components.hearing.checking import checking
from pages.components.hearing.history import history
from pages.components.hearing.review import review
from pages.components.layout import header, tabs
from pages.components.words import _, plural
from services import reviewing

user = session.me()


def main() -> None:
    """Draws the open tab."""
    waiting = reviewing.counts(user, reviewing.mine(user)).waiting
    waits = plural("{n} waits for your review.", "{n} wait for your review.", waiting) if waiting else ""
    about = _("What people said about answers. Once it is accepted, a model can learn from it.")
    header(_("Feedback"), f"{about} {waits}")
    show_refusal()
    views = {
        "check": (_("To check"), checking),
        "review": (_("To review"), review),
        "history": (_("History"), history),
    }
    opened = tabs({name: title for name, (title, _draw) in views.items()}, key="feedback tabs")
    for name, (_title, draw) in views.items():
        if opened[name].open:
            with opened[name]:
                draw()


main()
