"""Try a run on one row: the form, the answer in words, why, what would change it, and whether it was right."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.answers import PROBABILITY_OF
from pages.components import session
from pages.components.answering import answer_card
from pages.components.asking import ask, choose_camera, kept, what_it_rests_on
from pages.components.charts.answer import what_if_classes, what_if_numbers
from pages.components.charts.predictors import predictor_title
from pages.components.charts.reasons import contributions
from pages.components.charts.show import ground, show
from pages.components.judging import judge
from pages.components.layout import told
from pages.components.marked import marked_words
from pages.components.outcome import told as told_note
from pages.components.words import _
from services import predictions, runs


def try_it(run: runs.Run) -> None:
    """The form on the left, the answer on the right."""
    form = predictions.form(session.me(), run.id)
    left, right = st.columns([2, 3], gap="large")
    with left:
        predictor = choose_predictor(form.predictors, run.id)
        camera = choose_camera(form.fields, run.id)
        typical = {field.name: field.typical for field in form.fields}
        asked = ask(form.fields, f"{run.id}", typical, camera=camera)
    if asked is not None:
        with right, told():
            made = predictions.predict_one(session.me(), run.id, kept(run.id, asked), predictor)
            session.remember(f"answer {run.id}", made)
    made = session.recall(f"answer {run.id}")
    with right:
        if made is None:
            st.caption(invitation(form.fields))
            return
        answered(run, made, form)


def invitation(fields: Sequence[predictions.FormField]) -> str:
    """What to do first."""
    if all(field.kind == "image" for field in fields):
        return _("Send a picture and press “Predict”.")
    return _("The form shows a typical row. Change what you like and press “Predict”.")


def choose_predictor(names: Sequence[predictions.PredictorName], run_id: int) -> predictions.PredictorName:
    """This model, or the simpler method it was compared with."""
    if len(names) < 2:
        return names[0]
    chosen = st.segmented_control(
        _("Answer with"), names, default=names[0], required=True, format_func=predictor_title, key=f"predictor-{run_id}"
    )
    return chosen or names[0]


def answered(run: runs.Run, made: predictions.Prediction, form: predictions.PredictionForm) -> None:
    """The answer in words and bars, the reader's own judgement, the reasons, and what-if."""
    with st.container(border=True):
        answer_card(run, made, form)
        judge(made.id, f"one-{made.id}", form, made.answer["answer"])
    why(run, made, form)
    move_one(run, made, form)


def why(run: runs.Run, made: predictions.Prediction, form: predictions.PredictionForm) -> None:
    """The parts of pictures and the words of texts that this answer rests on, and what each column added to it."""
    for field in form.fields:
        if field.kind == "image" and made.row.get(field.name):
            what_it_rests_on(run, made, field.name)
        if field.kind == "text" and made.row.get(field.name):
            marked_words(run, made, field.name)
    if len(form.fields) == 1 and form.fields[0].kind in ("image", "text"):
        return
    with told():
        reasons = predictions.explain(session.me(), run.id, made.row, made.predictor)
        show(contributions(reasons, ground()))
        st.caption(told_note(reasons.method))


@st.fragment
def move_one(run: runs.Run, made: predictions.Prediction, form: predictions.PredictionForm) -> None:
    """How the answer moves while one value moves and the others stay."""
    names = [field.name for field in form.fields if field.values]
    if not names:
        return
    st.subheader(_("What if"), anchor=False)
    column = st.selectbox(_("Another value in the column"), names, key=f"what-if-{run.id}")
    with told():
        curve = predictions.what_if(session.me(), run.id, made.row, column, made.predictor)
        now = made.row.get(column)
        if form.classes:
            likely = sorted(form.classes, key=lambda name: -made.answer[PROBABILITY_OF + name])
            followed = likely[: 1 if len(likely) == 2 else 3]
            show(what_if_classes(column, curve.values, curve.answers, now, followed, ground()))
        else:
            show(what_if_numbers(column, curve.values, curve.answers, now, run.target, ground()))
