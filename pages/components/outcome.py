"""How good a run is, in words and figures: the verdict card, the table of metrics. Draws results, computes none."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import streamlit as st

from engine.events import Note
from engine.metrics import METRICS
from engine.results import ClassReport, Evaluation, Verdict
from pages.components.charts.comparing import interval, measured
from pages.components.charts.predictors import predictor_title
from pages.components.layout import plain
from pages.components.words import NONE, _, number, percent, say

ORDER = ("guess", "baseline", "model")


def told(note: Note) -> str:
    """A sentence of the engine as Markdown in which names stay plain."""
    return plain(say(note.text, note.values))


def verdict_card(evaluation: Evaluation) -> None:
    """What a reader should know first: right how often, against guessing and the simpler method."""
    verdict = evaluation.verdict
    shown = [name for name in ORDER if evaluation.metric(evaluation.headline, name) is not None]
    with st.container(border=True, key="verdict"):
        words, right = st.columns(2)
        with words:
            st.subheader(told(verdict.headline), anchor=False)
            st.markdown(" ".join(told(note) for note in (verdict.guessing, verdict.simpler) if note is not None))
        with right.container(horizontal=True, horizontal_alignment="distribute"):
            for name in shown:
                _figure(evaluation, name)
        for note in (*verdict.sentences, *evaluation.notes):
            st.markdown(f":gray[{told(note)}]")


def _figure(evaluation: Evaluation, name: str) -> None:
    metric = METRICS[evaluation.headline]
    title = predictor_title(name)
    st.metric(
        title[0].upper() + title[1:],
        figure_of(evaluation.verdict, name),
        delta=gain(evaluation) if name == "model" else None,
        delta_color="normal" if metric.higher_is_better else "inverse",
        help=_(metric.help),
        width="content",
    )


def figure_of(verdict: Verdict, name: str) -> str:
    """A predictor's figure as the verdict's words write it, with the same decimals."""
    said = {"model": verdict.headline, "baseline": verdict.simpler, "guess": verdict.guessing}[name]
    return NONE if said is None else str(said.values["value"])


def gain(evaluation: Evaluation) -> str | None:
    """Model minus guessing: the difference of the figures that are shown; None when that is nothing."""
    if METRICS[evaluation.headline].scale == "share":
        model, guess = (Decimal(figure_of(evaluation.verdict, name)) for name in ("model", "guess"))
        return f"{model - guess:+}" if model != guess else None
    for difference in evaluation.differences:
        if (difference.metric, difference.first, difference.second) == (evaluation.headline, "model", "guess"):
            return f"{difference.value:+,.3g}"
    return None


def metrics_table(evaluation: Evaluation) -> pd.DataFrame:
    """All metrics: a row each, a column a predictor, the interval beside the model's."""
    rows = []
    for metric in evaluation.metrics.get("model", ()):
        row = {
            _("Metric"): _(METRICS[metric.name].title),
            _("This model"): measured(metric),
            _("95 % interval"): interval(metric),
        }
        for name in ("baseline", "guess"):
            other = evaluation.metric(metric.name, name)
            title = predictor_title(name)
            row[title[0].upper() + title[1:]] = measured(other) if other is not None else "—"
        rows.append(row | {_("What it says"): _(METRICS[metric.name].help)})
    return pd.DataFrame(rows)


def class_table(report: ClassReport) -> pd.DataFrame:
    """How each answer fares on test rows: a row each."""
    return pd.DataFrame(
        [
            {
                _("Answer"): score.name,
                _("Test rows"): score.rows,
                _("Given"): score.answered,
                _("Right of those given"): percent(score.precision),
                _("Found of all"): percent(score.recall),
            }
            for score in report.classes
        ]
    )


def metrics_list(evaluation: Evaluation) -> None:
    """The table of metrics on the page. What they say stands in a table of its own, for which a phone has room too."""
    st.markdown(_("**All figures, on {rows} test rows**").format(rows=number(evaluation.rows)))
    table = metrics_table(evaluation).drop(columns=_("What it says"), errors="ignore")
    st.table(table.map(plain), border="horizontal", hide_index=True)
    known = [METRICS[metric.name] for metric in evaluation.metrics.get("model", ())]
    with st.expander(_("What each figure says"), key="expander-figures"):
        st.table({plain(_(metric.title)): plain(_(metric.help)) for metric in known}, border="horizontal")
