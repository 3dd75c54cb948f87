"""Steps of the Train page: what to predict, and from which columns. Draws and asks; the recipe is the page's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from engine.inputs import INPUTS
from engine.recipe import Input, Recipe
from engine.table.facts import Association, ColumnFacts
from engine.table.steps import AsMissing, Ignore, Retype, Step
from engine.table.target import PREDICTABLE
from engine.table.warnings import Balance, Finding, LeaveOut
from pages.components import session
from pages.components.charts.distribution import distribution, small_bars, spread_in_words
from pages.components.charts.show import CONFIG, ground
from pages.components.layout import plain
from pages.components.words import _, kind_title, number, percent, say, some_of

MOST_CLASSES = 100  # a number with more distinct values is no longer offered as a choice among answers


def answer_title(answer: str) -> str:
    """A kind of answer in words."""
    return {
        "binary": _("one of two answers"), "multiclass": _("one of many answers"), "number": _("a number"),
        "labels": _("several of many labels"),
    }[answer]  # fmt: skip


def choose_target(facts: Sequence[ColumnFacts], target: str | None, key: str) -> str | None:
    """The column to predict; None until one is chosen."""
    names = [each.name for each in facts if possible_answers(each)]
    chosen = st.selectbox(
        _("Column to predict"),
        names,
        index=names.index(target) if target in names else None,
        placeholder=_("Choose a column"),
        label_visibility="collapsed",
        key=key,
    )
    rest = unpredictable_in_words(facts)
    if rest:
        st.caption(rest)
    return chosen


def unpredictable_in_words(facts: Sequence[ColumnFacts]) -> str:
    """Markdown: which columns are not offered, and why. Empty when there are none."""
    by_kind: dict[str, list[str]] = {}
    for each in facts:
        if not possible_answers(each):
            by_kind.setdefault(each.kind, []).append(each.name)
    if not by_kind:
        return ""
    said = "; ".join(f"{some_of(names)} ({kind_title(kind)})" for kind, names in by_kind.items())
    words = _("Not offered, as their kind cannot be predicted: {columns}. Data → Columns can change a kind.")
    return plain(words.format(columns=said))


def choose_answer(facts: ColumnFacts, answer: str, key: str) -> str:
    """The kind of answer: found out, changeable where the column allows another."""
    options = possible_answers(facts)
    if len(options) < 2:
        return answer
    chosen = st.segmented_control(
        _("Kind of answer"), options, default=answer, required=True, format_func=answer_title, key=key,
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen or answer


def possible_answers(facts: ColumnFacts) -> tuple[str, ...]:
    """What a column can be predicted as; nothing where it cannot be predicted."""
    classes = "binary" if facts.distinct == 2 else "multiclass"
    if facts.kind != "number":
        several = ("labels",) if facts.labels else ()
        return (*several, classes) if facts.kind in PREDICTABLE else several
    return ("number", classes) if 2 <= facts.distinct <= MOST_CLASSES else ("number",)


def target_in_words(facts: ColumnFacts, answer: str) -> str:
    """Markdown: kind of answer and how the answers are spread."""
    return f"{answer_title(answer)} · {plain(spread_in_words(facts))}"


def target_picture(facts: ColumnFacts) -> None:
    """The distribution of what to predict."""
    chart = distribution(facts, ground())
    st.plotly_chart(
        chart.figure, width="stretch", theme=None, key="target-distribution", config=CONFIG, alt=chart.finding
    )


@dataclass(frozen=True)
class Mended:
    """What a click on a remedy asks for: another recipe, or steps that clean the data."""

    recipe: Recipe | None = None
    step: Step | None = None


def warn(findings: Sequence[Finding], recipe: Recipe, *, mine: bool) -> Mended | None:
    """Warnings that the recipe does not yet heed, what gives the answer away first; what a click on one asks for.

    `mine`: whether this person may clean the data.
    """
    mended = None
    for finding in sorted(findings, key=lambda each: each.code != "leak"):
        if not heeded(finding, recipe):
            with st.container(horizontal=True, vertical_alignment="center"):
                sentence = plain(say(finding.text, finding.values))
                st.markdown(f":orange[:material/warning:] {sentence}", width="content")
                mended = _remedy(finding, recipe, mine) or mended
    return mended


def _remedy(finding: Finding, recipe: Recipe, mine: bool) -> Mended | None:
    """The button of a warning, if there is one; what it asks for once it is pressed."""
    remedy, word, hint = finding.remedy, _("Leave it out"), None
    if isinstance(remedy, LeaveOut):
        asked = Mended(without(recipe, remedy.columns))
    elif isinstance(remedy, Balance):
        asked, word = Mended(balanced(recipe)), _("Let rare answers count more")
    elif isinstance(remedy, AsMissing) and mine:
        asked, word, hint = Mended(step=remedy), _("Count as missing"), _("Makes a new version of the data set.")
    elif isinstance(remedy, Ignore | Retype) and finding.column != recipe.target:
        asked = Mended(without(recipe, (finding.column,)))
    else:
        return None
    return asked if st.button(word, key=f"remedy-{finding.code}-{finding.column}", help=hint) else None


def heeded(finding: Finding, recipe: Recipe) -> bool:
    """Whether this recipe already does what the remedy would do."""
    used = {column.name for column in recipe.inputs}
    if isinstance(finding.remedy, LeaveOut):
        return not used & set(finding.remedy.columns)
    if isinstance(finding.remedy, Balance):
        return recipe.fitting.class_weights == "balanced"
    return finding.column not in used and finding.column != recipe.target


def without(recipe: Recipe, columns: Sequence[str]) -> Recipe:
    """The recipe that does not learn from these columns."""
    return recipe.model_copy(update={"inputs": tuple(c for c in recipe.inputs if c.name not in columns)})


def balanced(recipe: Recipe) -> Recipe:
    """The recipe in which rare answers count as much as frequent ones."""
    fitting = recipe.fitting.model_copy(update={"class_weights": "balanced"})
    return recipe.model_copy(update={"fitting": fitting})


def fitted(recipe: Recipe, facts: Sequence[ColumnFacts]) -> Recipe:
    """The recipe as it suits these columns: inputs that are gone are left out, the others have the kinds of today."""
    kinds = {each.name: each.kind for each in facts if each.kind in INPUTS}
    inputs = tuple(Input(name=each.name, kind=kinds[each.name]) for each in recipe.inputs if each.name in kinds)
    return recipe.model_copy(update={"inputs": inputs})


def columns_table(facts: Sequence[ColumnFacts], recipe: Recipe, associations: Sequence[Association]) -> pd.DataFrame:
    """A row for each column that can be learned from, with its tick."""
    used = {column.name for column in recipe.inputs}
    tells = {each.column: each.strength for each in associations}
    return pd.DataFrame(
        [
            {
                "use": each.name in used,
                "name": each.name,
                "kind": kind_title(each.kind),
                "missing": percent(each.missing / max(1, each.rows), 1 if each.missing else 0),
                "tells": round(100 * tells[each.name]) if each.name in tells else None,
                "bars": small_bars(each),
            }
            for each in facts
            if each.kind in INPUTS and each.name != recipe.target
        ],
        columns=["use", "name", "kind", "missing", "tells", "bars"],
    )


def choose_columns(
    facts: Sequence[ColumnFacts], recipe: Recipe, associations: Sequence[Association], key: str
) -> tuple[Input, ...]:
    """The table with ticks; the inputs that are ticked."""
    table = columns_table(facts, recipe, associations)
    edited = st.data_editor(
        table,
        key=key,
        hide_index=True,
        width="stretch",
        disabled=["name", "kind", "missing", "tells", "bars"],
        column_config={
            "use": st.column_config.CheckboxColumn(_("Use"), width="small"),
            "name": st.column_config.TextColumn(_("Column")),
            "kind": st.column_config.TextColumn(_("Kind")),
            "missing": st.column_config.TextColumn(_("Missing"), alignment="right", width="small"),
            "tells": tells_column(),
            "bars": st.column_config.BarChartColumn(_("Distribution"), y_min=0),
        },
        alt=_("Columns to learn from"),
    )  # fmt: skip
    kinds = {each.name: each.kind for each in facts}
    return tuple(Input(name=name, kind=kinds[name]) for name in edited.loc[edited["use"], "name"])


def tells_column() -> object:
    """How a table shows what each column tells by itself of what is predicted."""
    return st.column_config.ProgressColumn(
        _("Tells on its own"), min_value=0, max_value=100, format="%d %%",
        help=_("How closely the column goes with what is predicted: 0 not at all, 100 one tells the other."),
    )  # fmt: skip


def unused_in_words(facts: Sequence[ColumnFacts]) -> str:
    """Markdown: which columns cannot be ticked, and why. Empty when there are none."""
    identifiers = [plain(each.name) for each in facts if each.kind == "identifier"]
    if not identifiers:
        return ""
    return _("Identifiers, which say nothing about a new row: {names}.").format(names=", ".join(identifiers))


def chosen_in_words(recipe: Recipe, facts: Sequence[ColumnFacts]) -> str:
    """“18 of 20 columns”."""
    return _("{n} of {of} columns").format(n=number(len(recipe.inputs)), of=number(len(facts) - 1))


def step(place: int, title: str, done: str, *, key: str, opened: bool) -> bool:
    """A step's heading, and beside it what was chosen; True while the step is open.

    `done` is Markdown, empty as long as there is nothing to fold the step into. Draw inside the same container.
    """
    state = f"step-{key}"
    is_open = bool(session.recall(state, opened)) or not done
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{place}. {title}**" + (f" &nbsp; :gray[{done}]" if done else ""), width="content")
        if done:
            word = _("Done") if is_open else _("Change")
            st.button(word, key=f"{state}-turn", type="tertiary", on_click=session.remember, args=(state, not is_open))
    return is_open
