"""Tab Requests: how often a model is asked, how long that takes, what goes wrong, and what it answers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.components import session
from pages.components.charts.show import ground, show
from pages.components.charts.traffic import answers_over_time, latency_over_time, requests_over_time
from pages.components.layout import empty
from pages.components.models.titles import version_title
from pages.components.monitoring.period import offset
from pages.components.words import _
from services import watching
from services.faults import called
from services.watching import Monitored, PeriodName, TrafficView


def requests(found: Monitored, period: PeriodName) -> None:
    """Draws the tab."""
    user, model = session.me(), found.model
    view = watching.requests(user, model.id, period, offset())
    if not view.total.calls:
        empty(
            "bedtime", _("Nobody asked it in this time"), _("Requests over the API and on its page are counted here.")
        )
    else:
        show(requests_over_time(view.moments, view.total, ground()))
        if view.total.answered:
            show(latency_over_time(view.moments, view.total, ground()))
    answers = watching.answers(user, model.id, period, offset())
    if any(each.rows for each in answers.values()):
        show(answers_over_time(answers, ground(), target=model.target))
    if view.problems:
        problems(view)
    if len(view.versions) > 1:
        versions(view)


def problems(view: TrafficView) -> None:
    """What went wrong, most frequent first."""
    st.markdown(f"**{_('What went wrong')}**")
    st.caption(_("Requests with a wrong key, too large ones and too many a minute are refused before they count here."))
    rows = [
        {
            _("Problem"): _(called(problem).title) if problem else _("unknown"),
            _("Status"): status,
            _("Whose"): _("this server") if status >= 500 else _("the asker"),
            _("Times"): times,
        }
        for problem, status, times in view.problems
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", alt=_("What went wrong"), key="problems")


def versions(view: TrafficView) -> None:
    """The requests of each version that answered."""
    st.markdown(f"**{_('By version')}**")
    rows = [
        {
            _("Version"): version_title(number),
            _("Requests"): traffic.calls,
            _("Failed"): traffic.failed,
            _("Half took at most, ms"): traffic.half,
            _("95 in 100 took at most, ms"): traffic.most,
        }
        for number, traffic in sorted(view.versions.items(), reverse=True)
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", alt=_("By version"), key="versions asked")
