"""How the values of one column are spread."""

from __future__ import annotations

import pandas as pd

from engine.labels import NONE as NO_LABEL
from engine.table.facts import Bar, ColumnFacts
from pages.components.charts.show import Chart
from pages.components.charts.style import Ground, figure, label
from pages.components.words import _, number, percent

WORDS = 12  # bars of a picture in a cell


def distribution(facts: ColumnFacts, ground: Ground) -> Chart:
    """Bars of a column, small; the sentence is `spread_in_words`."""
    names = [_title(facts, bar) for bar in facts.bars]
    drawn = figure(ground, x="", y=_("rows"), height=150)
    drawn.add_bar(
        x=list(range(len(facts.bars))),
        y=[bar.count for bar in facts.bars],
        marker={"color": ground.model},
        customdata=[label(name, 60) for name in names],
        hovertemplate=_("%{customdata}: %{y:,} rows") + "<extra></extra>",
    )
    every = max(1, len(facts.bars) // 5)
    ticks = list(range(0, len(facts.bars), every))
    drawn.update_xaxes(tickvals=ticks, ticktext=[label(names[i], 14) for i in ticks], tickangle=0)
    drawn.update_layout(margin={"t": 8}, bargap=0.1)
    table = pd.DataFrame(
        [{_("value"): name, _("rows"): bar.count} for name, bar in zip(names, facts.bars, strict=True)]
    )
    return Chart(f"distribution-{facts.name}", spread_in_words(facts), drawn, table)


def small_bars(facts: ColumnFacts) -> list[int]:
    """The rows of each bar, for a picture in a cell: a scale whole, of words the most frequent ones."""
    counts = [bar.count for bar in facts.bars]
    return counts if facts.kind in ("number", "datetime") else counts[:WORDS]


def spread_in_words(facts: ColumnFacts) -> str:
    """“yes 27 %, no 73 %”, or “from 15 to 500, half of them below 180”."""
    if facts.kind == "number" and facts.quantiles:
        low, middle, high = facts.quantiles[0], facts.quantiles[3], facts.quantiles[-1]
        return _("from {low} to {high}, half of them below {middle}").format(
            low=number(low), high=number(high), middle=number(middle)
        )
    known = max(1, facts.rows - facts.missing)
    shares = [
        _("“{value}” {share}").format(value=_title(facts, bar), share=percent(bar.count / known))
        for bar in facts.bars[:3]
    ]
    more = facts.distinct - len(shares)
    if more > 0:
        shares.append(_("and {n} others").format(n=number(more)))
    return ", ".join(shares)


def _title(facts: ColumnFacts, bar: Bar) -> str:
    """What a bar counts. In a column of labels an empty list is an answer, and is said in words."""
    return _("none of the labels") if facts.labels and bar.label == NO_LABEL else bar.label
