"""Charts of drift: how a column's values are spread in training and now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd

from engine.results import Bar, ColumnDrift, Side
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, label
from pages.components.words import _, number, say

LONGEST = 16  # letters of a word on the axis


def spread(column: ColumnDrift, side: Side, ground: Ground) -> Chart:
    """Two bars for each part of the values: its share of the training rows, and of the last rows."""
    drawn = figure(ground, x=aspect_title(side.aspect), y=_("share of rows, %"), height=260, legend=True)
    names = [part_title(bar, column.kind, side.aspect) for bar in side.bars]
    for title, shares, colour in (
        (_("training"), [bar.trained for bar in side.bars], ground.guess),
        (_("now"), [bar.now for bar in side.bars], ground.model),
    ):
        drawn.add_bar(
            x=list(range(len(names))), y=[100 * share for share in shares], name=title, marker={"color": colour},
            customdata=[label(name, 60) for name in names],
            hovertemplate="%{customdata}, %{fullData.name}: %{y:.1f} %<extra></extra>",
        )  # fmt: skip
    drawn.update_layout(barmode="group", bargap=0.2)
    drawn.update_xaxes(tickvals=list(range(len(names))), ticktext=[label(name, LONGEST) for name in names])
    table = pd.DataFrame(
        {
            _("part"): names,
            _("share in training"): [bar.trained for bar in side.bars],
            _("share now"): [bar.now for bar in side.bars],
        }
    )
    said = column.sentence
    return Chart(f"drift-{column.name}-{side.aspect}", say(said.text, said.values), drawn, table)


def aspect_title(aspect: str) -> str:
    """What is compared, in words."""
    return {
        "values": _("values"), "length": _("words in a text"), "known": _("share of known words"),
        "brightness": _("brightness"), "size": _("longer side, pixels"), "missing": _("missing"),
        "new": _("words never learned"),
    }[aspect]  # fmt: skip


def part_title(bar: Bar, kind: str, aspect: str) -> str:
    """A range or a word, as it is read."""
    if bar.part == "word":
        return bar.word
    if bar.part == "others":
        return _("other known words")
    if bar.part == "new":
        return _("never learned")
    low, high = (_end(end, kind, aspect) for end in (bar.low, bar.high))
    if bar.low is None:
        return _("to {high}").format(high=high) if bar.high is not None else _("all")
    return _("over {low}").format(low=low) if bar.high is None else _("{low} to {high}").format(low=low, high=high)


def _end(end: float | None, kind: str, aspect: str) -> str:
    if end is not None and kind == "datetime" and aspect == "values":
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=end):%Y-%m-%d}"
    return number(end, 3)
