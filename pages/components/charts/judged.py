"""Charts of judged answers: how good they were over time and by version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pandas as pd

from engine.metrics import METRICS
from engine.results import Metric, Quality
from pages.components.charts.comparing import dots, interval, measured
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure
from pages.components.models.titles import version_title
from pages.components.words import _, here

ALONE = timedelta(hours=12)  # before and after a single dot


def judged_over_time(
    quality: Quality, starts: Mapping[int, datetime], tested: float | None, ground: Ground
) -> Chart | None:
    """A dot with its interval for each stretch of time, and a line at what it was on test rows. None without a dot."""
    drawn_times = [(starts[each.name], each) for each in quality.times if each.metric and each.name in starts]
    if not drawn_times:
        return None
    info = METRICS[quality.headline]
    scale = 100 if info.scale == "share" else 1
    title = _("{metric}, %").format(metric=_(info.title)) if scale == 100 else _(info.title)
    drawn = figure(ground, x="", y=title, height=280)
    metrics = [each.metric for _at, each in drawn_times]
    at = [here(moment).replace(tzinfo=None) for moment, _each in drawn_times]
    values = [metric.value for metric in metrics]
    drawn.add_scatter(
        x=at, y=[scale * value for value in values], mode="markers", showlegend=False,
        marker={"size": 9, "color": ground.model},
        error_y={
            "type": "data", "symmetric": False, "thickness": 1.5, "width": 3, "color": ground.quiet,
            "array": [scale * ((m.high if m.high is not None else m.value) - m.value) for m in metrics],
            "arrayminus": [scale * (m.value - (m.low if m.low is not None else m.value)) for m in metrics],
        },
        customdata=[[each.rows, measured(each.metric)] for _at, each in drawn_times],
        hovertemplate="%{x|%Y-%m-%d}: %{customdata[1]} (%{customdata[0]:,})<extra></extra>",
    )  # fmt: skip
    if len(at) == 1:  # left to itself, the axis would tell microseconds
        drawn.update_xaxes(range=[at[0] - ALONE, at[0] + ALONE])
    if tested is not None:
        drawn.add_hline(
            y=scale * tested, line={"color": ground.guess, "width": 1.5, "dash": "dot"},
            annotation={"text": _("on test rows"), "font": {"color": ground.quiet, "size": 13}},
            annotation_position="bottom left",
        )  # fmt: skip
    table = pd.DataFrame(
        {
            _("from"): at,
            _("judged answers"): [each.rows for _at, each in drawn_times],
            _("value"): values,
            _("at least"): [metric.low for metric in metrics],
            _("at most"): [metric.high for metric in metrics],
        }
    )
    return Chart("judged-over-time", _time_finding(metrics, quality.headline), drawn, table)


def judged_by_version(quality: Quality, ground: Ground) -> Chart | None:
    """The headline metric of each version. None when only one version was judged."""
    named = {version_title(each.name): each.metric for each in quality.versions if each.metric is not None}
    if len(named) < 2:
        return None
    chart = dots("judged-by-version", named, [ground.model], ground)
    best = clearly_best(named)
    finding = _("The judged answers do not tell yet which version does best.")
    if best is not None:
        finding = _("{version} does best among judged answers: {value} ({interval}).").format(
            version=best, value=measured(named[best]), interval=interval(named[best])
        )
    return Chart(chart.key, finding, chart.figure, chart.table, chart.note)


def clearly_best(named: Mapping[str, Metric]) -> str | None:
    """The name whose interval lies beyond those of all others; None when there is no such name."""
    for name, metric in named.items():
        others = [each for other, each in named.items() if other != name]
        if all(_beyond(metric, each) for each in others):
            return name
    return None


def _beyond(metric: Metric, other: Metric) -> bool:
    upper, lower = (metric.low, other.high) if metric.higher_is_better else (other.low, metric.high)
    return upper is not None and lower is not None and upper > lower


def _time_finding(metrics: list[Metric], headline: str) -> str:
    last = metrics[-1]
    ranged = f"{measured(last)} ({interval(last)})" if interval(last) else measured(last)
    if headline == "mae":
        return _("Most lately, judged answers were off by {value} on average.").format(value=ranged)
    return _("Most lately, {value} of the judged answers were right.").format(value=ranged)
