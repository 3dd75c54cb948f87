"""Tab Improve: what waits to be learned, the start, how far it is, production and candidate compared, the rule."""

from __future__ import annotations

import streamlit as st

from engine.events import Note
from pages.components import session
from pages.components.clicks import carry_out
from pages.components.layout import aside, link, plain, told
from pages.components.models.judgement import judgement
from pages.components.outcome import told as told_note
from pages.components.words import _, duration, number, percent, plural
from services import improving, reviewing
from services.feedback import FeedbackFilter
from services.improving import Improvement, State
from services.models import Model, ModelView

SCRATCH, WEIGHTS = "scratch", "weights"


def improve(view: ModelView, *, changeable: bool) -> None:
    """Draws the tab; `changeable`: for the model's owner, who may start, promote and set the rule."""
    state = improving.state(session.me(), view.model.id)
    if state.going is not None:
        going(view.model.id, state.going.status)
    elif state.latest is not None:
        outcome(view, state, state.latest, changeable=changeable)
    if state.going is None:
        start(view, state, changeable=changeable)
    rule(view, state, changeable=changeable)


def start(view: ModelView, state: State, *, changeable: bool) -> None:
    """What waits, and the way to learn from it."""
    waiting = state.waiting
    with st.container(border=True):
        if not waiting.accepted:
            nothing(view.model, any_accepted=state.any_accepted)
            return
        words = plural(
            "{n} accepted answer waits to be learned from", "{n} accepted answers wait to be learned from",
            waiting.accepted,
        )  # fmt: skip
        wrong = plural("{n} of them a correction", "{n} of them corrections", waiting.corrections)
        unknown = _("Version {n}, which is production, does not know them.").format(n=number(view.model.production))
        st.markdown(f"**{words}**, {wrong}. {unknown}")
        if changeable:
            how = beginning(state)
            st.button(
                _("Improve with feedback"), type="secondary" if view.candidate is not None else "primary",
                icon=":material/autorenew:", key="improve",
                on_click=carry_out, args=(improving.start, session.me(), view.model.id, how == WEIGHTS),
            )  # fmt: skip
            st.caption(
                _(
                    "They become rows of a new version of the data. Most of them train; about a quarter never does, so "
                    "that old and new can be compared on it. The recipe is production’s, and takes {time} at most. "
                    "Nobody is answered by the new version until you promote it."
                ).format(time=duration(state.outlook.seconds))
            )


def nothing(model: Model, *, any_accepted: bool) -> None:
    """Why there is nothing to learn, and how much waits for review."""
    why = _("Nothing waits to be learned: no feedback was accepted yet.")
    if any_accepted:
        why = _("Nothing waits to be learned: version {n} knows all feedback that was accepted.")
    why = why.format(n=number(model.production))
    wanted = FeedbackFilter(model=model.id, decider=model.owner)  # as in the list of who reviews
    waiting = reviewing.counts(session.me(), wanted).waiting
    st.markdown(f"{why} {plural('{n} waits for review.', '{n} wait for review.', waiting) if waiting else ''}")
    link(_("Review feedback"), "feedback", icon=":material/rate_review:", tab="review", model=model.id)


def beginning(state: State) -> str:
    """From nothing, or from what production has learned, where that is possible."""
    if not state.outlook.neural:
        return SCRATCH
    titles = {SCRATCH: _("From the beginning (recommended)"), WEIGHTS: _("From what production has learned")}
    return st.radio(
        _("Learn"), list(titles), format_func=titles.__getitem__, key="improve how", horizontal=True,
        help=_(
            "From the beginning also learns words and values that production never saw. From what production has "
            "learned keeps closer to it, and to the words that it knows."
        ),
    )  # fmt: skip


@st.fragment(run_every="1s")
def going(model_id: int, shown: str) -> None:
    """How far the improvement under way is; the whole page is drawn anew when its step changes."""
    state = improving.state(session.me(), model_id)
    if state.latest is None or state.latest.status != shown:
        st.rerun()
    with st.container(border=True):
        st.markdown(f"**{step_title(shown)}**")
        st.progress(min(1.0, max(0.0, state.fraction)), text=percent(state.fraction))
        if state.run is not None:
            link(_("The run that learns"), "run", icon=":material/show_chart:", id=state.run.id)
        st.caption(_("You may leave this page; the work goes on."))


