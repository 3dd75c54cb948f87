"""A run while it is queued or running, drawn anew every second. Only this part of the page moves."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.events import Note, Stage, Wish
from pages.components import session
from pages.components.charts.learning import loss_curve, score_curve
from pages.components.charts.show import ground, show
from pages.components.layout import plain, told
from pages.components.words import _, ago, duration, exact, here, number, percent, say
from services import runs

LATEST_NOTES = 8


def stage_title(stage: str | None) -> str:
    """A stage in words."""
    return {
        Stage.PREPARING: _("Preparing the data"),
        Stage.BASELINE: _("Fitting the simpler method, to compare with"),
        Stage.TRAINING: _("Training"),
        Stage.EVALUATING: _("Testing on rows it has never seen"),
        Stage.EXPLAINING: _("Finding out which columns matter"),
        Stage.SAVING: _("Saving"),
    }.get(stage or "", _("Starting"))


@st.fragment(run_every="1s")
def live(run_id: int, shown_status: str) -> None:
    """Progress, curves and log of a run that is not done. The whole page is drawn anew when its status changes."""
    progress = runs.progress(session.me(), run_id)
    if progress.run.status != shown_status:
        st.rerun()
    if progress.run.status == "queued":
        _queued(progress)
    else:
        _running(progress)
    _log(progress.notes)


def _queued(progress: runs.Progress) -> None:
    with st.container(border=True):
        place = progress.queue_place
        if place:
            st.markdown(_("### Number {n} of those that wait").format(n=number(place + 1)))
        else:
            st.markdown(_("### Next in the queue"))
        st.progress(0.0)
        st.caption(_("It starts by itself as soon as there is room. You can close this page."))
        if _mine(progress):
            _stop(progress.run.id)


def _mine(progress: runs.Progress) -> bool:
    """Only the person who started a run may end it."""
    return progress.run.owner == session.me().id


def _running(progress: runs.Progress) -> None:
    with st.container(border=True):
        words, buttons = st.columns([3, 2], vertical_alignment="center")
        words.markdown(f"### {plain(stage_title(progress.stage))}")
        if asked := _asked(progress.wish):
            words.markdown(f":gray[:material/flag: {asked}]")
        with buttons.container(horizontal=True, horizontal_alignment="right"):
            if _mine(progress) and progress.wish is not Wish.STOP:
                if progress.stage == Stage.TRAINING and progress.points and progress.wish is Wish.GO_ON:
                    _finish(progress.run.id)
                _stop(progress.run.id)
        st.progress(min(1.0, max(0.0, progress.fraction)))
        st.markdown(":gray[" + " · ".join(_figures(progress)) + "]", help=_signs(progress))
        if progress.message:
            st.warning(plain(say(progress.message.text, progress.message.values)), icon=":material/schedule:")
    _curves(progress)


def _asked(wish: Wish) -> str | None:
    """What was asked of the run, until it has happened."""
    asked = {Wish.FINISH: _("Finishing: the best so far is kept."), Wish.STOP: _("Stopping.")}
    return asked.get(wish)


def _figures(progress: runs.Progress) -> list[str]:
    figures = [percent(progress.fraction), _("{time} so far").format(time=duration(round(progress.elapsed)))]
    if progress.seconds_left is not None:
        figures.append(_("about {time} left").format(time=duration(round(progress.seconds_left))))
    if progress.device:
        figures.append(plain(device_in_words(progress.device)))
    if progress.last_sign:
        figures.append(_("last sign of life {ago}").format(ago=ago(progress.last_sign)))
    return figures


def device_in_words(device: Note) -> str:
    """What it computes on, as a part of a longer line."""
    return say(device.text, device.values).rstrip(".")


def _signs(progress: runs.Progress) -> str | None:
    return _("Last sign of life: {when}").format(when=exact(progress.last_sign)) if progress.last_sign else None


def _curves(progress: runs.Progress) -> None:
    if not progress.points:
        return
    look = ground()
    left, right = st.columns(2, gap="large")
    with left:
        show(loss_curve(progress.points, look, running=True), table=False)
    with right:
        show(score_curve(progress.points, look, answer=progress.run.answer), table=False)


def _finish(run_id: int) -> None:
    if st.button(_("Finish now, keep the best"), icon=":material/flag:", key="finish"):
        with told():
            runs.finish_run(session.me(), run_id)
            st.rerun()


def _stop(run_id: int) -> None:
    with st.popover(_("Stop"), icon=":material/stop:", key="stop"):
        st.markdown(_("Stop this run? What it has learned is dropped; the recipe stays."))
        if st.button(_("Stop the run"), key="stop-sure"):
            with told():
                runs.stop_run(session.me(), run_id)
                st.rerun()


def _log(notes: Sequence[runs.RunNote]) -> None:
    if not notes:
        return
    st.markdown(_("**What is happening**"))
    for note in list(notes)[: -LATEST_NOTES - 1 : -1]:
        st.markdown(f":gray[{here(note.at):%H:%M:%S}] &nbsp; {plain(say(note.text, note.values))}")


def whole_log(notes: Sequence[runs.RunNote]) -> None:
    """The log of a run that is done, folded away."""
    if notes:
        with st.expander(_("What happened"), key="log"):
            for note in notes:
                st.markdown(f":gray[{here(note.at):%H:%M:%S}] &nbsp; {plain(say(note.text, note.values))}")
