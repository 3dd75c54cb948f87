"""How far back a page of monitoring looks; it stands in the address."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from pages.components.words import _, here
from services.watching import PERIODS, PeriodName


def choose_period() -> PeriodName:
    """The choice, a week at first."""
    titles = {"day": _("24 hours"), "week": _("7 days"), "month": _("30 days")}
    chosen = st.segmented_control(
        _("Time"), list(PERIODS), default="week", format_func=titles.__getitem__, key="period", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen or "week"


def offset() -> int:
    """Seconds by which the reader's clock is before Greenwich's."""
    difference = here(datetime.now(UTC)).utcoffset()
    return int(difference.total_seconds()) if difference is not None else 0
