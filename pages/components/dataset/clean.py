"""Tab Clean: the steps that made this version, before and after, and a next one, tried before it is done."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from pydantic import TypeAdapter

from engine.table.columns import Schema
from engine.table.facts import ColumnFacts
from engine.table.steps import AsMissing, Ignore, Rename, Retype, Step
from pages.components import session
from pages.components.dataset.columns import KINDS, apply
from pages.components.dataset.step_words import cell, changes, step_in_words
from pages.components.layout import plain, told
from pages.components.words import _, kind_title
from services import datasets, names
from services.datasets import DatasetView, Version

STEPS: TypeAdapter[tuple[Step, ...]] = TypeAdapter(tuple[Step, ...])
ROWS = 500  # looked at for before and after


def clean(view: DatasetView, version: Version) -> None:
    """Draws the tab."""
    st.markdown(
        _("Steps change a copy: the file you sent and earlier versions stay. They are repeated on rows to predict.")
    )
    _done(view, version)
    if view.dataset.owner == session.me().id:
        _next(version)


def _done(view: DatasetView, version: Version) -> None:
    """The steps so far, those of earlier versions first."""
    lineage = [version]
    known = {each.id: each for each in view.versions}
    while lineage[-1].parent in known:
        lineage.append(known[lineage[-1].parent])
    place = 0
    for parent, child in zip(lineage[:0:-1], lineage[-2::-1], strict=True):
        for step in STEPS.validate_python(child.steps)[len(parent.steps) :]:
            place += 1
            with st.container(border=True, gap="small"):
                by = _("version {n}").format(n=child.number)
                st.markdown(f"**{place}.** {plain(step_in_words(step))} &nbsp; :gray[:small[{by}]]")
                _examples(parent, child, step)
    if not place:
        st.caption(_("No step yet: this is the table as it was sent."))


def _examples(parent: Version, child: Version, step: Step) -> None:
    user = session.me()
    if isinstance(step, Ignore | Rename) or parent.status != "ready" or child.status != "ready":
        return
    before, after = datasets.preview(user, parent.id, 0, ROWS), datasets.preview(user, child.id, 0, ROWS)
    if step.column in before and step.column in after:
        _before_after(before[step.column], after[step.column])


def _before_after(before: pd.Series, after: pd.Series) -> None:
    pairs = changes(before, after)
    if not pairs:
        st.caption(_("Nothing changes in the first rows."))
        return
    st.caption(" &nbsp;·&nbsp; ".join(f"{plain(was)} :material/arrow_forward: **{plain(now)}**" for was, now in pairs))


def _next(version: Version) -> None:
    """One more step: chosen, tried on the first rows, then done."""
    user = session.me()
    schema, facts = datasets.schema(user, version.id), datasets.facts(user, version.id)
    st.subheader(_("Another step"), anchor=False)
    doings = {
        "as missing": _("Count values as missing"), "retype": _("Change the kind"),
        "rename": _("Rename"), "ignore": _("Leave the column out"),
    }  # fmt: skip
    first, second, third = st.columns([2, 2, 3], vertical_alignment="bottom")
    name = first.selectbox(_("Column"), schema.names, key=f"step column {version.id}")
    doing = second.selectbox(_("What to do"), list(doings), format_func=doings.__getitem__, key=f"step op {version.id}")
    with third:
        step = _chosen(doing, schema, {each.name: each for each in facts}[name], f"{version.id} {name}")
    if step is None:
        return
    with told():
        before, after = datasets.trial(user, version.id, (step,), ROWS)
        st.markdown(f"**{_('What it would do')}**")
        if isinstance(step, Retype | AsMissing):
            _before_after(before[step.column], after[step.column])
        else:
            st.caption(plain(step_in_words(step)))
        if st.button(_("Apply as a new version"), type="primary", key=f"apply step {version.id}"):
            apply(version, (step,))


def _chosen(doing: str, schema: Schema, facts: ColumnFacts, key: str) -> Step | None:
    """The step that the third field describes; None while it says nothing yet."""
    name = facts.name
    if doing == "retype":
        others = [kind for kind in KINDS if kind != schema[name].kind]
        kind = st.selectbox(
            _("New kind"), others, index=None, format_func=kind_title, key=f"kind {key}", placeholder=_("Choose")
        )
        return Retype(column=name, kind=kind) if kind else None
    if doing == "as missing":
        common = [bar.label for bar in facts.bars] if facts.kind not in ("number", "datetime") else []
        values = st.multiselect(
            _("Values"), [*common, *(cell(value) for value in facts.examples if value not in common)],
            accept_new_options=True, key=f"values {key}", placeholder=_("Such as ? or 999"),
        )  # fmt: skip
        return AsMissing(column=name, values=tuple(values)) if values else None
    if doing == "rename":
        to = names.visible(st.text_input(_("New name"), max_chars=200, key=f"name {key}")).strip()
        return Rename(column=name, to=to) if to and to != name else None
    return Ignore(column=name)
