"""Charts of one of two and one of many: which answers are mixed up, do stated probabilities come true."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import plotly.graph_objects as go

from engine.results import Confusion, Reliability
from pages.components.charts.predictors import predictor_colour, predictor_title
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, label, name_axis, shade
from pages.components.words import _, number, percent, plural


def confusion(result: Confusion, ground: Ground) -> Chart:
    """True answers down, given answers across; the shade is the share of the row, the number its rows."""
    titles = _titles(result)
    names = [label(title, 40) for title in titles]
    at = list(range(len(names)))
    shares = [[cell / max(1, sum(row)) for cell in row] for row in result.counts]
    drawn = figure(ground, x=_("answer given"), y=_("true answer"), height=min(560, 150 + 46 * len(names)))
    drawn.add_heatmap(
        x=at,
        y=at,
        z=shares,
        zmin=0,
        zmax=1,
        colorscale=[[0, ground.scale[0]], [1, ground.scale[1]]],
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="text",
        hovertext=[
            [
                _("true: {truth}<br>given: {given}<br>{n} rows, {share} of this true answer").format(
                    truth=names[i], given=names[j], n=number(result.counts[i][j]), share=percent(shares[i][j])
                )
                for j in at
            ]
            for i in at
        ],
    )
    if len(names) <= 12:
        _write_cells(drawn, result.counts, shares, ground)
    name_axis(drawn, "xaxis", titles, 16)
    name_axis(drawn, "yaxis", titles, 16)
    drawn.update_xaxes(tickangle=-35 if len(names) > 3 and max(map(len, names)) > 8 else 0)
    drawn.update_yaxes(range=[len(names) - 0.5, -0.5])
    table = pd.DataFrame(result.counts, columns=titles)
    table.insert(0, _("true answer"), titles)
    note = (
        _("The last row and column hold {n} rarer answers together.").format(n=result.gathered)
        if result.gathered
        else ""
    )
    return Chart("confusion", _confusion_finding(result), drawn, table, note)


def calibration(results: Iterable[Reliability], ground: Ground) -> Chart:
    """Stated probability against how often it came true, with the 95 % interval of each point."""
    chosen = [result for result in results if result.predictor != "guess"]
    drawn = figure(ground, x=_("stated probability, %"), y=_("came true, of 100 rows"), legend=True)
    drawn.add_scatter(
        x=[0, 100],
        y=[0, 100],
        name=_("exactly as stated"),
        mode="lines",
        hoverinfo="skip",
        line={"color": ground.guess, "width": 1.5, "dash": "dot"},
    )
    for result in chosen:
        _add_reliability(drawn, result, ground)
    drawn.update_xaxes(range=[0, 101])
    drawn.update_yaxes(range=[0, 101])
    model = next((result for result in chosen if result.predictor == "model"), None)
    finding = (
        _("No probabilities to check.")
        if model is None
        else _("A stated probability is off by {points} points on average.").format(points=number(100 * model.error, 2))
    )
    return Chart(
        "calibration",
        finding,
        drawn,
        _reliability_table(chosen),
        _("The bars are 95 % intervals: a point whose bar touches the dotted line may well be exact."),
    )


def _write_cells(
    drawn: go.Figure, counts: tuple[tuple[int, ...], ...], shares: list[list[float]], ground: Ground
) -> None:
    """Counts as annotations: Plotly's own cell text would not change colour with the cell behind it."""
    dark_on_light = ground.name == "light"
    for i, row in enumerate(counts):
        for j, cell in enumerate(row):
            strong = shares[i][j] > (0.8 if dark_on_light else 0.7)
            colour = ("#FFFFFF" if dark_on_light else "#10120F") if strong else ground.text
            drawn.add_annotation(x=j, y=i, text=f"{cell:,}", showarrow=False, font={"color": colour, "size": 14})


def _titles(result: Confusion) -> list[str]:
    """A title for each line of the counts: the classes, and what the rarer ones are together."""
    rarer = [plural("{n} other", "{n} others", result.gathered)] if result.gathered else []
    return [*result.classes, *rarer]


def _confusion_finding(result: Confusion) -> str:
    titles = _titles(result)
    wrong = [
        (cell, titles[i], titles[j])
        for i, row in enumerate(result.counts)
        for j, cell in enumerate(row)
        if i != j and cell
    ]
    if not wrong and result.gathered:  # the rarer ones may have been taken for each other
        return _("No test row of the {n} most frequent answers was answered wrongly.").format(n=len(result.classes))
    if not wrong:
        return _("No test row was answered wrongly.")
    count, truth, given = max(wrong)
    return _("The commonest mistake: “{truth}” taken for “{given}”, {n} times.").format(
        truth=truth, given=given, n=f"{count:,}"
    )


def _add_reliability(drawn: go.Figure, result: Reliability, ground: Ground) -> None:
    bins = [each for each in result.bins if each.rows]
    colour = predictor_colour(result.predictor, ground)
    drawn.add_scatter(
        x=[100 * b.stated for b in bins],
        y=[100 * b.happened for b in bins],
        name=predictor_title(result.predictor),
        mode="lines+markers",
        marker={"size": 8},
        line={"color": colour, "width": 2},
        customdata=[b.rows for b in bins],
        error_y={
            "type": "data",
            "symmetric": False,
            "color": shade(colour, 0.5),
            "thickness": 1.5,
            "width": 3,
            "array": [100 * (b.happened_high - b.happened) for b in bins],
            "arrayminus": [100 * (b.happened - b.happened_low) for b in bins],
        },
        hovertemplate=_("stated %{x:.0f} %, came true %{y:.0f} times in 100 (%{customdata:,} rows)")
        + "<extra></extra>",
    )


def _reliability_table(results: list[Reliability]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("method"): predictor_title(result.predictor),
                _("stated from"): b.low,
                _("to"): b.high,
                _("rows"): b.rows,
                _("stated on average"): b.stated,
                _("came true"): b.happened,
                _("at least"): b.happened_low,
                _("at most"): b.happened_high,
            }
            for result in results
            for b in result.bins
        ]
    )
