"""Where a run is wrong: the charts and rows of its evaluation, by kind of answer. Draws results, computes none."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from engine.errors import UserError
from engine.results import ClassReport, Evaluation, LabelReport, NumberReport, RowResult, Thresholds
from engine.table.columns import Column
from pages.components import session
from pages.components.answering import value_in_words
from pages.components.charts import classes, labels, numbers, ranking
from pages.components.charts.show import ground, show
from pages.components.charts.threshold import threshold
from pages.components.dataset.preview import shown
from pages.components.outcome import class_table, metrics_list
from pages.components.pictures import addresses, strip
from pages.components.words import NONE, _, number, percent
from services import datasets, gallery

SIDE = 96  # pixels of a picture among others


def mistakes(version_id: int, evaluation: Evaluation) -> None:
    """The Mistakes tab. `version_id` is the version whose rows were tested."""
    if evaluation.classes is not None:
        _class_charts(evaluation.classes)
    if evaluation.labels is not None:
        _label_charts(evaluation.labels)
    if evaluation.numbers is not None:
        _number_charts(evaluation.numbers, evaluation.target)
    metrics_list(evaluation)
    lists = {
        "worst": (_("Most wrong: look here first for wrong labels or a missing column"), evaluation.worst_rows),
        "uncertain": (_("Least sure"), evaluation.uncertain_rows),
        "best": (_("Most clearly right"), evaluation.best_rows),
    }
    values = tested_rows(version_id, [row.row_id for _title, rows in lists.values() for row in rows])
    for key, (title, rows) in lists.items():
        if rows:
            with st.expander(title, key=f"expander-{key}"):
                _rows(key, rows, *values, evaluation.target, version_id)


def tested_rows(version_id: int, row_ids: list[int]) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """The values of rows by row id, and their columns; none when the data is not there any more."""
    user = session.me()
    try:
        return datasets.rows(user, version_id, row_ids), datasets.schema(user, version_id).columns
    except UserError:
        return pd.DataFrame(index=row_ids), ()


def _class_charts(report: ClassReport) -> None:
    look = ground()
    left, right = st.columns(2, gap="large")
    with left:
        show(classes.confusion(report.confusion, look))
    with right:
        show(classes.calibration(report.reliability, look))
    left, right = st.columns(2, gap="large")
    with left:
        show(ranking.roc(report.roc, look))
    with right:
        show(ranking.precision_recall(report.precision_recall, look))
    if report.thresholds is not None:
        costs(report.thresholds)
    if len(report.classes) > 2:
        _class_scores(report)


@st.fragment
def costs(thresholds: Thresholds) -> None:
    """What each mistake costs → the threshold: chosen on validation rows, reported on test rows."""
    st.subheader(_("When one mistake costs more than the other"), anchor=False)
    left, right, _space = st.columns([2, 2, 3])
    false_alarm = left.number_input(
        _("Cost of a false alarm"),
        min_value=0.0,
        value=1.0,
        step=1.0,
        format="%g",
        key="cost of a false alarm",
        help=_("What it costs to take a row for one that has the answer, when it has not."),
    )
    miss = right.number_input(
        _("Cost of an overlooked one"),
        min_value=0.0,
        value=1.0,
        step=1.0,
        format="%g",
        key="cost of a miss",
        help=_("What it costs to overlook a row that has the answer."),
    )
    show(threshold(thresholds, thresholds.cheapest(false_alarm, miss), ground()))
    st.caption(
        _("Answers name what is more probable. To decide by these costs, compare the probability that each comes with.")
    )


def _label_charts(report: LabelReport) -> None:
    look = ground()
    left, right = st.columns(2, gap="large")
    with left:
        show(labels.label_scores(report, look))
    with right:
        show(classes.calibration(report.reliability, look))


def _number_charts(report: NumberReport, target: str) -> None:
    look = ground()
    left, right = st.columns(2, gap="large")
    with left:
        show(numbers.predicted_true(report.predicted_true, report.coverage, look, target=target))
    with right:
        show(numbers.residuals(report.residuals, report.misses, look, target=target))
    show(numbers.error_by_range(report.by_range, look, target=target))


def _class_scores(report: ClassReport) -> None:
    st.markdown(_("**Each answer on its own**"))
    table = class_table(report)
    right = {name: st.column_config.TextColumn(name, alignment="right") for name in table.columns[3:]}
    st.dataframe(table, hide_index=True, width="stretch", column_config=right, key="class-scores")


def _gallery(rows: tuple[RowResult, ...], references: pd.Series, pictures: Mapping[str, bytes]) -> None:
    """The pictures of the rows, with the true answer and, where it is another, the one given."""
    there = [(row, pictures[name]) for row, name in zip(rows, references, strict=True) if name in pictures]
    if there:
        strip([(picture, _right_or_not(row)) for row, picture in there], SIDE)


def _right_or_not(row: RowResult) -> str:
    if row.truth == row.answer:
        return value_in_words(row.truth)
    return _("{truth}, not {answer}").format(truth=value_in_words(row.truth), answer=value_in_words(row.answer))


def _rows(
    key: str,
    rows: tuple[RowResult, ...],
    values: pd.DataFrame,
    columns: tuple[Column, ...],
    target: str,
    version_id: int,
) -> None:
    """Row, truth and answer, and beside them what stands in the row: columns go by place, whatever their names."""
    places = {str(i): column for i, column in enumerate(columns) if column.name != target}
    theirs = values.reindex([row.row_id for row in rows]).reset_index(drop=True)
    theirs = theirs.set_axis([str(i) for i in range(len(columns))], axis=1)[list(places)]
    for place, column in places.items():
        if column.kind == "image":
            pictures = gallery.small_pictures(session.me(), version_id, theirs[place].dropna().tolist())
            _gallery(rows, theirs[place], pictures)
            theirs[place] = addresses(theirs[place], pictures)
    table = pd.concat([rows_table(rows), theirs], axis=1)
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        column_config={place: shown(column, theirs[place]) for place, column in places.items()},
        placeholder=NONE,
        key=f"rows-{key}",
    )


def rows_table(rows: tuple[RowResult, ...]) -> pd.DataFrame:
    """Test rows as a table; the row's number is its permanent one in the data set."""
    return pd.DataFrame(
        [
            {
                _("Row"): row.row_id,
                _("True answer"): value_in_words(row.truth),
                _("Answer given"): value_in_words(row.answer),
                **_how_right(row),
            }
            for row in rows
        ]
    )


def _how_right(row: RowResult) -> dict[str, str]:
    """How sure the answer was, how much of it is right, or how far it is off, by kind of answer."""
    if row.probability is not None:
        return {_("Sure"): percent(row.probability)}
    if row.agreement is not None:
        return {_("Labels in common"): percent(row.agreement)}
    return {_("Off by"): number(row.loss)}
