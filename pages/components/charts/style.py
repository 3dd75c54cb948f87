"""How every chart looks: one Plotly template for a light ground and one for a dark one. Knows no data.

Colours are Okabe and Ito's (“Color universal design”, 2008), told apart by colour-blind readers; the same thing has the
same colour on every page: this model, the simpler method, guessing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go

FONT = '"Source Sans", "Source Sans 3", system-ui, sans-serif, "Noto Sans SC", "Noto Sans CJK SC"'


@dataclass(frozen=True)
class Ground:
    """Colours that show on one ground."""

    name: str
    text: str
    quiet: str  # axis titles, ticks
    line: str  # grid
    paper: str  # what lies behind, for gaps between bars and outlines of labels
    model: str
    baseline: str
    guess: str
    more: tuple[str, ...]  # for a third series and on
    scale: tuple[str, str]  # least to most, for a heat map

    @property
    def series(self) -> tuple[str, ...]:
        """At most six colours for series without a meaning of their own."""
        return (self.model, self.baseline, *self.more)[:6]


LIGHT = Ground(
    name="light",
    text="#22251F",
    quiet="#5C6057",
    line="#E2DFD6",
    paper="#FBFAF7",
    model="#0072B2",
    baseline="#E69F00",
    guess="#8A8D84",
    more=("#009E73", "#CC79A7", "#D55E00", "#56B4E9"),
    scale=("#F1EFE8", "#0072B2"),
)
DARK = Ground(
    name="dark",
    text="#E9E7E0",
    quiet="#A9ABA2",
    line="#33352F",
    paper="#191A18",
    model="#56B4E9",
    baseline="#E69F00",
    guess="#8F928A",
    more=("#2FBF94", "#CC79A7", "#F0763A", "#F0E442"),
    scale=("#232521", "#56B4E9"),
)
GROUNDS = {ground.name: ground for ground in (LIGHT, DARK)}


def template(ground: Ground) -> go.layout.Template:
    """The template: transparent, thin grid, no frame, legend above, the page's own letters."""
    axis = {
        "gridcolor": ground.line,
        "linecolor": ground.line,
        "zerolinecolor": ground.line,
        "zerolinewidth": 1,
        "tickfont": {"color": ground.quiet, "size": 13},
        "title": {"font": {"color": ground.quiet, "size": 14}, "standoff": 10},
        "automargin": True,
        "ticklabelstandoff": 4,
        "ticks": "",
        "fixedrange": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 14, "color": ground.text},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(ground.series),
            "separators": ".,",
            "hovermode": "closest",
            "dragmode": False,
            "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
            "bargap": 0.25,
            "barcornerradius": 3,
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1.02,
                "xanchor": "left",
                "yanchor": "bottom",
                "font": {"size": 13},
            },
            "hoverlabel": {
                "font": {"family": FONT, "size": 13, "color": ground.text},
                "bgcolor": ground.paper,
                "bordercolor": ground.line,
            },
            "xaxis": axis | {"showgrid": False},
            "yaxis": axis,
        }
    )


TEMPLATES = {ground.name: template(ground) for ground in GROUNDS.values()}


def figure(ground: Ground, *, x: str, y: str, height: int = 320, legend: bool = False) -> go.Figure:
    """An empty figure with titled axes, and room for a legend on top; the one way in which charts begin."""
    drawn = go.Figure()
    drawn.update_layout(template=TEMPLATES[ground.name], height=height, uirevision="kept", showlegend=legend)
    if legend:
        drawn.update_layout(margin_t=40)
    drawn.update_xaxes(title_text=x)
    drawn.update_yaxes(title_text=y)
    return drawn


def shade(colour: str, opacity: float) -> str:
    """A hex colour with an opacity of 0…1, as Plotly takes it."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def label(name: object, longest: int = 24) -> str:
    """A name that a person gave, as Plotly may draw it: no markup in it acts, and it leaves room for the chart."""
    text = " ".join(str(name).split())
    return escape(text if len(text) <= longest else text[: longest - 1] + "…", quote=False)


def name_axis(drawn: go.Figure, axis: str, names: Sequence[object], longest: int = 24) -> None:
    """Names along an axis whose positions are 0, 1, 2, …: names that look alike when shortened stay apart."""
    ticks = {"tickvals": list(range(len(names))), "ticktext": [label(name, longest) for name in names]}
    drawn.update_layout({axis: {**ticks, "range": [-0.5, len(names) - 0.5], "showgrid": False, "zeroline": False}})
