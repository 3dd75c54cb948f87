"""A picture with what an answer rests on marked in it."""

from __future__ import annotations

import pandas as pd

from engine.results import HeatMap
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, shade
from pages.components.words import _, number, percent

SIDE = 340  # pixels of the longer side


def heat(
    result: HeatMap, picture: str, size: tuple[int, int], ground: Ground, *, name: str = "", side: int = SIDE
) -> Chart:
    """`picture` is the address of the picture as the model sees it, `size` its width and height.

    It is drawn with `side` pixels on its longer side; `name` tells several of one column apart.
    """
    down, across = len(result.cells), len(result.cells[0])
    scale = side / max(size)
    warm = ground.more[2]
    drawn = figure(ground, x="", y="", height=round(size[1] * scale) + 16)
    drawn.add_layout_image(
        source=picture, xref="x", yref="y", x=-0.5, y=-0.5, sizex=across, sizey=down, sizing="stretch", layer="below"
    )
    drawn.add_heatmap(
        z=[[max(0.0, cell) for cell in line] for line in result.cells],
        zmin=0.0,
        colorscale=[[0.0, shade(warm, 0.0)], [0.35, shade(warm, 0.15)], [1.0, shade(warm, 0.75)]],
        zsmooth="best",
        showscale=False,
        hoverinfo="skip",
    )
    drawn.update_xaxes(visible=False, range=[-0.5, across - 0.5], constrain="domain")
    ratio = size[1] / size[0] * across / down
    drawn.update_yaxes(visible=False, range=[down - 0.5, -0.5], scaleanchor="x", scaleratio=ratio, constrain="domain")
    drawn.update_layout(margin={"t": 8, "b": 8, "l": 8, "r": 8})
    table = pd.DataFrame(result.cells, columns=[str(column + 1) for column in range(across)])
    return Chart(f"heat-{name or result.column}", heat_finding(result), drawn, table, _note(result))


def heat_finding(result: HeatMap) -> str:
    """Whether the marked part carries the answer: what hiding it does, beside hiding as much elsewhere."""
    moved, elsewhere = abs(result.answer - result.hidden), abs(result.answer - result.elsewhere)
    if moved <= elsewhere:
        return _("No part of “{column}” carries the answer more than others do.").format(column=result.column)
    if result.of is None:
        words = _("Without the marked part the answer would be {hidden} instead of {answer}.")
        return words.format(hidden=number(result.hidden), answer=number(result.answer))
    words = _("Without the marked part, “{answer}” would get {hidden} instead of {now}.")
    return words.format(answer=result.of, hidden=percent(result.hidden), now=percent(result.answer))


def _note(result: HeatMap) -> str:
    elsewhere = percent(result.elsewhere) if result.unit == "probability" else number(result.elsewhere)
    return _(
        "The warmer, the more the answer changes when that part is hidden. Hiding as much elsewhere ({share} of the "
        "picture) leaves {elsewhere} on average."
    ).format(share=percent(result.marked), elsewhere=elsewhere)
