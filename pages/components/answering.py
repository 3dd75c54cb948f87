"""An answer as its reader meets it: in words, how sure, with bars, and the row that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.answers import PROBABILITY_OF
from pages.components import session
from pages.components.charts.answer import answer_bars, label_bars
from pages.components.charts.show import CONFIG, ground
from pages.components.layout import plain, told
from pages.components.outcome import told as told_note
from pages.components.words import NONE, _, number, percent
from services import predictions, runs

LONGEST = 2000  # letters of a text in a row
SIDE = 320  # pixels of a picture in a row


def answer_card(run: runs.Run, made: predictions.Prediction, form: predictions.PredictionForm) -> None:
    """The answer in words and bars, and what is odd about its row."""
    st.subheader(plain(answer_in_words(run.target, made.answer)), anchor=False)
    st.markdown(plain(sure_in_words(made.answer)))
    if form.several:
        least = percent(form.thresholds[made.predictor])
        st.caption(_("A label is given from {threshold} on.").format(threshold=least))
    if form.classes:
        chances = {name: made.answer[PROBABILITY_OF + name] for name in form.classes}
        bars = label_bars(chances, form.given(made), ground()) if form.several else answer_bars(chances, ground())
        st.plotly_chart(bars.figure, width="stretch", theme=None, key=f"bars-{run.id}", alt=bars.finding, config=CONFIG)
    for note in predictions.oddities(session.me(), run.id, made.row):
        st.markdown(f":orange[:material/warning:] {told_note(note)}")


def answer_in_words(target: str, answer: Mapping[str, Any]) -> str:
    """“Survived: yes”."""
    return _("{target}: {answer}").format(target=target, answer=value_in_words(answer["answer"]))


def value_in_words(value: object) -> str:
    """A cell or an answer as it is read."""
    if value == predictions.NO_LABEL:
        return _("none of the labels")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return NONE if value is None else str(value)


def sure_in_words(answer: Mapping[str, Any]) -> str:
    """The one calibrated probability, or the interval that holds nine times in ten."""
    if "probability" in answer:
        words = _("{sure} sure: of 100 answers given like this one, {n} are right.")
        return words.format(sure=percent(answer["probability"]), n=_of_hundred(answer["probability"]))
    if "low" not in answer:
        return _("Each label has a probability of its own: of 100 labels given with 80 %, about 80 are right.")
    low, high = number(answer["low"]), number(answer["high"])
    return _("Between {low} and {high}, nine times in ten.").format(low=low, high=high)


def _of_hundred(probability: float) -> str:
    if 0 < probability < 0.005:
        return _("fewer than 1")
    if 0.995 <= probability < 1:
        return _("more than 99")
    return _("about {n}").format(n=round(100 * probability))


def row_shown(run: runs.Run, made: predictions.Prediction, form: predictions.PredictionForm) -> None:
    """The row that was asked about: a line a column, texts and pictures in full."""
    with st.container(gap=None):
        for field in form.fields:
            _cell(run, field, made.row.get(field.name))


def _cell(run: runs.Run, field: predictions.FormField, value: object) -> None:
    name = plain(field.name)
    if field.kind == "image" and value:
        st.caption(name)
        with told():
            st.image(predictions.as_seen(session.me(), run.id, str(value), field.name).content, width=SIDE)
    elif field.kind == "text" and value:
        st.caption(name)
        st.text(str(value)[:LONGEST])
    else:
        st.markdown(f":gray[{name}] &nbsp; {plain(value_in_words(value))}")
