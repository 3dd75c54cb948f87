"""Tab Drift: whether the rows that a model is asked about are still like those that it learned from."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from engine.results import ColumnDrift, DriftReport
from pages.components.charts.drift import aspect_title, spread
from pages.components.charts.show import ground, show
from pages.components.layout import aside, empty, plain
from pages.components.words import _, kind_title, ngettext, number, percent, plural, say
from services.reports import Report
from services.watching import Monitored

MOST_DRAWN = 4  # columns that changed whose charts are drawn at once


def drift(found: Monitored) -> None:
    """Draws the tab."""
    report = found.report
    if report is None:
        empty("schedule", _("Not checked yet"), _("A model is checked a few minutes after it was first asked."))
        return
    if report.drift is None:
        note = report.note
        empty("history", _("Drift cannot be told"), plain(say(note.text, note.values)) if note else "")
        return
    if not report.drift.columns:
        words = _("{n} of {fewest} rows are there. With fewer, chance alone looks like a change.")
        empty("hourglass_top", _("Too few rows to say"), words.format(
            n=number(report.drift.rows), fewest=number(report.drift.fewest)
        ))  # fmt: skip
        return
    st.markdown(f"#### {plain(finding(report.drift))}")
    aside(
        _("the last {rows} that version {n} was asked about, beside its training rows").format(
            rows=plural("{n} row", "{n} rows", report.drift.rows), n=number(report.version)
        ),
        when=report.looked_at, said=_("looked at {when}"),
    )  # fmt: skip
    columns = sorted(report.drift.columns, key=_severity)
    for column in [column for column in columns if column.change == "changed"][:MOST_DRAWN]:
        draw(column)
    table(columns)
    another(report, columns)
    st.caption(how(report.drift))


def finding(report: DriftReport) -> str:
    """What the table says, in a sentence. Plain text."""
    changed, all_columns = len(report.changed), len(report.columns)
    if not changed:
        return _("All {n} columns are as they were in training, as far as it matters.").format(n=number(all_columns))
    return ngettext(
        "{n} of {of} columns is no longer as it was in training.",
        "{n} of {of} columns are no longer as they were in training.",
        changed,
    ).format(n=number(changed), of=number(all_columns))


def how(report: DriftReport) -> str:
    """How to read the table."""
    return _(
        "A column counts as changed when both hold: chance alone would do it less than once in 1,000 looks at the "
        "whole table (a chance below {limit} for each comparison), and the change matters: a stability index (PSI) of "
        "0.2 or more, or 5 more or fewer rows in 100 that are missing or hold words never learned. The distance is "
        "Kolmogorov and Smirnov’s for amounts, half of the differences of shares (tested by χ²) for words. "
        "Dates go on by themselves: they raise no alarm."
    ).format(limit=number(report.limit, 2))


def draw(column: ColumnDrift) -> None:
    """The chart of the aspect that changed most; new words are seen beside the others, of missing cells is none."""
    worst = column.worst
    drawn = column.side("values") if worst is not None and worst.aspect == "new" else worst
    if drawn is None or not drawn.bars:
        st.markdown(f"**{plain(say(column.sentence.text, column.sentence.values))}**")
        return
    show(spread(column, drawn, ground()))


def table(columns: list[ColumnDrift]) -> None:
    """A line a column, the most changed first."""
    words = {"changed": _("changed"), "slight": _("a little"), "same": _("as before")}
    rows = []
    for column in columns:
        main = next((side for side in column.sides if side.psi is not None), None)
        missing, new = column.side("missing"), column.side("new")
        rows.append(
            {
                _("Column"): column.name,
                _("Kind"): kind_title(column.kind),
                _("Change"): words[column.change],
                _("In words"): say(column.sentence.text, column.sentence.values),
                _("Compared"): aspect_title(main.aspect) if main else "",
                _("PSI"): main.psi if main else None,
                _("Distance"): main.gap if main else None,
                _("chance"): number(main.chance, 2) if main else "",
                _("Missing"): percent(missing.now, 1) if missing else "",
                _("Never learned"): percent(new.now, 1) if new else "",
                _("Rows"): column.rows,
            }
        )
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, width="stretch", alt=_("Drift of each column"), key="drift table",
        column_config={
            _("In words"): st.column_config.TextColumn(width="large"),
            _("PSI"): st.column_config.NumberColumn(format="%.3f"),
            _("Distance"): st.column_config.NumberColumn(format="%.3f"),
        },
    )  # fmt: skip


def another(report: Report, columns: list[ColumnDrift]) -> None:
    """The chart of a column that a reader chooses."""
    named = {column.name: column for column in columns}
    chosen = st.selectbox(
        _("Show a column"), list(named), index=None, placeholder=_("choose a column"), key=f"drift of {report.run}"
    )
    if chosen is not None:
        for side in named[chosen].sides:
            if side.bars:
                chart = spread(named[chosen], side, ground())
                show(replace(chart, key=f"chosen-{chart.key}"))  # the same one may stand above, as changed


def _severity(column: ColumnDrift) -> tuple[int, float]:
    order = ("changed", "slight", "same")
    return order.index(column.change), -max(abs(side.value) / side.threshold for side in column.sides)
