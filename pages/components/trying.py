"""Try a run on one row: the form, the answer in words, why, what would change it, and whether it was right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.components import session
from pages.components.asking import ask_picture, choose_camera, kept, what_it_rests_on
from pages.components.charts.answer import answer_bars, label_bars, what_if_classes, what_if_numbers
from pages.components.charts.predictors import predictor_title
from pages.components.charts.reasons import contributions
from pages.components.charts.show import CONFIG, ground, show
from pages.components.layout import plain, told
from pages.components.marked import marked_words
from pages.components.outcome import told as told_note
from pages.components.words import _, number, percent
from services import feedback, predictions, runs

COLUMNS = 3
MOST_CHOICES = 200


def try_it(run: runs.Run) -> None:
    """The form on the left, the answer on the right."""
    form = predictions.form(session.me(), run.id)
    left, right = st.columns([2, 3], gap="large")
    with left:
        predictor = choose_predictor(form.predictors, run.id)
        camera = choose_camera(form.fields, run.id)
        asked = ask(form.fields, run.id, camera=camera)
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


def ask(fields: Sequence[predictions.FormField], run_id: int, *, camera: bool) -> dict[str, Any] | None:
    """A widget for each column, beginning with a typical row; the values once “Predict” is pressed.

    Those of pictures are bytes; `camera`: they are taken, not sent.
    """
    with st.form(f"row-{run_id}", border=True):
        values = {
            field.name: ask_picture(field.name, f"field-{run_id}-{field.name}", camera=camera)
            if field.kind == "image"
            else ask_one(field, f"field-{run_id}-{field.name}")
            for field in fields
        }
        pressed = st.form_submit_button(
            _("Predict"), type="primary", icon=":material/auto_awesome:", width="stretch", key="predict-row"
        )
    return values if pressed else None


def ask_one(field: predictions.FormField, key: str) -> Any:
    """The widget of one column. An empty one means that the value is not known."""
    name = plain(field.name)
    if field.kind == "number":
        bounds = _("In training: {low} to {high}.").format(low=number_or(field.low), high=number_or(field.high))
        return st.number_input(
            name, value=as_number(field.typical), step=1.0 if field.whole else None, format="%g", key=key, help=bounds,
            placeholder=_("not known"),
        )  # fmt: skip
    if field.choices and len(field.choices) <= MOST_CHOICES:
        choices = list(field.choices)
        return st.selectbox(
            name, choices, index=choices.index(field.typical) if field.typical in choices else None, key=key,
            accept_new_options=field.kind == "category", placeholder=_("not known"),
        )  # fmt: skip
    if field.kind == "text":
        return st.text_area(name, value=str(field.typical or ""), height=160, key=key, placeholder=_("no text")) or None
    if field.kind == "datetime":
        return st.text_input(
            name, value=str(field.typical or ""), key=key, help=_("Such as 2026-11-22 or 2026-11-22 14:30.")
        ) or None  # fmt: skip
    return st.text_input(name, value=str(field.typical or ""), key=key, placeholder=_("not known")) or None


def as_number(value: object) -> float | None:
    """What a number field begins with."""
    return float(value) if isinstance(value, int | float) else None


def number_or(value: object) -> str:
    """A bound as it is read."""
    return number(value) if isinstance(value, int | float) else str(value)


def answered(run: runs.Run, made: predictions.Prediction, form: predictions.PredictionForm) -> None:
    """The answer in words and bars, the reasons, what-if, and the reader's own judgement."""
    with st.container(border=True):
        st.subheader(plain(answer_in_words(run.target, made.answer)), anchor=False)
        st.markdown(plain(sure_in_words(made.answer)))
        if form.several:
            least = percent(form.thresholds[made.predictor])
            st.caption(_("A label is given from {threshold} on.").format(threshold=least))
        if form.classes:
            chances = {name: made.answer[f"probability of {name}"] for name in form.classes}
            bars = label_bars(chances, form.given(made), ground()) if form.several else answer_bars(chances, ground())
            st.plotly_chart(
                bars.figure, width="stretch", theme=None, key=f"bars-{run.id}", alt=bars.finding, config=CONFIG
            )
        for note in predictions.oddities(session.me(), run.id, made.row):
            st.markdown(f":orange[:material/warning:] {told_note(note)}")
        judge(made.id, f"one-{made.id}", form)
    why(run, made, form)
    move_one(run, made, form)


def answer_in_words(target: str, answer: Mapping[str, Any]) -> str:
    """“Survived: yes”."""
    value = _("none of the labels") if answer["answer"] == predictions.NO_LABEL else answer["answer"]
    return _("{target}: {answer}").format(target=target, answer=value if isinstance(value, str) else number(value))


def sure_in_words(answer: Mapping[str, Any]) -> str:
    """The one calibrated probability, or the interval that holds nine times in ten."""
    if "probability" in answer:
        words = _("{sure} sure: of 100 answers given like this one, about {n} are right.")
        return words.format(sure=percent(answer["probability"]), n=round(100 * answer["probability"]))
    if "low" not in answer:
        return _("Each label has a probability of its own: of 100 labels given with 80 %, about 80 are right.")
    low, high = number(answer["low"]), number(answer["high"])
    return _("Between {low} and {high}, nine times in ten.").format(low=low, high=high)


def judge(about: int | tuple[int, int], key: str, form: predictions.PredictionForm) -> None:
    """Right or wrong, with the correct answer and a comment. `about` is a prediction, or a file and its row."""
    if session.recall(f"judged {key}"):
        st.markdown(":material/check: " + _("Thank you. It is kept with the model that answered."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("Is this right?"), width="content")
        if st.button(_("Right"), icon=":material/thumb_up:", key=f"right-{key}"):
            give(about, key, "right")
        with (
            st.popover(_("Wrong"), icon=":material/thumb_down:", key=f"wrong-{key}"),
            st.form(f"correct-{key}", border=False),
        ):
            correct = correct_answer(form)
            comment = st.text_area(_("Comment"), height=80)
            if st.form_submit_button(_("Send"), type="primary"):
                give(about, key, "wrong", correct or None, comment)


def correct_answer(form: predictions.PredictionForm) -> str | Sequence[str] | None:
    """One of the classes, some of the labels; for numbers a number."""
    label, unknown = _("What would be right?"), _("leave empty if you do not know")
    if form.several:
        return st.multiselect(label, form.classes, placeholder=unknown)
    if form.classes:
        return st.selectbox(label, form.classes, index=None, placeholder=unknown)
    return st.text_input(label, placeholder=unknown)


def give(
    about: int | tuple[int, int],
    key: str,
    verdict: feedback.FeedbackVerdict,
    correct: str | Sequence[str] | None = None,
    comment: str = "",
) -> None:
    """Stores the judgement."""
    with told():
        feedback.give(session.me(), about, verdict, correct, comment)
        session.remember(f"judged {key}", verdict)
        st.rerun()


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
            likely = sorted(form.classes, key=lambda name: -made.answer[f"probability of {name}"])
            followed = likely[: 1 if len(likely) == 2 else 3]
            show(what_if_classes(column, curve.values, curve.answers, now, followed, ground()))
        else:
            show(what_if_numbers(column, curve.values, curve.answers, now, run.target, ground()))
