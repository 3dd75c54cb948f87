"""What a click asks for, carried out before its page is drawn anew; when it is refused, the page says why.

A button of such a click has `on_click=carry_out`; its page calls `show_refusal` at its head, once for all its buttons.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.errors import UserError
from pages.components import session
from pages.components.layout import problem

REFUSED = "click that was refused"


def carry_out(work: Callable[..., object], *asked: object) -> None:
    """Does it, and keeps why it could not be done."""
    try:
        work(*asked)
    except UserError as error:
        session.remember(REFUSED, error)


def show_refusal() -> None:
    """Says once why the last click was refused, if it was."""
    refused = session.recall(REFUSED)
    if refused is not None:
        problem(refused)
        session.forget(REFUSED)
