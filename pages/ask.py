"""Ask: for colleagues who have a model's link. Enter a row, read the answer, say whether it is right; then the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from engine.errors import BadRow, NotFound
from pages.components import session
from pages.components.absent import choose_from
from pages.components.answering import answer_card, row_shown
from pages.components.asking import ask, choose_camera
from pages.components.focus import focus
from pages.components.judging import judge, thanks
from pages.components.layout import empty, header, plain, problem, query_number, told
from pages.components.share import share
from pages.components.words import _, number
from services import asking, models, predictions, runs
from services.feedback import Feedback
from services.models import ModelView
from services.questions import UnfitRows

WIDE = 760  # pixels: a form is read from top to bottom
MANY = 4  # fields; more stand two beside each other
NEXT, CHANGE = "Right", "E"
EXAMPLE = "Alt+X"  # also while the cursor is in a field

st.set_page_config(initial_sidebar_state="collapsed")
user = session.me()


@dataclass(frozen=True)
class Turn:
    """Where the reader is: the how-manieth row, what its form begins with, its answer once there is one, and what was
    said of the answer before.
    """

    count: int = 1
    begin: Mapping[str, Any] = field(default_factory=dict)
    made: predictions.Prediction | None = None
    said: Feedback | None = None


def turn_of(model_id: int) -> Turn:
    """Where the reader of this model's page is."""
    found: Turn = session.recall(f"ask {model_id}") or Turn()
    return found


def go_on(model_id: int, turn: Turn) -> None:
    """Draws the page anew, there."""
    session.remember(f"ask {model_id}", turn)
    st.rerun()


def write(view: ModelView, turn: Turn) -> None:
    """The form; empty fields are not known."""
    run = view.production.run
    form = predictions.form(user, run.id)
    if turn.said is not None:
        back(view, turn, turn.said)
    camera = choose_camera(form.fields, run.id)
    place = f"{view.model.id}-{turn.count}"  # not the run's: what is written stays when another version answers
    with st.container(key="ask-row"):
        values = ask(form.fields, place, turn.begin, camera=camera, columns=1 + (len(form.fields) > MANY))
    focus("ask-row", place)
    typical = {each.name: each.typical for each in form.fields if each.kind != "image"}
    if typical and st.button(_("Fill in an example"), type="tertiary", shortcut=EXAMPLE, key="example"):
        go_on(view.model.id, replace(turn, count=turn.count + 1, begin=typical))
    if values is not None:
        made = answer_of(view.model.name, values)
        if made is not None:
            known = {name: value for name, value in values.items() if not isinstance(value, bytes)}
            go_on(view.model.id, Turn(turn.count + 1, known, made))


def answer_of(name: str, values: Mapping[str, Any]) -> predictions.Prediction | None:
    """What the model answers; None, and told in words, when it cannot read the row."""
    with told():
        if all(value is None for value in values.values()):
            raise BadRow("Fill in at least one field.")
        try:
            return asking.predict(asking.Caller(user), name, [values], written=True).made[0]
        except UnfitRows as error:
            for spot in error.spots:
                problem(spot.note)
    return None


def back(view: ModelView, turn: Turn, said: Feedback) -> None:
    """What was said of the answer before, and the way back to it."""
    if said.prediction is not None and thanks(said, judged(said.prediction)):
        go_on(view.model.id, replace(turn, made=predictions.prediction(user, said.prediction), said=None))


def judged(prediction_id: int) -> str:
    """What the widgets of a judgement are called."""
    return f"ask-{prediction_id}"


def read(view: ModelView, turn: Turn, made: predictions.Prediction) -> None:
    """The answer, by the version that gave it, and whether it is right."""
    run, form = runs.run(user, made.run), predictions.form(user, made.run)

    def thank(said: Feedback) -> None:
        session.remember(f"ask {view.model.id}", Turn(turn.count + 1, said=said))

    with st.container(border=True, key="ask-answer"):
        answer_card(run, made, form)
        judge(made.id, judged(made.id), form, made.answer["answer"], thank)
    focus("ask-answer", f"{made.id}", field=False)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if st.button(_("Change the row"), icon=":material/edit:", type="tertiary", shortcut=CHANGE, key="change-row"):
            go_on(view.model.id, replace(turn, count=turn.count + 1, made=None))
        if st.button(_("Next one"), icon=":material/arrow_forward:", type="tertiary", shortcut=NEXT, key="next"):
            go_on(view.model.id, Turn(turn.count + 1))
    with st.expander(_("What was asked"), expanded=True, key="asked"):
        row_shown(run, made, form)
    if made.version is not None:
        st.caption(_("Version {n} of the model answered.").format(n=number(made.version)))


def which(why: NotFound | str) -> None:
    """No model to ask, and the way to all of them."""
    header(_("Ask"))
    choose_from("deployed_code", _("Which model?"), why, _("All models"), "models")


def main() -> None:
    """The page of the model that the address names."""
    model_id = query_number("model")
    if model_id is None:
        which(_("A link to this page names one."))
        return
    try:
        view = models.model(user, model_id)
    except NotFound as error:
        which(error)
        return
    with st.container(horizontal_alignment="center"), st.container(width=WIDE):
        about = _("Predicts {target}. Fill in what you know; what stays empty is not known.")
        head = header(view.model.name, about.format(target=plain(view.model.target)))
        with head.more:
            share("share-ask")
        turn = turn_of(model_id)
        if turn.made is not None:
            read(view, turn, turn.made)  # also when the model was put into the trash meanwhile
        elif view.model.trashed_at is not None:
            empty("delete", _("Nobody can ask this model"), _("It is in the trash. Its owner can restore it."))
        else:
            write(view, turn)


main()
