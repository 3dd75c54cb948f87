"""Charts of why: which columns matter, what each added to one answer, what would change the answer."""

from __future__ import annotations

import pandas as pd

from engine.metrics import METRICS
from engine.results import Contributions, Importance
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, label, name_axis, shade
from pages.components.words import _, number, percent, plural

MOST = 15  # bars before a chart stops being read


def importance(result: Importance, ground: Ground) -> Chart:
    """What the score loses when a column is shuffled, largest on top, with 95 % intervals."""
    info = METRICS[result.metric]
    scale = 100 if info.scale == "share" else 1
    shown = result.columns[:MOST]
    titles = {
        "share": _("points lost when the column is shuffled"),
        "unit": _("how much farther off when the column is shuffled"),
        "plain": _("“{metric}” worse by, when shuffled").format(metric=_(info.title)),
    }
    drawn = figure(ground, x=titles[info.scale], y="", height=90 + 30 * max(3, len(shown)))
    drawn.add_bar(
        x=[scale * c.drop for c in shown],
        y=list(range(len(shown))),
        orientation="h",
        marker={"color": ground.model},
        error_x={
            "type": "data",
            "symmetric": False,
            "color": ground.text,
            "thickness": 1.5,
            "width": 4,
            "array": [scale * ((c.drop if c.high is None else c.high) - c.drop) for c in shown],
            "arrayminus": [scale * (c.drop - (c.drop if c.low is None else c.low)) for c in shown],
        },
        hovertemplate="%{x:.3g}<extra></extra>",
    )
    name_axis(drawn, "yaxis", [c.name for c in shown])
    drawn.update_yaxes(autorange="reversed", range=None)
    drawn.update_xaxes(showgrid=True)
    table = pd.DataFrame(
        [{_("column"): c.name, _("lost"): c.drop, _("at least"): c.low, _("at most"): c.high} for c in result.columns]
    )
    return Chart("importance", importance_finding(result), drawn, table, _importance_note(result))


def importance_finding(result: Importance) -> str:
    """How many columns carry four fifths of what is lost."""
    drops = [(max(0.0, c.drop), c.name) for c in result.columns]
    total = sum(drop for drop, _name in drops)
    if total <= 0:
        return _("No single column matters on its own.")
    reached, needed = 0.0, 0
    for drop, _name in drops:
        reached, needed = reached + drop, needed + 1
        if reached >= 0.8 * total:
            break
    if needed == 1:
        return _("“{name}” carries most of the answer.").format(name=drops[0][1])
    return plural("{n} column carries most of the answer.", "{n} columns carry most of the answer.", needed)


def _importance_note(result: Importance) -> str:
    note = _(
        "Each column was shuffled {repeats} times on {rows} test rows. Columns that say the same share their weight."
    )
    text = note.format(repeats=number(result.repeats), rows=number(result.rows))
    if not result.complete:
        text += " " + _("Time ran out before every column had its turn.")
    return text


def contributions(result: Contributions, ground: Ground) -> Chart:
    """Bars from the average answer to this one, one a column, largest first; what is not shown is one bar."""
    scale = 100 if result.unit == "probability" else 1
    steps = _steps(result)
    starts, at = [], result.base
    for _name, value in steps:
        starts.append(at)
        at += value
    drawn = figure(ground, x=_reason_axis(result), y="", height=120 + 32 * (len(steps) + 2))
    positions = list(range(1, len(steps) + 1))
    up, down = ground.model, ground.more[2]
    drawn.add_bar(
        x=[scale * value for _name, value in steps],
        base=[scale * start for start in starts],
        y=positions,
        orientation="h",
        marker={"color": [up if value >= 0 else down for _name, value in steps]},
        text=[signed(result, value) for _name, value in steps],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    drawn.add_scatter(
        x=[scale * result.base, scale * result.answer],
        y=[0, len(steps) + 1],
        mode="markers+text",
        marker={"size": 11, "color": ground.text, "symbol": "diamond"},
        text=[said(result, result.base), said(result, result.answer)],
        textposition="middle right",
        showlegend=False,
        cliponaxis=False,
        hoverinfo="skip",
    )
    drawn.add_vline(x=scale * result.base, line={"color": shade(ground.quiet, 0.6), "width": 1, "dash": "dot"})
    name_axis(drawn, "yaxis", [_("average answer"), *(name for name, _v in steps), _("this answer")])
    drawn.update_yaxes(range=[len(steps) + 1.6, -0.6])
    drawn.update_xaxes(range=_room(scale, result, starts, steps))
    table = pd.DataFrame(
        [{_("column"): c.name, _("added"): c.value, _("give or take"): c.error} for c in result.columns]
    )
    return Chart("contributions", contributions_finding(result), drawn, table, _how_they_sum(result))


def contributions_finding(result: Contributions) -> str:
    """The column that moved this answer most, and to which side."""
    if not result.columns:
        return _("This answer is the average answer.")
    most = max(result.columns, key=lambda c: abs(c.value))
    if most.value >= 0:
        return _("“{name}” raised this answer most.").format(name=most.name)
    return _("“{name}” lowered this answer most.").format(name=most.name)


def said(result: Contributions, value: float) -> str:
    """A sum on the way, in the unit of the answer."""
    return percent(value) if result.unit == "probability" else number(value)


def signed(result: Contributions, value: float) -> str:
    """A change with its sign: +3.1 points · −12."""
    if result.unit == "probability":
        return f"{100 * value:+.1f}".replace("-", "−")
    return ("+" if value >= 0 else "") + number(value, 3)


def _how_they_sum(result: Contributions) -> str:
    return _("{base} on average, with all contributions {answer}: they sum exactly.").format(
        base=said(result, result.base), answer=said(result, result.answer)
    )


def _reason_axis(result: Contributions) -> str:
    if result.unit == "probability":
        return _("probability of “{name}”, %").format(name=label(result.of, 40))
    return _("answer, in its own unit")


def _steps(result: Contributions) -> list[tuple[str, float]]:
    ordered = sorted(result.columns, key=lambda c: -abs(c.value))
    steps = [(c.name, c.value) for c in ordered[: MOST - 5]]
    rest = ordered[MOST - 5 :]
    if rest:
        steps.append((_("{n} other columns").format(n=len(rest)), sum(c.value for c in rest)))
    return steps


def _room(scale: int, result: Contributions, starts: list[float], steps: list[tuple[str, float]]) -> list[float]:
    """Space beside the outermost bar for its number."""
    ends = [start + value for start, (_name, value) in zip(starts, steps, strict=True)]
    low, high = min(*starts, *ends, result.base, result.answer), max(*starts, *ends, result.base, result.answer)
    margin = 0.18 * (high - low or 1.0)
    return [scale * (low - margin), scale * (high + margin)]
