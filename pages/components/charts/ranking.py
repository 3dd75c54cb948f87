"""Charts of how well rows are put in order: ROC and precision–recall."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import plotly.graph_objects as go

from engine.results import Curve
from pages.components.charts.predictors import predictor_colour, predictor_title
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, label
from pages.components.words import _, number


def roc(curves: Iterable[Curve], ground: Ground) -> Chart:
    """Share found against share of false alarms, of the model and of the simpler method."""
    chosen = list(curves)
    drawn = figure(
        ground, x=_("false alarms, of 100 that do not have it"), y=_("found, of 100 that have it"), legend=True
    )
    _add_curves(drawn, chosen, ground)
    drawn.add_scatter(
        x=[0, 100],
        y=[0, 100],
        name=_("guessing"),
        mode="lines",
        hoverinfo="skip",
        line={"color": ground.guess, "width": 1.5, "dash": "dot"},
    )
    if not chosen:
        return Chart("roc", _("No curve to draw."), drawn, pd.DataFrame())
    model = _model(chosen)
    finding = _("Of two rows, one “{positive}” and one not, it puts the right one first {n} times in 100.").format(
        positive=model.positive, n=round(100 * model.area)
    )
    note = _("This is the ROC curve: the nearer to the upper left corner, the better. The area under it is {area}.")
    table = _curve_table(chosen, _("false alarms"), _("found"))
    return Chart("roc", finding, drawn, table, note.format(area=number(model.area, 3)))


def precision_recall(curves: Iterable[Curve], ground: Ground) -> Chart:
    """Purity of what is called positive against the share found."""
    chosen = list(curves)
    drawn = figure(
        ground, x=_("found, of 100 that have it (recall)"), y=_("right, of 100 called so (precision)"), legend=True
    )
    _add_curves(drawn, chosen, ground)
    drawn.update_yaxes(rangemode="tozero")
    if not chosen:
        return Chart("precision-recall", _("No curve to draw."), drawn, pd.DataFrame())
    model = _model(chosen)
    half = max((y for x, y in zip(model.x, model.y, strict=True) if x >= 0.5), default=model.share)
    finding = _("When it finds half of all “{positive}”, {n} of 100 that it calls so are.").format(
        positive=model.positive, n=round(100 * half)
    )
    note = _(
        "Guessing would be right {n} times in 100. The area under the curve is the average precision, {area}."
    ).format(n=round(100 * model.share), area=number(model.area, 3))
    return Chart(
        "precision-recall", finding, drawn, _curve_table(chosen, _("found"), _("right of those called so")), note
    )


def _model(curves: list[Curve]) -> Curve:
    return next((curve for curve in curves if curve.predictor == "model"), curves[0])


def _add_curves(drawn: go.Figure, curves: list[Curve], ground: Ground) -> None:
    several = len({curve.positive for curve in curves}) > 1
    shown = [curve for curve in curves if curve.predictor == "model"][:6] if several else curves
    for i, curve in enumerate(shown):
        drawn.add_scatter(
            x=[100 * x for x in curve.x],
            y=[100 * y for y in curve.y],
            mode="lines",
            name=label(curve.positive, 16) if several else predictor_title(curve.predictor),
            line={"width": 2.5, "color": ground.series[i] if several else predictor_colour(curve.predictor, ground)},
            hovertemplate="%{fullData.name}: %{y:.0f} / %{x:.0f}<extra></extra>",
        )


def _curve_table(curves: list[Curve], x: str, y: str) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                _("method"): predictor_title(c.predictor),
                _("answer"): c.positive,
                _("threshold"): c.thresholds,
                x: c.x,
                y: c.y,
            }
        )
        for c in curves
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
