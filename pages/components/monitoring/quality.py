"""Tab Quality: how good the answers were, by what people said of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.metrics import METRICS
from engine.results import Metric, Quality
from pages.components import session
from pages.components.charts.comparing import interval, measured
from pages.components.charts.judged import judged_by_version, judged_over_time
from pages.components.charts.show import ground, show
from pages.components.layout import empty, plain
from pages.components.monitoring.period import offset
from pages.components.run_words import score_in_words
from pages.components.words import _, number, percent, plural
from services import watching
from services.watching import Monitored, PeriodName, QualityView

NEED_NO_TRUTH = ("accuracy", "exact_match", "precision", "f1")  # that an answer is wrong is enough


def quality(found: Monitored, period: PeriodName) -> None:
    """Draws the tab."""
    view = watching.quality(session.me(), found.model.id, period, offset())
    if view.quality is None:
        empty(
            "rate_review",
            _("No answer was judged in this time"),
            _("When people say right or wrong beside an answer, it is counted here."),
        )
        return
    st.markdown(f"#### {plain(finding(view.quality))}")
    st.markdown(
        plain(_("On the test rows of {run}: {score}").format(run=found.run.name, score=score_in_words(found.run)))
    )
    st.info(plain(chosen_part(view, view.quality)), icon=":material/info:")
    same = found.run.metric == view.quality.headline
    over_time = judged_over_time(view.quality, view.starts, found.run.value if same else None, ground())
    if over_time is not None:
        show(over_time)
    by_version = judged_by_version(view.quality, ground())
    if by_version is not None:
        show(by_version)
    table(view.quality)


def finding(quality: Quality) -> str:
    """The headline metric of the judged answers. Plain text."""
    metric = next((each for each in quality.metrics if each.name == quality.headline), None)
    if metric is None:
        return _("What the correct answers are was not said yet.")
    ranged = f"{measured(metric)} ({interval(metric)})" if interval(metric) else measured(metric)
    if quality.headline == "mae":
        return _("Judged answers were off by {value} on average.").format(value=ranged)
    return _("{value} of the judged answers were right.").format(value=ranged)


def chosen_part(view: QualityView, quality: Quality) -> str:
    """Says that who judges chooses what. Plain text."""
    share = percent(min(1.0, quality.rows / max(1, view.answered)), 1)
    return _(
        "This rests on {judged} of {answered} answers ({share}) which people chose to judge. They may have picked the "
        "odd ones, so it does not say how good all answers are; it shows where it goes."
    ).format(judged=number(quality.rows), answered=number(view.answered), share=share)


def table(quality: Quality) -> None:
    """Every metric with its interval."""
    st.markdown(
        "**"
        + plural(
            "Measured on {n} answer whose correct answer is known",
            "Measured on {n} answers whose correct answer is known",
            quality.known,
        )
        + "**"
    )
    rows = [_line(metric, quality) for metric in quality.metrics]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, width="stretch", alt=_("Metrics of judged answers"), key="judged metrics"
    )
    if quality.known < quality.rows:
        st.caption(left_out(quality))


def left_out(quality: Quality) -> str:
    """What the figures that need to know the correct answer do not say."""
    words = plural(
        "What would be right instead of {n} wrong answer is not known, or nothing that the model ever learned.",
        "What would be right instead of {n} wrong answers is not known, or nothing that the model ever learned.",
        quality.rows - quality.known,
    )
    more = (
        _("Recall and the other figures that rest on {known} answers leave these out, and look better than they are.")
        if any(metric.name == "recall" for metric in quality.metrics)
        else _("Figures that rest on {known} answers leave these out, and look better than they are.")
    )
    return f"{words} {more.format(known=number(quality.known))}"


def _line(metric: Metric, quality: Quality) -> dict[str, object]:
    info = METRICS[metric.name]
    return {
        _("Metric"): _(info.title),
        _("Value"): measured(metric),
        _("95 times in 100 between"): interval(metric),
        _("Answers"): quality.rows if metric.name in NEED_NO_TRUTH else quality.known,
        _("What it is"): _(info.help),
    }
