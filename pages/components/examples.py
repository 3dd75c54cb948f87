"""What the answers to some test pictures rest on: those most clearly right, least sure, most wrong."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.results import Evaluation, RowResult
from pages.components import session
from pages.components.charts.heat import heat
from pages.components.charts.show import ground, show
from pages.components.layout import told
from pages.components.pictures import address
from pages.components.words import _
from services import predictions, runs

SHOWN = 3
SIDE = 240  # pixels


@st.fragment
def examples(run: runs.Run, column: str, evaluation: Evaluation) -> None:
    """Three of a list, beside each other; which list is the reader's choice."""
    lists: dict[str, tuple[str, Sequence[RowResult]]] = {
        "best": (_("Most clearly right"), evaluation.best_rows),
        "uncertain": (_("Least sure"), evaluation.uncertain_rows),
        "worst": (_("Most wrong"), evaluation.worst_rows),
    }
    chosen = st.segmented_control(
        _("Test pictures"), list(lists), default="best", required=True, format_func=lambda name: lists[name][0],
        key=f"examples-{run.id}-{column}",
    )  # fmt: skip
    shown = lists[chosen or "best"][1][:SHOWN]
    for place, row in zip(st.columns(SHOWN, gap="large"), shown, strict=False):
        with place, told():
            seen, found = predictions.heat_map_of_row(session.me(), run.id, row.row_id, column)
            show(
                heat(found, address(seen.content), seen.size, ground(), name=f"{column}-{row.row_id}", side=SIDE),
                table=False,
            )
