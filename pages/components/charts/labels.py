"""The chart of several of many: how each label fares."""

from __future__ import annotations

import pandas as pd

from engine.results import LabelReport, LabelScore
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, name_axis
from pages.components.words import _, number, percent

MOST = 15  # labels, the most frequent ones


def label_scores(report: LabelReport, ground: Ground) -> Chart:
    """Found of those that have it, right of those given, most frequent label on top."""
    shown = report.labels[:MOST]
    drawn = figure(ground, x=_("of 100"), y="", height=110 + 30 * max(3, len(shown)), legend=True)
    places = list(range(len(shown)))
    for title, colour, shares in (
        (_("found, of all that have it"), ground.model, [each.recall for each in shown]),
        (_("right, of those given"), ground.baseline, [each.precision for each in shown]),
    ):
        drawn.add_scatter(
            x=[None if share is None else 100 * share for share in shares],
            y=places,
            name=title,
            mode="markers",
            marker={"size": 11, "color": colour},
            hovertemplate="%{fullData.name}: %{x:.0f}<extra></extra>",
        )
    name_axis(drawn, "yaxis", [each.name for each in shown])
    drawn.update_yaxes(range=[len(shown) - 0.5, -0.5], showgrid=True)
    drawn.update_xaxes(range=[-2, 102], showgrid=True)
    note = _(
        "A label is given from a probability of {threshold} on: there they matched best on validation rows."
    ).format(threshold=percent(report.threshold))
    if len(report.labels) > MOST:
        rest = _("The {n} most frequent labels of {of}; the table has all.")
        note += " " + rest.format(n=MOST, of=number(len(report.labels)))
    return Chart("labels", _finding(report.labels), drawn, label_table(report.labels), note)


def label_table(labels: tuple[LabelScore, ...]) -> pd.DataFrame:
    """A row for each label."""
    return pd.DataFrame(
        [
            {
                _("Label"): each.name,
                _("Test rows"): each.rows,
                _("Given"): each.given,
                _("Right of those given"): percent(each.precision),
                _("Found of all"): percent(each.recall),
                _("F1"): percent(each.f1),
                _("Average precision"): number(each.average_precision, 3),
            }
            for each in labels
        ]
    )


def _finding(labels: tuple[LabelScore, ...]) -> str:
    known = [(each.f1, each.name) for each in labels if each.f1 is not None]
    if not known:
        return _("No test row has a label.")
    (_low, worst), (_high, best) = min(known), max(known)
    if worst == best:
        return _("“{name}” is the only label that test rows have.").format(name=best)
    return _("“{best}” is told best, “{worst}” worst.").format(best=best, worst=worst)
