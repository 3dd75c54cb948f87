"""Learning curves: of one run, of several side by side. Draws points, knows no run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

import pandas as pd
import plotly.graph_objects as go

from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, label
from pages.components.words import _, number, percent

FEW = 5  # checks without a gain, which say little: chance does as much


class Point(Protocol):
    """What a curve needs of a stored point; `engine.events.Point` has it."""

    epoch: float
    seconds: float
    loss: float
    validation_loss: float
    score: float
    learning_rate: float  # 0 where a solver settles by itself
    best: bool


def best_of(points: Sequence[Point]) -> Point | None:
    """The point whose state is kept: the last that was the best so far."""
    return next((point for point in reversed(points) if point.best), None)


def learning_finding(points: Sequence[Point], *, running: bool) -> str:
    """What the curve says. It was “still gaining” when the last point is the best: no early stopping came before."""
    best = best_of(points)
    if best is None or not points:
        return _("The curve begins after the first pass through the data.")
    end = points[-1]
    if running:
        return _("The best state so far is from pass {n} through the data.").format(n=_pass(best.epoch))
    if end.best and end.learning_rate:
        return _("It was still gaining at the end; more time may help.")
    if end.best:
        return _("The state of the last pass, number {n}, was kept.").format(n=_pass(best.epoch))
    if len(points) - list(points).index(best) <= FEW:
        return _("The best state is from pass {n} of {all}.").format(n=_pass(best.epoch), all=_pass(end.epoch))
    if end.validation_loss > 1.05 * best.validation_loss and end.loss < best.loss:
        return _("After pass {n} it began to learn by heart, so the state of pass {n} was kept.").format(
            n=_pass(best.epoch)
        )
    return _("The best state is from pass {n}: nothing was gained after it.").format(n=_pass(best.epoch))


def loss_curve(points: Sequence[Point], ground: Ground, *, running: bool = False) -> Chart:
    """Loss on training and validation rows over passes through the data, the kept state marked."""
    drawn = figure(
        ground, x=_("passes through the training rows (epochs)"), y=_("error (loss)"), height=300, legend=True
    )
    epochs = [point.epoch for point in points]
    _line(drawn, epochs, [p.loss for p in points], _("training rows"), ground.baseline)
    _line(drawn, epochs, [p.validation_loss for p in points], _("validation rows"), ground.model)
    _mark(drawn, points, ground, [p.validation_loss for p in points if p is best_of(points)])
    return Chart(
        "learning-loss",
        learning_finding(points, running=running),
        drawn,
        points_table(points),
        _("The loss is what training makes small. Validation rows are not learned from: they show when to stop."),
    )


def score_curve(points: Sequence[Point], ground: Ground, *, answer: str) -> Chart:
    """The headline metric on validation rows: right answers or labels in per cent, or the mean error in its unit."""
    scale = 1 if answer == "number" else 100
    title = {"number": _("off by, on average"), "labels": _("labels that match (F1), %")}.get(
        answer, _("right answers, %")
    )
    drawn = figure(ground, x=_("passes through the training rows (epochs)"), y=title, height=300)
    _line(drawn, [p.epoch for p in points], [scale * p.score for p in points], _("validation rows"), ground.model)
    _mark(drawn, points, ground, [scale * p.score for p in points if p is best_of(points)])
    return Chart("learning-score", _score_finding(points, answer), drawn, points_table(points))


def _score_finding(points: Sequence[Point], answer: str) -> str:
    best = best_of(points)
    if best is None:
        return _("Nothing measured yet.")
    if answer == "number":
        return _("The best state is off by {n} on validation rows.").format(n=number(best.score, 3))
    if answer == "labels":
        return _("In the best state {share} of the labels match on validation rows.").format(
            share=percent(best.score, 1)
        )
    return _("The best state is right for {share} of the validation rows.").format(share=percent(best.score, 1))


def curves_together(runs: Mapping[str, Sequence[Point]], ground: Ground) -> Chart:
    """Validation loss of two to five runs over seconds of training."""
    drawn = figure(
        ground, x=_("time in training, in seconds"), y=_("error on validation rows (loss)"), height=340, legend=True
    )
    tables = []
    for (name, points), colour in zip(runs.items(), ground.series, strict=False):
        _line(drawn, [p.seconds for p in points], [p.validation_loss for p in points], label(name), colour)
        tables.append(points_table(points).assign(run=name))
    together = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return Chart("compare-curves", _curves_finding(runs), drawn, together)


def points_table(points: Sequence[Point]) -> pd.DataFrame:
    """The points as rows."""
    return pd.DataFrame(
        [
            {
                _("epoch"): round(p.epoch, 2),
                _("seconds"): round(p.seconds, 1),
                _("loss"): p.loss,
                _("validation loss"): p.validation_loss,
                _("score"): p.score,
                _("best so far"): p.best,
            }
            for p in points
        ]
    )


def _curves_finding(runs: Mapping[str, Sequence[Point]]) -> str:
    lowest = {name: best.validation_loss for name, points in runs.items() if (best := best_of(points)) is not None}
    if not lowest:
        return _("None of these runs has a learning curve.")
    if len(lowest) == 1:
        return _("Only “{name}” has a learning curve.").format(name=next(iter(lowest)))
    return _("“{name}” came lowest on its validation rows.").format(name=min(lowest, key=lambda name: lowest[name]))


def _pass(epoch: float) -> str:
    return number(max(1, math.ceil(epoch)))


def _line(drawn: go.Figure, x: Sequence[float], y: Sequence[float], name: str, colour: str) -> None:
    drawn.add_scatter(
        x=list(x),
        y=list(y),
        name=name,
        mode="lines+markers" if len(x) < 3 else "lines",
        line={"color": colour, "width": 2.5},
        hovertemplate="%{fullData.name}: %{y:.4g}<extra></extra>",
    )


def _mark(drawn: go.Figure, points: Sequence[Point], ground: Ground, height: Sequence[float]) -> None:
    """A ring on the kept point and a dotted line down from it, in the colour of the text: seen on both grounds."""
    best = best_of(points)
    if best is None or not height:
        return
    drawn.add_vline(x=best.epoch, line={"color": ground.quiet, "width": 1.5, "dash": "dot"})
    drawn.add_scatter(
        x=[best.epoch],
        y=list(height),
        mode="markers+text",
        text=[_("best")],
        textposition="top right",
        marker={"size": 11, "color": ground.paper, "line": {"color": ground.text, "width": 2}},
        textfont={"color": ground.text},
        showlegend=False,
        cliponaxis=False,
        hovertemplate=_("best so far") + ": %{y:.4g}<extra></extra>",
    )
