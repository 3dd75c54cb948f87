"""Home: what is going on, what waits for me, how to begin."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.components import session
from pages.components.layout import aside, empty, header, link, open_page, plain, told
from pages.components.live import stage_title
from pages.components.run_words import result_in_words
from pages.components.sampling import begin
from pages.components.words import _, ago, duration, number, percent, plural, say
from samples import SAMPLES, Sample
from services import drafts, models, reviewing, runs, watching
from services.drafts import Draft
from services.models import Candidate
from services.runs import Run, RunFilter
from services.watching import Alarm

ENOUGH = 5  # lines of each list; the rest is one click away

user = session.me()


def samples() -> None:
    """One card a sample, one click each."""
    with st.grid(3, min_column_width=200):
        for sample in SAMPLES.values():
            card(sample)


def card(sample: Sample) -> None:
    """A sample: what it asks, how large it is, and the way in."""
    with st.container(border=True, height="stretch"):
        st.subheader(f"{sample.icon} {_(sample.title)}", anchor=False)
        st.markdown(_(sample.question))
        st.space("stretch")
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.caption(_(sample.about).format(n=number(sample.rows)), width="content")
            if st.button(_("Try it"), key=f"try {sample.name}"):
                with told():
                    begin(sample.name)


@st.fragment(run_every="2s")
def running_now() -> None:
    """What learns at this moment, with its progress; the page is drawn anew when something ends."""
    active = runs.list_runs(user, RunFilter(status="active")).runs[:ENOUGH]
    before = session.recall("running on home")
    session.remember("running on home", [run.id for run in active])
    if before is not None and before != [run.id for run in active]:
        st.rerun()
    if not active:
        return
    st.subheader(_("Running now"), anchor=False)
    for run in active:
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                link(run.name, "run", icon=":material/show_chart:", id=run.id)
                st.caption(how_far(run), width="content")
            st.progress(run.fraction or 0.0)


def how_far(run: Run) -> str:
    """“training · 62 % · 1:10 min left”."""
    if run.status == "queued":
        return _("waiting for its turn")
    parts = [stage_title(run.stage), percent(run.fraction or 0.0)]
    if run.seconds_left is not None:
        parts.append(_("{time} left").format(time=duration(run.seconds_left)))
    return " · ".join(part for part in parts if part)


def lately(ended: Sequence[Run]) -> None:
    """The newest results, in words."""
    st.subheader(_("Lately"), anchor=False)
    if not ended:
        empty("model_training", _("No model yet"), _("Take a sample above: a finished model in about a minute."))
        return
    for run in ended:
        with st.container(border=True, gap=None):
            link(run.name, "run", icon=":material/show_chart:", id=run.id)
            whose = "" if run.owner == user.id else _("by {name}").format(name=run.owner_name)
            aside(result_in_words(run), compared(run), whose, when=run.finished or run.created)
    link(_("All runs"), "runs", icon=":material/arrow_forward:")


def compared(run: Run) -> str:
    """How the result stands to guessing, in a few words."""
    if run.status != "finished" or not run.verdict:
        return ""
    return {
        "better": _("better than guessing"),
        "alike": _("no better than guessing"),
        "worse": _("worse than guessing"),
    }.get(run.verdict.get("against_guess", ""), "")


def waiting(found: Sequence[Draft]) -> None:
    """Alarms and candidates of this person's models, what others said that they decide about, and what they began."""
    st.subheader(_("Waiting for you"), anchor=False)
    alarms = watching.my_alarms(user)
    ringing(alarms)
    candidates = models.candidates(user)
    deciding(candidates[:ENOUGH])
    said = reviewing.counts(user, reviewing.mine(user)).waiting
    if said:
        with st.container(border=True):
            words = plural("{n} piece of feedback to review", "{n} pieces of feedback to review", said)
            link(words, "feedback", icon=":material/rate_review:", tab="review")
    elif not (found or alarms or candidates):
        st.caption(_("Nothing: what you begin and do not finish is kept here."))
    for draft in found:
        with st.container(border=True, gap=None):
            link(draft.dataset_name, "train", icon=":material/edit_note:", version=draft.version)
            st.caption(f"{next_step(draft)} · {plain(ago(draft.updated))}")


def ringing(alarms: Sequence[Alarm]) -> None:
    """A card for each model with alarms: how many, and what the newest says."""
    by_model: dict[int, list[Alarm]] = {}
    for alarm in alarms:
        by_model.setdefault(alarm.model, []).append(alarm)
    for model, found in list(by_model.items())[:ENOUGH]:
        newest, icon = found[0], ":material/notifications_active:"
        with st.container(border=True, gap=None):
            words = plural("{n} alarm", "{n} alarms", len(found))
            link(f"{newest.model_name}: {words}", "monitoring", icon=icon, model=model, tab="alarms")
            aside(say(newest.text, newest.values), when=newest.created)


def deciding(candidates: Sequence[Candidate]) -> None:
    """A card for each candidate that its owner may promote, with the way to where it is compared with production."""
    for each in candidates:
        model = each.model
        with st.container(border=True):
            words = _("{model}: version {n} may answer next").format(model=model.name, n=number(model.candidate))
            tab = "improve" if each.improved else "versions"
            link(words, "model", icon=":material/hourglass_top:", id=model.id, tab=tab)


def next_step(draft: Draft) -> str:
    """What comes next in a draft, as Markdown."""
    target = (draft.content.get("recipe") or {}).get("target")
    if not target:
        return _("Draft: choose what to predict")
    return _("Draft: predict {target}").format(target=f"**{plain(target)}**")


def main() -> None:
    """Draws the page."""
    head = header(
        _("What would you like to predict?"),
        _("Start with your own file, or try one of these: a finished model in about a minute."),
        primary=_("New model"), icon=":material/add:",
    )  # fmt: skip
    if head.pressed:
        open_page("train")
    samples()
    listed = runs.list_runs(user, RunFilter()).runs
    left, right = st.columns([3, 2], gap="large")
    with left:
        running_now()
        ended = [run for run in listed if run.status not in ("queued", "running")]
        if ended or not listed:
            lately(ended[:ENOUGH])
    with right:
        waiting(drafts.list_drafts(user)[:ENOUGH])


main()
