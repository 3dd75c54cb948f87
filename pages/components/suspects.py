"""Answers in the data that look wrong, and their correction into a new version of the data set."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.results import Suspect, Suspects
from engine.table.columns import Column
from engine.table.steps import Correct
from pages.components import session
from pages.components.dataset.preview import shown, with_pictures
from pages.components.dataset.step_words import steps_in_words
from pages.components.layout import open_page, plain, told
from pages.components.mistakes import tested_rows
from pages.components.words import NONE, _, ngettext, number, percent, plural
from services import datasets
from services.datasets import DatasetView
from services.runs import Run

SHOWN = 50
MANY = 0.05  # of the rows that were judged; data sets that people labelled seldom have more (Northcutt et al. 2021)


def suspected(run: Run, target: str, classes: Sequence[str], found: Suspects) -> None:
    """The rows, worst first. Ticked ones are corrected in the newest version of the data set: what was corrected or
    cleaned since the run stays so, and is no longer listed.
    """
    view = datasets.dataset(session.me(), run.dataset)
    mine = view.dataset.owner == session.me().id
    st.subheader(_("Answers in the data that look wrong"), anchor=False)
    st.caption(_in_words(found, view, mine=mine))
    row_ids = [row.row_id for row in found.rows]
    values, columns = tested_rows(run.version, row_ids)
    now, _columns = tested_rows(view.latest.id, row_ids)
    if target not in values or target not in now:
        st.caption(_("The data set has no column of this name any more."))
        return
    rows = unchanged(found.rows, values[target], now[target])[:SHOWN]
    shown_values = with_pictures(run.version, values, columns).reindex([row.row_id for row in rows])
    others = [column for column in columns if column.name != target]
    key = f"suspects-{run.id}-{view.latest.id}"
    edited = _table(rows, shown_values, others, classes, mine=mine, key=key)
    if mine:
        right = {
            row.row_id: answer
            for row, ticked, answer in zip(rows, edited["wrong"], edited["right"], strict=True)
            if ticked and answer != row.given
        }
        _correct(view, Correct(column=target, values=right))


def _in_words(found: Suspects, view: DatasetView, *, mine: bool) -> str:
    """How many there are, and who can correct them. Markdown."""
    words = ngettext(
        "Of {judged} rows that the model did not learn from, {n} seems to have a wrong answer in the data.",
        "Of {judged} rows that the model did not learn from, {n} seem to have a wrong answer in the data.",
        found.found,
    )
    parts = [words.format(judged=number(found.judged), n=number(found.found))]
    if mine:
        parts.append(
            ngettext(
                "If it is wrong indeed, tick it: it is corrected in a new version.",
                "Tick those that are wrong indeed: they are corrected in a new version.",
                found.found,
            )
        )
    else:
        parts.append(
            _("The owner of the data set, {name}, can correct what is wrong.").format(name=view.dataset.owner_name)
        )
    if found.found > MANY * found.judged:
        parts.append(_("That is many: most of them will be mistakes of the model. The likeliest come first."))
    return plain(" ".join(parts))


def _correct(view: DatasetView, step: Correct) -> None:
    """The button that makes a new version."""
    label = plural("Correct {n} row", "Correct {n} rows", len(step.values))
    being_made = view.versions[0].status == "importing"
    if being_made:
        st.caption(_("A new version is being made. Go on when it is there."))
    disabled = being_made or not step.values
    if st.button(label, type="primary", icon=":material/check:", disabled=disabled, key="correct-suspects"):
        with told():
            made = datasets.apply_steps(session.me(), view.latest.id, (step,), steps_in_words((step,)))
            open_page("data", id=made.dataset, version=made.id, tab="versions")


def unchanged(rows: Sequence[Suspect], then: pd.Series, now: pd.Series) -> list[Suspect]:
    """The rows whose value is `now` what it was when the run learned (`then`), both by row id."""
    same = then == now.reindex(then.index)
    return [row for row in rows if same.get(row.row_id, False)]


def _table(
    rows: Sequence[Suspect],
    values: pd.DataFrame,
    columns: Sequence[Column],
    classes: Sequence[str],
    *,
    mine: bool,
    key: str,
) -> pd.DataFrame:
    """Columns of the row go by place, whatever their names. Ticks are for whose data set it is: `mine`."""
    own = pd.DataFrame(
        {
            "wrong": [False] * len(rows),
            "given": [row.given for row in rows],
            "right": [row.suggested for row in rows],
            "sure": [percent(row.probability_suggested) for row in rows],
        }
    )
    theirs = values[[column.name for column in columns]].reset_index(drop=True)
    theirs = theirs.set_axis([str(i) for i in range(len(columns))], axis=1)
    config = {
        "wrong": st.column_config.CheckboxColumn(_("Wrong"), width="small"),
        "given": st.column_config.TextColumn(_("In the data"), disabled=True),
        "right": st.column_config.SelectboxColumn(_("Right answer"), options=list(classes), required=True),
        "sure": st.column_config.TextColumn(_("Sure"), disabled=True, alignment="right"),
    }
    table = pd.concat([own, theirs], axis=1)
    return st.data_editor(
        table,
        hide_index=True,
        width="stretch",
        column_config=config | {str(i): shown(column, theirs[str(i)]) for i, column in enumerate(columns)},
        column_order=None if mine else list(table.columns.drop("wrong")),
        disabled=[str(i) for i in range(len(columns))] if mine else True,
        placeholder=NONE,
        key=key,
    )
