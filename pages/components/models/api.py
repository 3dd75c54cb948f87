"""Tab API: the model's keys, a request that holds a real row and can be tried, and the same request as code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import streamlit as st

from pages.components import session
from pages.components.answering import answer_in_words
from pages.components.judging import judge
from pages.components.layout import plain, told
from pages.components.models.keys import keys
from pages.components.models.samples import LANGUAGES, sample
from pages.components.models.trial import trial
from pages.components.words import _, number
from services import describing, predictions
from services.api_keys import Caller
from services.models import ModelView

HERE = "http://localhost:8501"  # where nobody looks: a script without a browser
WHAT = ("predict", "explain")


def api(view: ModelView, *, changeable: bool) -> None:
    """Draws the tab; `changeable`: for somebody who may make keys."""
    model = view.model
    st.markdown(_("Programs ask this model by its name, over HTTP. Whichever version is production answers."))
    if model.trashed_at is not None:
        return
    with told():
        request(describing.describe(Caller(session.me()), model.name))
    if changeable:
        keys(model)
    else:
        st.caption(_("A program needs a key, which {name} can make here.").format(name=plain(model.owner_name)))


def request(found: describing.Description) -> None:
    """A request that can be tried, and copied."""
    path = f"/api/v1/models/{quote(found.model, safe='')}"
    titles = {"predict": _("Ask"), "explain": _("Ask why")}
    what = st.segmented_control(
        _("Request"), WHAT, default="predict", required=True, format_func=titles.__getitem__, key="api request",
        label_visibility="collapsed",
    )  # fmt: skip
    url = f"{path}/{what}"
    row, pictures = shown(found)
    first = json.dumps({"rows": [row]}, ensure_ascii=False, indent=2)
    left, right = st.columns(2, gap="large")
    with left:
        tried = trial(url, first, pictures, key=f"trial {what}")
        st.caption(_("A real test row of this model. Change what you like: it is sent as it stands, and answered."))
        if tried.answers:
            answered(tried.answers)
    with right:
        language = st.segmented_control(
            _("As code"), list(LANGUAGES), default="curl", required=True, key="api language",
            label_visibility="collapsed",
        ) or "curl"  # fmt: skip
        st.code(sample(language, origin() + url, tried.body, pictures), language=LANGUAGES[language], wrap_lines=True)
        st.caption(_("The key comes from the environment variable LOAM_KEY."))
        st.link_button(
            _("Description for programs (OpenAPI)"), f"{path}/openapi.json", icon=":material/data_object:",
            type="tertiary",
        )  # fmt: skip


def answered(given: Sequence[int]) -> None:
    """Whether what was just answered is right, row by row."""
    place = next((n for n, each in enumerate(given) if not session.recall(f"judged trial-{each}")), len(given) - 1)
    with told(), st.container(border=True):
        made = predictions.prediction(session.me(), given[place])
        form = predictions.form(session.me(), made.run)
        answer = plain(answer_in_words(form.run.target, made.answer))
        st.markdown(_("**Row {n}** · {answer}").format(n=number(place + 1), answer=answer))
        judge(made.id, f"trial-{made.id}", form, made.answer["answer"])


def shown(found: describing.Description) -> tuple[dict[str, Any], dict[str, str]]:
    """The example with names of files in place of pictures, and the pictures by these names."""
    seen = [name for name, cell in found.row["properties"].items() if cell.get("contentEncoding")]
    marks = {name: f"example-{i}.png" for i, name in enumerate(seen, start=1) if name in found.example}
    return found.example | marks, {mark: found.example[name] for name, mark in marks.items()}


def origin() -> str:
    """Where this server is for the reader's browser."""
    parts = urlsplit(st.context.url or HERE)
    return f"{parts.scheme}://{parts.netloc}"
