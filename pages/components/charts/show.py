"""A chart as the reader meets it: its finding in a sentence, the picture, the table behind it, a download."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.components.charts.style import DARK, LIGHT, Ground
from pages.components.layout import plain
from pages.components.words import _
from services.downloads import csv_of

CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False}


@dataclass(frozen=True)
class Chart:
    """A figure with what it says. `finding` is the sentence on top and the text alternative."""

    key: str  # stable on its page: also the name of its file
    finding: str
    figure: go.Figure
    table: pd.DataFrame
    note: str = ""  # how to read it, in one sentence


def ground() -> Ground:
    """The ground that this reader looks at."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def show(chart: Chart, *, table: bool = True) -> None:
    """Draws one chart. `table` is off only while a run is alive and the numbers still move."""
    st.markdown(f"**{plain(chart.finding)}**")
    st.plotly_chart(
        chart.figure, width="stretch", theme=None, key=f"chart-{chart.key}", config=CONFIG, alt=chart.finding
    )
    if chart.note:
        st.caption(chart.note)
    if table:
        behind(chart)


def behind(chart: Chart) -> None:
    """The table behind a chart, and its download, folded away."""
    with st.popover(_("Table"), icon=":material/table_chart:", type="tertiary", key=f"table-{chart.key}"):
        st.dataframe(chart.table, hide_index=True, width="stretch", key=f"rows-{chart.key}")
        st.download_button(
            _("Download CSV"),
            lambda: csv_of(chart.table),
            f"{chart.key}.csv",
            "text/csv",
            key=f"csv-{chart.key}",
            icon=":material/download:",
            on_click="ignore",
        )
