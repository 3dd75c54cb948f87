"""Charts that set things side by side: one metric of several runs, or of the model and what is simpler."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from engine.metrics import METRICS
from engine.results import Comparison, Evaluation, Metric
from pages.components.charts.predictors import predictor_colour, predictor_title
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, label, name_axis
from pages.components.words import _, number, percent, say


def measured(metric: Metric) -> str:
    """A metric as it is read: shares in per cent, the rest as it is."""
    return percent(metric.value, 1) if METRICS[metric.name].scale == "share" else number(metric.value, 3)


def interval(metric: Metric) -> str:
    """Its 95 % interval, or nothing where there are too few rows to say."""
    if metric.low is None or metric.high is None:
        return ""
    if METRICS[metric.name].scale == "share":
        return f"{100 * metric.low:.1f}–{100 * metric.high:.1f}"
    return f"{number(metric.low, 3)}–{number(metric.high, 3)}"


def against_simpler(evaluation: Evaluation, ground: Ground) -> Chart:
    """The headline metric of the model, the simpler method and guessing, with intervals."""
    named = {
        predictor_title(name): metric
        for name in ("model", "baseline", "guess")
        if (metric := evaluation.metric(evaluation.headline, name)) is not None
    }
    colours = [predictor_colour(name, ground) for name in ("model", "baseline", "guess") if name in evaluation.metrics]
    chart = dots("against-simpler", named, colours, ground)
    note = evaluation.verdict.simpler or evaluation.verdict.guessing
    return Chart(chart.key, say(note.text, note.values), chart.figure, chart.table, chart.note)


def runs_together(comparison: Comparison, metric: str, ground: Ground) -> Chart:
    """One metric of two to five runs on the rows that all of them were tested on."""
    named = {run.label: found for run in comparison.runs if (found := _metric(run.metrics, metric)) is not None}
    chart = dots(f"compare-{metric}", named, list(ground.series), ground)
    finding = _best_finding(comparison, metric) if named else _("None of these runs was measured so.")
    return Chart(chart.key, finding, chart.figure, chart.table, chart.note)


def _best_finding(comparison: Comparison, metric: str) -> str:
    """Who does best, where the rows tell: every run is compared with the first alone."""
    title = _(METRICS[metric].title)
    outcomes = {each.first: each.outcome for each in comparison.differences if each.metric == metric}
    better = [name for name, outcome in outcomes.items() if outcome == "better"]
    if set(outcomes.values()) == {"worse"}:
        better = [comparison.runs[0].label]
    if len(better) == 1:
        return _("“{name}” does best in “{metric}”.").format(name=better[0], metric=title)
    if set(outcomes.values()) <= {"alike", "unknown"}:
        return _("No clear difference in “{metric}”.").format(metric=title)
    return _("It is not clear which of them does best in “{metric}”.").format(metric=title)


def dots(key: str, metrics: Mapping[str, Metric], colours: list[str], ground: Ground) -> Chart:
    """A dot with its interval for each name, first on top."""
    if not metrics:
        return Chart(key, _("Nothing was measured."), figure(ground, x="", y=""), pd.DataFrame())
    names, values = list(metrics), list(metrics.values())
    info = METRICS[values[0].name]
    scale = 100 if info.scale == "share" else 1
    drawn = figure(ground, x=_axis(info.title, info.scale), y="", height=110 + 44 * len(names))
    for i, (name, metric) in enumerate(zip(names, values, strict=True)):
        low, high = _ends(metric)
        drawn.add_scatter(
            x=[scale * metric.value],
            y=[i],
            name=label(name, 32),
            mode="markers",
            marker={"size": 12, "color": colours[i % len(colours)]},
            error_x={
                "type": "data",
                "symmetric": False,
                "thickness": 2.5,
                "width": 0,
                "array": [scale * (high - metric.value)],
                "arrayminus": [scale * (metric.value - low)],
            },
            hovertemplate=f"{measured(metric)} ({interval(metric)})<extra></extra>",
            showlegend=False,
        )
    name_axis(drawn, "yaxis", names, 32)
    drawn.update_yaxes(range=[len(names) - 0.4, -0.6])
    drawn.update_xaxes(showgrid=True)
    table = pd.DataFrame(
        [
            {
                _("name"): name,
                _("metric"): _(info.title),
                _("value"): m.value,
                _("at least"): m.low,
                _("at most"): m.high,
            }
            for name, m in metrics.items()
        ]
    )
    better = _("More is better.") if info.higher_is_better else _("Less is better.")
    return Chart(
        key, "", drawn, table, f"{better} " + _("The bars are 95 % intervals. {help}").format(help=_(info.help))
    )


def _axis(title: str, scale: str) -> str:
    return _("{metric}, %").format(metric=_(title)) if scale == "share" else _(title)


def _ends(metric: Metric) -> tuple[float, float]:
    low = metric.value if metric.low is None else metric.low
    high = metric.value if metric.high is None else metric.high
    return min(low, metric.value), max(high, metric.value)


def _metric(metrics: tuple[Metric, ...], name: str) -> Metric | None:
    return next((metric for metric in metrics if metric.name == name), None)
