"""Charts of a model in use: requests, how long they took, and what was answered, over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import plotly.graph_objects as go

from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, label
from pages.components.words import _, here, number, percent, plural
from services.watching import Answered, Moment, Traffic

MOST_ANSWERS = 5  # drawn by themselves; the others together


def requests_over_time(moments: Sequence[Moment], total: Traffic, ground: Ground) -> Chart:
    """Bars of requests, those that failed or were refused on top."""
    drawn = figure(ground, x="", y=_("requests"), height=260, legend=bool(total.failed or total.refused))
    parts = (
        (_("answered"), [m.traffic.answered for m in moments], ground.model),
        (_("refused"), [m.traffic.refused for m in moments], ground.baseline),
        (_("failed"), [m.traffic.failed for m in moments], ground.more[2]),
    )
    for name, counts, colour in parts:
        if any(counts) or colour == ground.model:
            _bars(drawn, [m.at for m in moments], counts, name, colour)
    drawn.update_layout(barmode="stack")
    table = pd.DataFrame(
        {
            _("from"): [_when(m.at) for m in moments],
            _("requests"): [m.traffic.calls for m in moments],
            _("rows"): [m.traffic.rows for m in moments],
            _("refused"): [m.traffic.refused for m in moments],
            _("failed"): [m.traffic.failed for m in moments],
        }
    )
    return Chart("requests", _requests_finding(moments, total), drawn, table)


def latency_over_time(moments: Sequence[Moment], total: Traffic, ground: Ground) -> Chart:
    """Two lines: what half of the requests that were answered took at most, and what 95 in 100 did."""
    drawn = figure(ground, x="", y=_("milliseconds"), height=260, legend=True)
    at = [_when(moment.at) for moment in moments]
    for name, values, colour in (
        (_("half took at most"), [m.traffic.half for m in moments], ground.model),
        (_("95 in 100 took at most"), [m.traffic.most for m in moments], ground.baseline),
    ):
        drawn.add_scatter(
            x=at, y=values, name=name, mode="lines+markers", line={"color": colour, "width": 2.5},
            marker={"size": 5}, hovertemplate="%{x|%Y-%m-%d %H:%M}: %{y:,.1f} ms<extra></extra>",
        )  # fmt: skip
    drawn.update_yaxes(rangemode="tozero")
    finding = _("Half of the answered requests took at most {half} ms, 95 in 100 at most {most} ms.").format(
        half=number(total.half, 3), most=number(total.most, 3)
    )
    table = pd.DataFrame(
        {
            _("from"): at,
            _("half took at most, ms"): [m.traffic.half for m in moments],
            _("95 in 100 took at most, ms"): [m.traffic.most for m in moments],
        }
    )
    return Chart("latency", finding, drawn, table)


def answers_over_time(answers: Mapping[datetime, Answered], ground: Ground, *, target: str) -> Chart:
    """The share of each answer, or the mean of numbers."""
    if any(each.mean is not None for each in answers.values()):
        return _means(answers, ground, target)
    counts = pd.DataFrame([each.counts for each in answers.values()]).fillna(0)
    often = counts.sum().sort_values(ascending=False, kind="stable").index
    shown = [(f"“{name}”", counts[name]) for name in often[:MOST_ANSWERS]]  # so that none is called like what follows
    rare = often[MOST_ANSWERS:]
    if len(rare):
        shown.append((plural("{n} other", "{n} others", len(rare)), counts[rare].sum(axis=1)))
    all_of_them = counts.sum(axis=1).replace(0, float("nan"))
    drawn = figure(ground, x="", y=_("share of answers, %"), height=280, legend=True)
    for (title, times), colour in zip(shown, ground.series, strict=False):
        _bars(drawn, list(answers), (100 * times / all_of_them).tolist(), label(title), colour, "%{y:.1f} %")
    drawn.update_layout(barmode="stack")
    drawn.update_yaxes(range=[0, 100])
    moments = pd.Series([_when(at) for at in answers])
    table = pd.DataFrame({_("from"): moments, **{title: times.astype(int) for title, times in shown}})
    return Chart("answers", _shares_finding(counts, often), drawn, table)


def _means(answers: Mapping[datetime, Answered], ground: Ground, target: str) -> Chart:
    drawn = figure(ground, x="", y=_("mean answer, {target}").format(target=label(target)), height=280)
    at = [_when(each) for each in answers]
    drawn.add_scatter(
        x=at, y=[each.mean for each in answers.values()], mode="lines+markers",
        line={"color": ground.model, "width": 2.5}, marker={"size": 5},
        customdata=[each.rows for each in answers.values()],
        hovertemplate="%{x|%Y-%m-%d %H:%M}: %{y:,.4g} (%{customdata:,})<extra></extra>",
    )  # fmt: skip
    known = [(each.mean, each.rows) for each in answers.values() if each.mean is not None]
    first, last = known[: len(known) // 2], known[len(known) // 2 :]
    finding = _("On average {mean} was answered.").format(mean=number(_mean(known), 4))
    if first:
        finding = _("On average {first} was answered in the first half of this time, {last} in the second.").format(
            first=number(_mean(first), 4), last=number(_mean(last), 4)
        )
    table = pd.DataFrame(
        {
            _("from"): at,
            _("mean answer"): [each.mean for each in answers.values()],
            _("answers"): [each.rows for each in answers.values()],
        }
    )
    return Chart("answers", finding, drawn, table)


def _mean(known: Sequence[tuple[float, int]]) -> float:
    return sum(mean * rows for mean, rows in known) / max(1, sum(rows for _mean, rows in known))


def _shares_finding(counts: pd.DataFrame, often: pd.Index) -> str:
    """The most frequent answer, and how its share moved."""
    there = counts[counts.sum(axis=1) > 0]
    halves = [half.sum() for half in (there.iloc[: len(there) // 2], there.iloc[len(there) // 2 :])]
    shares = [half[often[0]] / half.sum() for half in halves if half.sum()]
    if len(shares) < 2:
        return _("“{answer}” was answered most: {share} of the time.").format(
            answer=often[0], share=percent(shares[0] if shares else None)
        )
    return _(
        "“{answer}” was answered most: {first} of the time in the first half of this time, {last} in the second."
    ).format(answer=often[0], first=percent(shares[0]), last=percent(shares[1]))


def _requests_finding(moments: Sequence[Moment], total: Traffic) -> str:
    busiest = max(moments, key=lambda moment: moment.traffic.calls)
    said = plural("{n} request", "{n} requests", total.calls)
    if not total.failed:
        return _("{requests}, and none of them failed; most came from {when} on.").format(
            requests=said, when=f"{_when(busiest.at):%Y-%m-%d %H:%M}"
        )
    return _("{requests}, of which {failed} failed ({share}).").format(
        requests=said, failed=number(total.failed), share=percent(total.failed / total.calls, 1)
    )


def _bars(
    drawn: go.Figure, at: Sequence[datetime], values: Sequence[float], name: str, colour: str, said: str = "%{y:,}"
) -> None:
    drawn.add_bar(
        x=[_when(each) for each in at], y=list(values), name=name, marker={"color": colour},
        hovertemplate="%{x|%Y-%m-%d %H:%M} · %{fullData.name}: " + said + "<extra></extra>",
    )  # fmt: skip


def _when(at: datetime) -> datetime:
    """On the reader's clock; Plotly draws times as they are written."""
    return here(at).replace(tzinfo=None)
