"""Try it: a request in a field, sent by the browser to the API itself, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from pages.components.words import _

HERE = Path(__file__).parent
HTML = """
<div class="trial">
  <label for="body"></label>
  <textarea id="body" spellcheck="false" autocomplete="off"></textarea>
  <div class="row"><button type="button"></button><span class="status" role="status"></span></div>
  <pre tabindex="0" hidden></pre>
</div>
"""

_TRIAL = st.components.v2.component(
    "loam_trial",
    html=HTML,
    css=(HERE / "trial.css").read_text("utf-8"),
    js=(HERE / "trial.js").read_text("utf-8"),
)


class Tried(NamedTuple):
    """The request as it stands in the field, and the ids of the answers that came back last."""

    body: str
    answers: tuple[int, ...]


def trial(url: str, body: str, pictures: Mapping[str, str], *, key: str) -> Tried:
    """Draws the field, the button and the answer.

    `pictures` are sent, as base64, in place of the marks that stand for them.
    """
    words = {
        "body": _("Request: POST …/{name}").format(name=url.rpartition("/")[2]),
        "ask": _("Try it"),
        "asking": _("Asking…"),
        "answer": _("Answer"),
        "took": _("{n} ms"),
        "lost": _("The server could not be reached. Try again in a moment."),
    }
    data = {"url": url, "body": body, "pictures": dict(pictures), "words": words}
    told = _TRIAL(key=key, data=data, on_body_change=lambda: None, on_answers_change=lambda: None)
    return Tried(told.body or body, tuple(map(int, told.answers or ())))
