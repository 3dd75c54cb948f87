"""The threshold and its costs: chosen on validation rows, reported on test rows."""

from __future__ import annotations

import pandas as pd

from engine.results import Counts, ThresholdChoice, Thresholds
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, label
from pages.components.words import _, percent


def threshold(result: Thresholds, choice: ThresholdChoice, ground: Ground) -> Chart:
    """Cost a row at each threshold on validation rows, where it is chosen, and on test rows, where it is reported."""
    drawn = figure(
        ground,
        x=_("called “{positive}” from this probability on, %").format(positive=label(result.positive)),
        y=_("cost a row"),
        legend=True,
    )
    x = [100 * t for t in result.thresholds]
    for counts, name, colour in (
        (result.validation, _("validation rows: chosen here"), ground.model),
        (result.test, _("test rows: reported here"), ground.baseline),
    ):
        y = [_cost_a_row(each, choice) for each in counts]
        drawn.add_scatter(
            x=x,
            y=y,
            name=name,
            mode="lines",
            line={"color": colour, "width": 2.5},
            hovertemplate=_("from %{x:.0f} %: cost %{y:.3g} a row") + "<extra></extra>",
        )
    drawn.add_vline(x=100 * choice.threshold, line={"color": ground.quiet, "width": 1.5, "dash": "dot"})
    drawn.update_yaxes(rangemode="tozero")
    finding = _(
        "Cheapest is to call “{positive}” from {threshold} on: "
        "{wrong} false alarms and {missed} overlooked of {rows} test rows."
    ).format(
        positive=result.positive,
        threshold=percent(choice.threshold),
        rows=f"{_rows(choice.test):,}",
        wrong=f"{choice.test.false_positive:,}",
        missed=f"{choice.test.false_negative:,}",
    )
    return Chart("threshold", finding, drawn, _threshold_table(result, choice))


def _rows(counts: Counts) -> int:
    return counts.true_positive + counts.false_positive + counts.true_negative + counts.false_negative


def _cost_a_row(counts: Counts, choice: ThresholdChoice) -> float:
    return counts.cost(choice.false_alarm, choice.miss) / max(1, _rows(counts))


def _threshold_table(result: Thresholds, choice: ThresholdChoice) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("threshold"): t,
                _("cost a row, validation"): _cost_a_row(v, choice),
                _("cost a row, test"): _cost_a_row(c, choice),
                _("found"): c.true_positive,
                _("overlooked"): c.false_negative,
                _("false alarms"): c.false_positive,
                _("rightly left"): c.true_negative,
            }
            for t, v, c in zip(result.thresholds, result.validation, result.test, strict=True)
        ]
    )
