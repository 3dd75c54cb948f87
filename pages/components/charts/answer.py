"""One answer as a picture: the probabilities of all classes, and how it moves while one value moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from engine.answers import PROBABILITY_OF
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, label, name_axis, shade
from pages.components.words import _, number, percent

MOST = 8  # classes with a bar; the rest are one


def answer_bars(probabilities: Mapping[str, float], ground: Ground) -> Chart:
    """A bar for each class, likeliest on top."""
    ordered = sorted(probabilities.items(), key=lambda each: -each[1])
    shown = ordered
    if len(ordered) > MOST + 1:  # one alone can as well be shown
        shown, rest = ordered[:MOST], ordered[MOST:]
        shown.append((_("{n} others").format(n=len(rest)), sum(share for _name, share in rest)))
    drawn = _bars(shown, [ground.model, *[shade(ground.model, 0.45)] * (len(shown) - 1)], ground)
    table = pd.DataFrame({_("answer"): [n for n, _s in ordered], _("probability"): [s for _n, s in ordered]})
    return Chart("answer", _("“{name}” is likeliest.").format(name=ordered[0][0]), drawn, table)


def label_bars(probabilities: Mapping[str, float], given: Collection[str], ground: Ground) -> Chart:
    """A bar for each label, likeliest on top; those given are strong."""
    ordered = sorted(probabilities.items(), key=lambda each: -each[1])
    shown = ordered[: max(MOST, len(given))]
    strong, weak = ground.model, shade(ground.model, 0.45)
    drawn = _bars(shown, [strong if name in given else weak for name, _share in shown], ground)
    table = pd.DataFrame(
        {
            _("label"): [name for name, _share in ordered],
            _("probability"): [share for _name, share in ordered],
            _("given"): [name in given for name, _share in ordered],
        }
    )
    finding = _("“{name}” is likeliest.").format(name=ordered[0][0])
    return Chart("answer", finding, drawn, table)


def _bars(shown: Sequence[tuple[str, float]], colours: Sequence[str], ground: Ground) -> Any:
    drawn = figure(ground, x="", y="", height=30 + 34 * len(shown))
    drawn.add_bar(
        x=[100 * share for _name, share in shown],
        y=list(range(len(shown))),
        orientation="h",
        marker={"color": list(colours)},
        text=[percent(share) for _name, share in shown],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    name_axis(drawn, "yaxis", [name for name, _share in shown])
    drawn.update_yaxes(range=[len(shown) - 0.5, -0.5])
    drawn.update_xaxes(range=[0, 115], showticklabels=False)
    drawn.update_layout(margin={"t": 4, "b": 4})
    return drawn


def what_if_numbers(
    column: str, values: Sequence[Any], answers: pd.DataFrame, now: Any, target: str, ground: Ground
) -> Chart:
    """The predicted number, with its interval, over the values of one column."""
    drawn = figure(ground, x=label(column, 60), y=label(target, 40), legend=True)
    drawn.add_scatter(
        x=[*values, *reversed(values)],
        y=[*answers["high"], *reversed(list(answers["low"]))],
        fill="toself",
        fillcolor=shade(ground.model, 0.15),
        line={"width": 0},
        name=_("nine times in ten"),
        hoverinfo="skip",
    )
    _line(drawn, values, answers["answer"], target, ground.model)
    _here(drawn, now, values, ground)
    low, high = min(answers["answer"]), max(answers["answer"])
    finding = _("The answer moves between {low} and {high} while “{column}” moves.").format(
        low=number(low, 3), high=number(high, 3), column=column
    )
    return Chart("what-if", finding, drawn, answers.assign(**{column: list(values)}), _still())


def what_if_classes(
    column: str, values: Sequence[Any], answers: pd.DataFrame, now: Any, followed: Sequence[str], ground: Ground
) -> Chart:
    """The probability of the followed classes over the values of one column."""
    drawn = figure(ground, x=label(column, 60), y=_("probability, %"), legend=len(followed) > 1)
    for name, colour in zip(followed, ground.series, strict=False):
        _line(drawn, values, 100 * answers[PROBABILITY_OF + name], name, colour)
    drawn.update_yaxes(rangemode="tozero")
    _here(drawn, now, values, ground)
    first = answers[PROBABILITY_OF + followed[0]]
    finding = _("“{name}” gets between {low} and {high} while “{column}” moves.").format(
        name=followed[0], low=percent(min(first)), high=percent(max(first)), column=column
    )
    return Chart("what-if", finding, drawn, answers.assign(**{column: list(values)}), _still())


def _still() -> str:
    return _("All other values stay as they are. This is what the model says, not what would happen in the world.")


def _line(drawn: Any, x: Sequence[Any], y: Sequence[float], name: str, colour: str) -> None:
    words = bool(x) and isinstance(x[0], str)
    drawn.add_scatter(
        x=[label(value, 20) if isinstance(value, str) else value for value in x],
        y=list(y),
        name=label(name, 30),
        mode="markers" if words else "lines",
        marker={"size": 11, "color": colour},
        line={"color": colour, "width": 2.5},
        hovertemplate="%{x}: %{y:.4g}<extra></extra>",
    )


def _here(drawn: Any, now: Any, values: Sequence[Any], ground: Ground) -> None:
    if now is not None and values and not isinstance(values[0], str) and not isinstance(now, str):
        drawn.add_vline(x=now, line={"color": ground.quiet, "width": 1.5, "dash": "dot"}, annotation_text=_("now"))
