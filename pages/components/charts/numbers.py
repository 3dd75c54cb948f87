"""Charts of numbers: predicted against true, residuals, error by range, intervals that hold."""

from __future__ import annotations

import pandas as pd

from engine.results import Coverage, Histogram, Misses, PredictedTrue, RangeError
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, label, shade
from pages.components.words import _, number


def predicted_true(result: PredictedTrue, coverage: Coverage, ground: Ground, *, target: str) -> Chart:
    """A dot a test row; on the line the answer is exact. Dots whose interval missed the truth are hollow."""
    drawn = figure(
        ground,
        x=_("true {target}").format(target=label(target, 40)),
        y=_("predicted {target}").format(target=label(target, 40)),
        height=380,
        legend=True,
    )
    ends = [min((*result.truth, *result.predicted), default=0.0), max((*result.truth, *result.predicted), default=1.0)]
    drawn.add_scatter(
        x=ends,
        y=ends,
        mode="lines",
        name=_("exact"),
        hoverinfo="skip",
        line={"color": ground.guess, "width": 1.5, "dash": "dot"},
    )
    inside = [lo <= t <= hi for t, lo, hi in zip(result.truth, result.low, result.high, strict=True)]
    for held, name, colour in (
        (True, _("truth inside the interval"), ground.model),
        (False, _("outside"), ground.more[2]),
    ):
        rows = [i for i, each in enumerate(inside) if each is held]
        drawn.add_scattergl(
            x=[result.truth[i] for i in rows],
            y=[result.predicted[i] for i in rows],
            mode="markers",
            name=name,
            marker={"size": 6, "color": shade(colour, 0.55), "symbol": "circle" if held else "diamond"},
            customdata=[result.row_ids[i] for i in rows],
            hovertemplate=_("row %{customdata}: true %{x:,.4g}, predicted %{y:,.4g}") + "<extra></extra>",
        )
    table = pd.DataFrame(
        {
            _("row"): result.row_ids,
            _("true"): result.truth,
            _("predicted"): result.predicted,
            _("low"): result.low,
            _("high"): result.high,
        }
    )
    note = (
        _("{n} of {of} test rows are drawn.").format(n=f"{len(result.truth):,}", of=f"{result.of:,}")
        if len(result.truth) < result.of
        else ""
    )
    return Chart("predicted-true", coverage_finding(coverage), drawn, table, note)


def coverage_finding(coverage: Coverage) -> str:
    """Do the intervals keep their promise?"""
    return _("The interval held the truth {n} times in 100; it promises {promised}.").format(
        n=round(100 * coverage.held), promised=round(100 * coverage.promised)
    )


def residuals(result: Histogram, misses: Misses | None, ground: Ground, *, target: str) -> Chart:
    """How far off, and to which side."""
    off = _("predicted − true, in units of {target}").format(target=label(target, 40))
    drawn = figure(ground, x=off, y=_("test rows"))
    middles = [(a + b) / 2 for a, b in zip(result.edges, result.edges[1:], strict=False)]
    widths = [b - a for a, b in zip(result.edges, result.edges[1:], strict=False)]
    drawn.add_bar(
        x=middles,
        y=list(result.counts),
        width=widths,
        marker={"color": ground.model, "line": {"width": 1, "color": ground.paper}},
        hovertemplate=_("about %{x:,.3g}: %{y:,} rows") + "<extra></extra>",
    )
    drawn.add_vline(x=0, line={"color": ground.text, "width": 1.5, "dash": "dot"})
    drawn.update_layout(bargap=0)
    table = pd.DataFrame({_("from"): result.edges[:-1], _("to"): result.edges[1:], _("rows"): result.counts})
    outside = result.below + result.above
    note = _("{n} rows lie farther out than is drawn.").format(n=f"{outside:,}") if outside else ""
    return Chart("residuals", _residual_finding(misses), drawn, table, note)


def error_by_range(results: tuple[RangeError, ...], ground: Ground, *, target: str) -> Chart:
    """Mean error in each range of the true value, with 95 % intervals."""
    drawn = figure(ground, x=_("true {target}").format(target=label(target, 40)), y=_("off by, on average"))
    names = [f"{number(r.low, 3)} – {number(r.high, 3)}" for r in results]
    drawn.add_bar(
        x=names,
        y=[r.mae for r in results],
        marker={"color": ground.model},
        customdata=[r.rows for r in results],
        error_y={
            "type": "data",
            "symmetric": False,
            "color": ground.text,
            "thickness": 1.5,
            "width": 4,
            "array": [(r.mae if r.mae_high is None else r.mae_high) - r.mae for r in results],
            "arrayminus": [r.mae - (r.mae if r.mae_low is None else r.mae_low) for r in results],
        },
        hovertemplate=_("%{x}: off by %{y:,.3g} on average (%{customdata:,} rows)") + "<extra></extra>",
    )
    drawn.update_xaxes(type="category")
    table = pd.DataFrame(
        [
            {
                _("from"): r.low,
                _("to"): r.high,
                _("rows"): r.rows,
                _("mean error"): r.mae,
                _("at least"): r.mae_low,
                _("at most"): r.mae_high,
                _("predicted − true"): r.bias,
                _("interval held"): r.covered,
            }
            for r in results
        ]
    )
    return Chart("error-by-range", _range_finding(results), drawn, table)


def _residual_finding(misses: Misses | None) -> str:
    if misses is None:
        return _("The bars left of 0 are answers that are too low, those right of it answers that are too high.")
    missed = misses.low + misses.high
    if not missed:
        return _("It misses no test row.")
    share = round(100 * misses.low / missed)
    if 45 <= share <= 55:
        return _("It misses to both sides alike.")
    if share > 55:
        return _("Where it misses, it answers too low more often than too high: {n} times in 100.").format(n=share)
    return _("Where it misses, it answers too high more often than too low: {n} times in 100.").format(n=100 - share)


def _range_finding(results: tuple[RangeError, ...]) -> str:
    if not results:
        return _("Too few rows to say where it misses most.")
    worst = max(results, key=lambda r: r.mae)
    return _("It is farthest off between {low} and {high}: by {mae} on average.").format(
        low=number(worst.low, 3), high=number(worst.high, 3), mae=number(worst.mae, 3)
    )
