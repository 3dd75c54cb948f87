"""Two to five runs side by side: what is said of them, their metrics on the same rows, curves, recipes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.metrics import METRICS
from pages.components import session
from pages.components.charts.comparing import interval, measured, runs_together
from pages.components.charts.learning import curves_together
from pages.components.charts.show import ground, show
from pages.components.layout import header, link, open_page
from pages.components.outcome import told as told_note
from pages.components.share import share
from pages.components.words import _, number
from services import runs


def compare_page(ids: Sequence[int]) -> None:
    """The whole page of a comparison."""
    head = header(_("Runs, compared"))
    with head.more:
        if st.button(_("All runs"), icon=":material/arrow_back:", key="all runs"):
            open_page("runs")
        share("share-comparison")
    compared = runs.compare(session.me(), list(ids))
    with st.container(horizontal=True):
        for label, run in zip(compared.curves, compared.runs, strict=True):
            link(label, "run", icon=":material/show_chart:", id=run.id)
    said(compared)
    _metrics(compared)
    look = ground()
    left, right = st.columns(2, gap="large")
    with left:
        show(curves_together(compared.curves, look))
    with right:
        _recipes(compared)


def said(compared: runs.RunComparison) -> None:
    """The finding first; the rows it rests on, which the comparison names first, below it."""
    rests_on, *findings = compared.comparison.sentences
    with st.container(border=True):
        for i, note in enumerate(findings):
            st.markdown(f"### {told_note(note)}" if i == 0 else told_note(note))
        st.markdown(f":gray[{told_note(rests_on)}]")


def _metrics(compared: runs.RunComparison) -> None:
    comparison = compared.comparison
    if not comparison.runs or not comparison.runs[0].metrics:
        return
    left, right = st.columns(2, gap="large")
    with left:
        show(runs_together(comparison, comparison.headline, ground()))
    with right:
        st.markdown(_("**All figures**"))
        st.dataframe(metrics_table(compared), hide_index=True, width="stretch", key="compared-metrics")


def metrics_table(compared: runs.RunComparison) -> pd.DataFrame:
    """A row for each metric, a column for each run, intervals in brackets."""
    names = [metric.name for metric in compared.comparison.runs[0].metrics]
    rows = []
    for name in names:
        row = {_("Metric"): _(METRICS[name].title)}
        for run in compared.comparison.runs:
            metric = next((each for each in run.metrics if each.name == name), None)
            row[run.label] = "—" if metric is None else f"{measured(metric)}  ({interval(metric)})"
        rows.append(row)
    return pd.DataFrame(rows)


def _recipes(compared: runs.RunComparison) -> None:
    st.markdown(_("**What was different**"))
    if not compared.differences:
        st.caption(_("The recipes are the same."))
        return
    table = pd.DataFrame(
        [
            {
                _("Setting"): _(each.title),
                **{label: plain_value(value) for label, value in zip(compared.curves, each.values, strict=True)},
            }
            for each in compared.differences
        ]
    )
    st.dataframe(table, hide_index=True, width="stretch", key="compared-recipes")


def plain_value(value: object) -> str:
    """A setting's value as it is read."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return "—" if value is None else str(value)
