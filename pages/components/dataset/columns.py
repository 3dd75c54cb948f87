"""Tab Columns: what is in each column, what is wrong with it, and one click to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from engine.table.association import METHODS
from engine.table.columns import Column, Schema
from engine.table.facts import Association, ColumnFacts
from engine.table.steps import AsMissing, Retype, Step
from engine.table.warnings import Finding
from pages.components import session
from pages.components.charts.distribution import distribution, small_bars
from pages.components.charts.show import ground, show
from pages.components.choosing import tells_column
from pages.components.dataset.media import of_pictures, of_texts, tell_apart
from pages.components.dataset.step_words import remedy_of, steps_in_words
from pages.components.layout import open_page, plain, told
from pages.components.words import _, kind_title, number, percent, plural, say, some_of
from services import datasets
from services.datasets import DatasetView, Version

KINDS = ("number", "category", "boolean", "datetime", "text", "identifier")
UNCOUNTED = ("text", "image", "identifier")  # hardly a value comes twice: there is no distribution to see
SHOWN = 12  # warnings; more are folded away


def columns(view: DatasetView, version: Version) -> None:
    """Draws the tab."""
    user = session.me()
    facts, schema = datasets.facts(user, version.id), datasets.schema(user, version.id)
    mine = view.dataset.owner == user.id
    target = _target(schema)
    related = datasets.associations(user, version.id, target) if target else {}
    _findings(datasets.findings(user, version.id, target), version, mine=mine)
    wanted = _table(facts, schema, related, version, mine=mine)
    if wanted:
        names = ", ".join(plain(step.column) for step in wanted[:3])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_("Other kind for {names}").format(names=names), width="content")
            if st.button(_("Apply as a new version"), type="primary", key=f"apply kinds {version.id}"):
                apply(version, wanted)
    _closer(facts, schema, related, version, target)


def apply(version: Version, steps: Sequence[Step]) -> None:
    """Makes a new version and shows it."""
    with told():
        made = datasets.apply_steps(session.me(), version.id, tuple(steps), steps_in_words(steps))
        open_page("data", id=made.dataset, version=made.id, tab=st.query_params.get("tab", "columns"))


def _target(schema: Schema) -> str | None:
    left, _right = st.columns([2, 3])
    return left.selectbox(
        _("What do you want to predict?"), schema.names, index=None, key="target", bind="query-params",
        placeholder=_("Nothing chosen yet"),
        help=_("Shows how closely each column goes with it, and what would give it away."),
    )  # fmt: skip


def _findings(findings: Sequence[Finding], version: Version, *, mine: bool) -> None:
    if not findings:
        st.markdown(f":green[:material/check_circle:] {_('Nothing in these columns looks wrong.')}")
        return
    missing = [step for finding in findings for step in remedy_of(finding)[1] if isinstance(step, AsMissing)]
    if mine and len(missing) > 1:
        words = plural("Count as missing in {n} column", "Count as missing in all {n} columns", len(missing))
        if st.button(words, icon=":material/done_all:", key=f"all as missing {version.id}"):
            apply(version, missing)
    for i, finding in enumerate(findings[:SHOWN]):
        _finding(finding, version, f"{version.id} {i}", mine=mine)
    if len(findings) > SHOWN:
        with st.expander(plural("{n} more warning", "{n} more warnings", len(findings) - SHOWN)):
            for i, finding in enumerate(findings[SHOWN:], SHOWN):
                _finding(finding, version, f"{version.id} {i}", mine=mine)


def _finding(finding: Finding, version: Version, key: str, *, mine: bool) -> None:
    words, steps = remedy_of(finding)
    sentence = plain(say(finding.text, finding.values))
    if "rows" not in finding.values:  # else the sentence tells how many there are
        sentence += f" :gray[:small[{plural('{n} row', '{n} rows', finding.rows)}]]"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":orange[:material/warning:] {sentence}", width="content")
        if steps and mine and st.button(words, key=f"remedy {key}"):
            apply(version, steps)
        elif not steps and finding.remedy is not None:
            st.caption(_("The Train page offers the remedy."), width="content")


def _table(
    facts: Sequence[ColumnFacts], schema: Schema, related: Mapping[str, Association], version: Version, *, mine: bool
) -> list[Step]:
    """The table of columns; steps for the kinds that were changed in it."""
    shown = KINDS if all(each.kind in KINDS for each in facts) else (*KINDS, "image")
    kinds = {kind_title(kind): kind for kind in shown}
    table = pd.DataFrame([_row(each, related) for each in facts])
    config = {
        "name": st.column_config.TextColumn(_("Column"), pinned=True),
        "kind": st.column_config.SelectboxColumn(
            _("Kind"), options=list(kinds), required=True, help=_("What the column is read as. Click to change it.")
        ),
        "missing": st.column_config.TextColumn(_("Missing"), alignment="right", width="small"),
        "distinct": st.column_config.NumberColumn(_("Different values"), format="localized"),
        "tells": tells_column(),
        "bars": st.column_config.BarChartColumn(_("Distribution"), y_min=0),
        "examples": st.column_config.TextColumn(_("Examples"), width="medium"),
    }  # fmt: skip
    edited = st.data_editor(
        table,
        key=f"columns {version.id} {bool(related)}",
        hide_index=True,
        disabled=True if not mine else [name for name in table.columns if name != "kind"],
        column_config=config,
        column_order=[name for name in config if name != "tells" or related],
        height=min(640, 38 + 35 * max(1, len(table))),
        alt=_("Columns of this data set"),
    )
    rests = plural("{n} row", "{n} rows", facts[0].rows if facts else 0)
    notes = _notes(schema)
    st.caption(" ".join([_("These facts rest on {rows}.").format(rows=rests), *notes]))
    before = dict(zip(table["name"], table["kind"], strict=True)) if len(table) else {}
    changed = zip(edited["name"], edited["kind"], strict=True) if len(table) else ()
    return [Retype(column=name, kind=kinds[kind]) for name, kind in changed if kind != before[name]]


def _row(facts: ColumnFacts, related: Mapping[str, Association]) -> dict[str, object]:
    tells = related.get(facts.name)
    return {
        "name": facts.name,
        "kind": kind_title(facts.kind),
        "missing": percent(facts.missing / max(1, facts.rows), 1),
        "distinct": facts.distinct,
        "tells": round(100 * tells.strength) if tells else None,
        "bars": small_bars(facts),
        "examples": "" if facts.kind == "image" else " · ".join(facts.examples[:3]),
    }


def _notes(schema: Schema) -> list[str]:
    """Markdown: what is noted of columns, a sentence each; below the table, which would cut it off."""
    noted: dict[str, list[str]] = {}
    for column in schema.columns:
        if _note(column):
            noted.setdefault(_note(column), []).append(column.name)
    return [plain(_("{columns}: {note}.").format(columns=some_of(names), note=note)) for note, names in noted.items()]


def _note(column: Column) -> str:
    return _("left out") if column.ignored else say(column.reason)


def _closer(
    facts: Sequence[ColumnFacts],
    schema: Schema,
    related: Mapping[str, Association],
    version: Version,
    target: str | None,
) -> None:
    """One column in detail."""
    names = [each.name for each in facts]
    st.subheader(_("One column"), anchor=False)
    left, right = st.columns([2, 3], gap="large")
    name = left.selectbox(_("Column"), names, key="column", bind="query-params", label_visibility="collapsed")
    chosen = next((each for each in facts if each.name == name), None)
    if chosen is None:
        return
    with right:
        if chosen.bars and chosen.kind not in UNCOUNTED:
            show(distribution(chosen, ground()))
        elif chosen.kind == "text":
            tell_apart(version, chosen, target)
    lines = _lines(chosen, schema[chosen.name], related.get(chosen.name))
    left.table({plain(title): plain(value) for title, value in lines.items()}, border="horizontal")


def _lines(facts: ColumnFacts, column: Column, related: Association | None) -> dict[str, str]:
    known = facts.rows - facts.missing
    lines = {
        _("Kind"): kind_title(facts.kind),
        _("Filled"): _("{n} of {of} rows").format(n=number(known), of=number(facts.rows)),
        _("Different values"): number(facts.distinct),
    }
    if facts.quantiles:
        lines[_("Smallest")] = number(facts.quantiles[0])
        lines[_("Middle half")] = f"{number(facts.quantiles[2])} – {number(facts.quantiles[4])}"
        lines[_("Average")] = number(facts.mean)
        lines[_("Largest")] = number(facts.quantiles[-1])
    if facts.earliest:
        lines[_("Earliest")], lines[_("Latest")] = facts.earliest, facts.latest
    if facts.texts is not None:
        lines |= of_texts(facts.texts)
    elif facts.pictures is not None:
        lines |= of_pictures(facts.pictures)
    elif facts.length is not None:
        lines[_("Average length")] = plural("{n} letter", "{n} letters", round(facts.length))
    if facts.examples and facts.kind != "image":
        lines[_("Examples")] = " · ".join(facts.examples)
    if _note(column):
        lines[_("Note")] = _note(column)
    if related is not None:
        method = _(METHODS[related.method])
        lines[_("Tells on its own")] = f"{percent(related.strength)} ({method}, {number(related.rows)})"
    return lines
