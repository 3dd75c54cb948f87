"""Whether an answer was right, and what would be: said with the mouse, a finger or one key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from pages.components import session
from pages.components.answering import value_in_words
from pages.components.focus import focus
from pages.components.layout import plain, told
from pages.components.words import _
from services import feedback, predictions

KEYED = 9  # classes with a digit each; more are chosen from a list
RIGHT, WRONG, UNKNOWN, BACK = "Y", "N", "0", "B"
UNDO = "Alt+U"  # also while the cursor is in a field

About = int | tuple[int, int]
Then = Callable[[feedback.Feedback], None]


def judge(about: About, key: str, form: predictions.PredictionForm, answer: object, then: Then | None = None) -> None:
    """Right or wrong, with the correct answer and a comment. `about` is a prediction, or a file and its row.

    `then` is told what was said; without it thanks stand in place of the buttons, and the way back to them.
    """
    said: feedback.Feedback | None = session.recall(f"judged {key}")
    if said is not None:
        if thanks(said, key):
            st.rerun()
        return
    if session.recall(f"wrong {key}"):
        correct_it(about, key, form, answer, then)
    else:
        right_or_wrong(about, key, form, answer, then)
    st.text_input(
        _("Comment"), placeholder=_("Comment, if you like"), label_visibility="collapsed", key=f"comment-{key}",
        max_chars=2000,
    )  # fmt: skip


def thanks(said: feedback.Feedback, key: str) -> bool:
    """What was said of an answer; True when it is to be judged anew, which begins with the same comment."""
    words = _("Thank you. Kept: wrong.")
    if said.correct is not None:
        words = _("Thank you. Kept: {answer} is right.").format(answer=f"“{value_in_words(said.correct)}”")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {plain(words)}", width="content")
        changed = st.button(_("Change"), type="tertiary", shortcut=UNDO, key=f"change-{key}")
    if changed:
        session.forget(f"judged {key}")
        session.remember(f"comment-{key}", said.comment)
    return changed


def right_or_wrong(about: About, key: str, form: predictions.PredictionForm, answer: object, then: Then | None) -> None:
    """The two buttons; where there are two answers alone, the second says which is right then."""
    others = [name for name in form.classes if name != answer]
    only = others[0] if len(others) == 1 and not form.several else None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("Is this right?"), width="content")
        if st.button(_("Right"), icon=":material/thumb_up:", shortcut=RIGHT, key=f"right-{key}"):
            send(about, key, "right", None, then)
        label = _("Wrong") if only is None else _("Wrong, it is “{answer}”").format(answer=plain(only))
        if st.button(label, icon=":material/thumb_down:", shortcut=WRONG, key=f"wrong-{key}"):
            if only is not None:
                send(about, key, "wrong", only, then)
            else:
                session.remember(f"wrong {key}", True)
                st.rerun()


def correct_it(about: About, key: str, form: predictions.PredictionForm, answer: object, then: Then | None) -> None:
    """What would be right: a button for each of a few classes, else a field."""
    others = [name for name in form.classes if name != answer]
    keyed = 0 < len(others) <= KEYED and not form.several
    st.markdown(_("What would be right?"))
    if keyed:
        with st.container(horizontal=True):
            for n, name in enumerate(others, 1):
                if st.button(plain(name), shortcut=str(n), key=f"correct-{key}-{n}"):
                    send(about, key, "wrong", name, then)
    else:
        with st.container(key="correct-field"), st.form(f"correct-{key}", border=False):
            correct = correct_answer(form)
            if st.form_submit_button(_("Send"), type="primary"):
                send(about, key, "wrong", correct or None, then)
        focus("correct-field", key)
    also = "" if keyed else "Alt+"  # the cursor is in a field then
    with st.container(horizontal=True):
        if st.button(_("I do not know"), type="tertiary", shortcut=f"{also}{UNKNOWN}", key=f"unknown-{key}"):
            send(about, key, "wrong", None, then)
        if st.button(_("Back"), type="tertiary", shortcut=f"{also}{BACK}", key=f"back-{key}"):
            session.forget(f"wrong {key}")
            st.rerun()


def correct_answer(form: predictions.PredictionForm) -> str | Sequence[str] | None:
    """One of the classes, some of the labels; for numbers a number."""
    label = _("What would be right?")
    if form.several:
        hint = _("all that fit; leave it empty if none does")
        return (
            st.multiselect(label, form.classes, placeholder=hint, label_visibility="collapsed") or predictions.NO_LABEL
        )
    if form.classes:
        return st.selectbox(
            label, form.classes, index=None, placeholder=_("choose one"), label_visibility="collapsed"
        )  # fmt: skip
    return st.text_input(label, placeholder=_("a number, such as 12.5"), label_visibility="collapsed")


def send(
    about: About,
    key: str,
    verdict: feedback.FeedbackVerdict,
    correct: str | Sequence[str] | None,
    then: Then | None,
) -> None:
    """Stores the judgement."""
    with told():
        said = feedback.say(session.me(), about, verdict, correct, session.recall(f"comment-{key}") or "")
        session.remember(f"judged {key}", said)
        session.forget(f"wrong {key}")
        if then is not None:
            then(said)
        st.rerun()
