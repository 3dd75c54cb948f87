"""Production and candidate on the same rows, old and new apart: a sentence, the intervals, and the decision."""

from __future__ import annotations

import streamlit as st

from engine.metrics import METRICS
from engine.results import Comparison, Difference
from pages.components.charts.comparing import runs_together
from pages.components.charts.show import Chart, ground, show
from pages.components.clicks import carry_out
from pages.components.layout import plain
from pages.components.models.titles import version_title
from pages.components.models.versions import point
from pages.components.words import _, number, plural, say
from services import improving, models
from services.improving import Improvement, Worth
from services.models import ModelView


def judgement(view: ModelView, found: Improvement, *, changeable: bool) -> None:
    """Draws what the last improvement is worth, and lets its owner promote it."""
    old, new = found.production, found.candidate or 0
    titles = {"production": version_title(old), "candidate": version_title(new)}
    compared = improving.compared(found, titles)
    with st.container(border=True):
        worth = improving.worth(compared.values())
        st.subheader(plain(in_words(worth, old, new)), anchor=False)
        more = max((more_rows(each) for each in compared.values()), default=0)
        if more and worth == "unknown":
            st.markdown(plural("About {n} more row would tell.", "About {n} more rows would tell.", more))
        decision(view, found, changeable=changeable, better=worth == "better")
        columns = st.columns(2, gap="large")
        with columns[0]:
            part("test", _("On the old test rows"), compared.get("test"))
        with columns[1]:
            part("feedback", _("On new feedback, held back from training"), compared.get("feedback"))


def in_words(worth: Worth, old: int, new: int) -> str:
    """What the candidate is worth, in one sentence. Plain text."""
    words = {
        "better": _("Version {new} is better than version {old}."),
        "alike": _("Version {new} is about as good as version {old}."),
        "mixed": _("Version {new} is better on some rows and worse on others than version {old}."),
        "worse": _("Version {new} is worse than version {old}."),
        "unknown": _("It cannot be told yet whether version {new} is better than version {old}."),
    }[worth]
    return words.format(new=number(new), old=number(old))


def more_rows(comparison: Comparison) -> int:
    """About how many more rows would tell; 0 when these do."""
    return next((each.more or 0 for each in comparison.differences if each.metric == comparison.headline), 0)


def part(name: str, title: str, comparison: Comparison | None) -> None:
    """One kind of rows: how both do, and the paired difference. Each has its `name` on the page."""
    st.markdown(f"**{title}**")
    if comparison is None:
        st.markdown(_("No feedback was held back yet: with more of it, there will be."))
        return
    difference = next((each for each in comparison.differences if each.metric == comparison.headline), None)
    if comparison.heard is not None:
        first, *rest = (say(each.text, each.values) for each in comparison.sentences)
        st.caption(plain(first))
        for each in rest if difference is None else []:
            st.markdown(plain(each))
    if difference is not None:
        show(charted(name, comparison, paired(difference, comparison.rows)))


def charted(name: str, comparison: Comparison, note: str) -> Chart:
    """The headline metric of both, with what is said of them."""
    chart = runs_together(comparison, comparison.headline, ground())
    said = [say(each.text, each.values) for each in comparison.sentences if "first" in each.values]
    return Chart(f"improved-{name}", " ".join(said), chart.figure, chart.table, note)


def paired(difference: Difference, rows: int) -> str:
    """The difference on the same rows and its interval, as Markdown."""
    share = METRICS[difference.metric].scale == "share"
    values = [each for each in (difference.value, difference.low, difference.high) if each is not None]
    value, *ends = (signed(100 * each, 1) if share else signed(each, 3) for each in values)
    words = plural("Both answered the same {n} row.", "Both answered the same {n} rows.", rows)
    said = _("The difference is {value} in 100.") if share else _("The difference is {value}.")
    if ends:
        said = (
            _("The difference is {value} in 100 ({low} to {high}, the range that holds 95 times in 100).")
            if share
            else _("The difference is {value} ({low} to {high}, the range that holds 95 times in 100).")
        )
    low, high = ends or ("", "")
    return plain(f"{words} " + said.format(value=value, low=low, high=high))


def signed(value: float, digits: int) -> str:
    """A difference, with its sign."""
    rounded = float(f"{value:.{digits}g}") if digits > 1 else round(value, 1)
    return f"+{number(rounded, 3)}" if rounded > 0 else number(rounded, 3)


def decision(view: ModelView, found: Improvement, *, changeable: bool, better: bool) -> None:
    """Promote, withdraw, or what became of it."""
    new = found.candidate or 0
    if view.model.production == new:
        st.markdown(":material/check_circle: " + _("Version {n} is production.").format(n=number(new)))
        return
    if view.model.candidate != new:
        st.markdown(_("Version {n} is no longer the candidate.").format(n=number(new)))
        return
    if not changeable:
        st.markdown(_("Its owner decides whether it answers from now on."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Promote version {n}").format(n=number(new)), type="primary" if better else "secondary",
            icon=":material/upgrade:", key="promote improved",
            on_click=carry_out, args=(point, view, models.promote, new, view.model.production),
        )  # fmt: skip
        st.button(
            _("Keep version {n}").format(n=number(view.model.production)), key="keep production",
            on_click=carry_out, args=(point, view, models.set_candidate, None),
        )  # fmt: skip