def step_title(status: str) -> str:
    """A step in words."""
    return {
        "gathering": _("Step 1 of 3: accepted feedback becomes rows of a new version of the data"),
        "training": _("Step 2 of 3: production’s recipe learns from it"),
        "comparing": _("Step 3 of 3: production and candidate answer the same rows"),
    }.get(status, "")


def outcome(view: ModelView, state: State, found: Improvement, *, changeable: bool) -> None:
    """What came of the newest improvement."""
    if found.status == "finished":
        judgement(view, found, changeable=changeable)
    else:
        failure(found.error)
        if changeable and found.candidate is not None:
            st.button(
                _("Compare again"), icon=":material/refresh:", key="compare again",
                on_click=carry_out, args=(improving.compare_again, session.me(), view.model.id),
            )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        if state.run is not None:
            link(_("The run"), "run", icon=":material/show_chart:", id=state.run.id)
            data = _("{data} · version {n}").format(
                data=state.run.dataset_name, n=number(state.run.version_number)
            )  # fmt: skip
            link(data, "data", icon=":material/table:", id=state.run.dataset, version=state.run.version)
    aside(*facts(found), when=found.finished)


def failure(error: dict[str, object] | None) -> None:
    """Why it ended badly; it may have been stopped."""
    if error is None:
        st.info(_("The last improvement was stopped. Production is as it was."), icon=":material/stop_circle:")
        return
    note = Note.model_validate({"text": error["text"], "values": error["values"]})
    st.warning(_("The last improvement failed. {reason}").format(reason=told_note(note)), icon=":material/warning:")


def facts(found: Improvement) -> list[str]:
    """Who began it, and what became of the rows."""
    began = {
        "corrections": _("begun by the rule on corrections"),
        "alarm": _("begun by the rule on alarms"),
    }.get(found.started_by) or _("begun by {name}").format(name=found.owner_name)  # fmt: skip
    rows = found.rows or {}
    return [
        began,
        plural("{n} row trains", "{n} rows train", rows.get("train", 0)) if rows else "",
        plural("{n} steers", "{n} steer", rows.get("validation", 0)) if rows.get("validation") else "",
        plural("{n} held back", "{n} held back", rows.get("feedback", 0)) if rows else "",
        plural("{n} left out: it repeats a test row", "{n} left out: they repeat test rows", rows["left out"])
        if rows.get("left out")
        else "",
    ]


def rule(view: ModelView, state: State, *, changeable: bool) -> None:
    """When an improvement starts by itself, and why it could not."""
    if state.refusal is not None:
        said = _("The rule could not begin an improvement. {reason}").format(reason=told_note(state.refusal))
        st.warning(said, icon=":material/warning:")
    with st.expander(_("Start by itself"), icon=":material/schedule:", key="improve rule"):
        if not changeable:
            st.markdown(rule_in_words(state))
            return
        with st.form("rule", border=False):
            often = st.toggle(_("After some accepted corrections"), value=state.rule.after is not None, key="rule on")
            after = st.number_input(
                _("Corrections"), min_value=1, max_value=improving.MOST_CORRECTIONS, value=state.rule.after or 50,
                key="rule after",
            )  # fmt: skip
            alarm = st.toggle(
                _("When an alarm of drift or quality is raised"), value=state.rule.on_alarm, key="rule on alarm"
            )
            saved = st.form_submit_button(_("Save"), key="save-rule")
        st.caption(_("It makes a candidate. Promotion stays with you."))
        if saved:
            with told():
                improving.set_rule(session.me(), view.model.id, after if often else None, alarm)
                st.toast(_("Saved."), icon=":material/check:")


def rule_in_words(state: State) -> str:
    """The rule, for somebody who may not change it."""
    parts = []
    if state.rule.after is not None:
        parts.append(plural("after {n} accepted correction", "after {n} accepted corrections", state.rule.after))
    if state.rule.on_alarm:
        parts.append(_("when an alarm of drift or quality is raised"))
    if not parts:
        return _("Only its owner starts it.")
    return _("It starts by itself {when}.").format(when=plain(", ".join(parts)))
