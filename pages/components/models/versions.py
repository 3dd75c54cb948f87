"""Tab Versions: the candidate beside production, each version with its score and origin, and which one answers."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.components import session
from pages.components.clicks import carry_out
from pages.components.comparing import said
from pages.components.layout import aside, link, open_page, plain, told
from pages.components.models.titles import version_title
from pages.components.run_words import score_in_words
from pages.components.words import _, number, plural
from services import models, runs
from services.models import ModelView, Standing


def versions(view: ModelView, *, changeable: bool) -> None:
    """Draws the tab; `changeable`: for somebody who may choose which version answers."""
    beside_candidate(view)
    if len(view.versions) == 1:
        next_one()
    elif changeable:
        steering(view)
    for standing in view.versions:
        draw(view, standing, changeable=changeable)
    st.caption(_("Each score rests on the test rows of its own run; in brackets the range that holds 95 times in 100."))


def beside_candidate(view: ModelView) -> None:
    """Production and candidate on the same rows, in a sentence."""
    candidate = view.candidate
    if candidate is None:
        return
    sides = (view.production, candidate)
    ids = [side.run.id for side in sides]
    with told():
        said(runs.compare(session.me(), ids, [version_title(side.version.number) for side in sides]))
        link(
            _("Compare in full"), "runs", icon=":material/compare_arrows:",
            compare=",".join(map(str, ids)),
        )  # fmt: skip


def next_one() -> None:
    """Where a second version comes from."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            _("The next version is another finished run that predicts the same: open it, “Add to a model”."),
            width="stretch",
        )
        if st.button(_("Choose a run"), key="choose a run"):
            open_page("runs", status="finished")


def steering(view: ModelView) -> None:
    """The way back to the version before, and the reason that goes into the history with the next change."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.text_input(
        _("Reason for the next change, if you like"), key=reason_key(view), max_chars=500,
        placeholder=_("goes into the history"),
    )  # fmt: skip
    if view.before is not None:
        right.button(
            _("Roll back to version {n}").format(n=number(view.before)), icon=":material/undo:", key="roll back",
            on_click=carry_out, args=(point, view, models.roll_back, view.model.production),
        )  # fmt: skip


def reason_key(view: ModelView) -> str:
    """Another widget after each change, so that the reason of one is not taken for the next."""
    return f"why {view.changes[0].id}"


def draw(view: ModelView, standing: Standing, *, changeable: bool) -> None:
    """One version: how good it is, where it comes from, and what can be done with it."""
    version, run = standing.version, standing.run
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None):
            st.markdown(
                f"**{version_title(version.number)}** · {plain(score_in_words(run))}{mark(view, version.number)}"
            )
            aside(
                plural("{n} test row", "{n} test rows", run.test_rows or 0),
                _("added by {name}").format(name=version.owner_name),
                when=version.created,
            )
            with st.container(horizontal=True, gap="small"):
                origin(standing)
        if changeable and version.number != view.model.production:
            with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
                choose(view, version.number)


def origin(standing: Standing) -> None:
    """The run, the data and the recipe that it comes from."""
    run = standing.run
    link(run.name, "run", icon=":material/show_chart:", id=run.id)
    data = _("{data} · version {n}").format(data=run.dataset_name, n=number(run.version_number))
    link(data, "data", icon=":material/table:", id=run.dataset, version=run.version)
    link(_("Recipe"), "run", icon=":material/receipt_long:", id=run.id, tab="recipe")


def mark(view: ModelView, n: int) -> str:
    """Says of a version that it is production or candidate; as Markdown."""
    if n == view.model.production:
        return f" &nbsp; :green-badge[:material/check_circle: {_('production')}]"
    if n == view.model.candidate:
        return f" &nbsp; :gray-badge[:material/hourglass_top: {_('candidate')}]"
    return ""


def choose(view: ModelView, n: int) -> None:
    """Makes a version that does not answer the one that does, or the one that may be next."""
    seen, candidate = view.model.production, view.model.candidate
    st.button(
        _("Make this production"), key=f"promote {n}",
        on_click=carry_out, args=(point, view, models.promote, n, seen),
    )  # fmt: skip
    st.button(
        _("Withdraw") if n == candidate else _("Make candidate"), key=f"candidate {n}", type="tertiary",
        on_click=carry_out, args=(point, view, models.set_candidate, None if n == candidate else n),
    )  # fmt: skip


def point(view: ModelView, change: Callable[..., None], *asked: object) -> None:
    """Chooses another production or candidate, for the reason given; `view` is what its reader saw on clicking."""
    change(session.me(), view.model.id, *asked, why=session.recall(reason_key(view), ""))
