"""A file of rows to predict: sent, carried out in the background, looked at, judged, taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from engine.answers import PROBABILITY_OF
from engine.events import Note
from pages.components import session
from pages.components.answering import SIDE
from pages.components.downloads import download
from pages.components.judging import judge
from pages.components.layout import plain, problem, query_number, reason_of, told
from pages.components.outcome import told as told_note
from pages.components.trying import choose_predictor
from pages.components.uploader import uploader
from pages.components.words import NONE, _, ago, number, percent, plural
from services import predictions, runs

ROWS = 100


def file_tab(run: runs.Run) -> None:
    """Send a file, or look at one that was sent before; `?batch=3` names it."""
    form = predictions.form(session.me(), run.id)
    st.markdown(what_to_send(form.fields))
    with st.popover(_("Which columns"), icon=":material/view_column:", type="tertiary", key="needed columns"):
        for field in form.fields:
            st.markdown(f"- {plain(field.name)}")
    predictor = choose_predictor(form.predictors, run.id)
    arrived = uploader(f"rows for {run.id}", invite=_("Drop a file of rows here"))
    if arrived is not None:
        with told():
            started = predictions.start_file(session.me(), run.id, arrived.id, predictor)
            st.query_params["batch"] = str(started.id)
    batch_id = query_number("batch")
    if batch_id is not None:
        one(batch_id, form)
    earlier(run, batch_id)


def what_to_send(fields: Sequence[predictions.FormField]) -> str:
    """What the file has to hold."""
    pictured = [field for field in fields if field.kind == "image"]
    if not pictured:
        return _("A file with the columns that the model learned from. The answers come as further columns.")
    if len(pictured) == len(fields):
        return _("A ZIP of pictures. The answers come as a table: the name of each file, and what it shows.")
    return _("A ZIP of a table and the pictures that it names. The answers come as further columns of the table.")


def one(batch_id: int, form: predictions.PredictionForm) -> None:
    """One file: under way, failed or answered."""
    view = predictions.batch(session.me(), batch_id)
    if view.batch.status in ("queued", "running"):
        under_way(batch_id)
    elif view.batch.status == "failed":
        problem(reason_of(view.batch.error, Note(text="The file could not be answered.")))
    else:
        answered(view, form)


@st.fragment(run_every="1s")
def under_way(batch_id: int) -> None:
    """How far the file is; the page is drawn anew once it is done."""
    view = predictions.batch(session.me(), batch_id)
    if view.batch.status not in ("queued", "running"):
        st.rerun()
    words = _("Waiting for its turn") if view.waiting else _("Answering row by row")
    st.progress(view.fraction, text=f"{words} · {percent(view.fraction)}")
    st.caption(_("You can leave this page; the work goes on."))


def answered(view: predictions.BatchView, form: predictions.PredictionForm) -> None:
    """Notes, downloads, the first rows; a ticked row can be judged."""
    batch = view.batch
    rows = plural("{n} row answered", "{n} rows answered", batch.rows or 0)
    st.subheader(plain(batch.filename), anchor=False)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(rows, width="content")
        with st.container(horizontal=True, width="content"):
            for kind in ("csv", "xlsx", "parquet"):
                download(kind.upper(), f"/api/batches/{batch.id}/result.{kind}", key=f"batch-{batch.id}-{kind}")
    for note in view.notes:
        st.markdown(f":orange[:material/warning:] {told_note(note)}")
    shown = predictions.batch_rows(session.me(), batch.id, 0, ROWS)
    names = predictions.answer_names(session.me(), batch.id)
    chosen = st.dataframe(
        answered_table(shown, names), width="stretch", height=360, hide_index=False,
        column_config=answer_columns(names),
        on_select="rerun", selection_mode="single-row", key=f"batch-{batch.id}", placeholder=NONE,
        alt=_("Rows with their answers"),
    ).selection.rows  # fmt: skip
    if (batch.rows or 0) > ROWS:
        st.caption(_("The first {n} rows. The files above hold all.").format(n=number(ROWS)))
    if not chosen:
        st.caption(_("Tick a row to say whether its answer is right."))
        return
    column = next(column for column, plainly in names.items() if plainly == "answer")
    one_row(batch, int(shown.index[chosen[0]]), shown.iloc[chosen[0]][column], form)


def one_row(batch: predictions.Batch, row: int, answer: object, form: predictions.PredictionForm) -> None:
    """A row with its pictures and its answer, to be judged."""
    with st.container(border=True):
        st.markdown(_("**Row {n}** · {answer}").format(n=number(row + 1), answer=plain(answer)))
        if any(field.kind == "image" for field in form.fields):
            pictures_of(batch, row)
        judge((batch.id, row), f"row-{batch.id}-{row}", form, answer)


def pictures_of(batch: predictions.Batch, row: int) -> None:
    """The pictures in a row; where they are gone, what that means for whoever judges it."""
    with told():
        pictures = predictions.batch_pictures(session.me(), batch.id, row)
        if pictures is None:
            st.caption(
                _(
                    "The pictures of this file are no longer kept. What you say of this row is counted, but the model "
                    "cannot learn from it: send the picture again for that."
                )
            )
        for name, picture in (pictures or {}).items():
            st.image(picture.content, caption=plain(name), width=SIDE)


def shares(names: Mapping[str, str]) -> list[str]:
    """The columns of probabilities, among the columns of answers."""
    return [column for column, plainly in names.items() if plainly.startswith("probability")]


def answered_table(rows: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Rows as they are read: counted from 1, what is answered first, probabilities in hundredths."""
    first = [column for column, plainly in names.items() if not plainly.startswith(PROBABILITY_OF)]
    table = rows.assign(**{column: 100 * rows[column] for column in shares(names)})
    return table[[*first, *table.columns.drop(first)]].set_index(table.index + 1)


def answer_columns(names: Mapping[str, str]) -> dict[str, object]:
    """How rows and probabilities are shown."""
    rows = {"_index": st.column_config.NumberColumn(_("Row"), format="%d", width="small")}
    return rows | {name: st.column_config.NumberColumn(format="%.1f %%") for name in shares(names)}


def earlier(run: runs.Run, shown: int | None) -> None:
    """Files that were sent before."""
    others = [batch for batch in predictions.list_batches(session.me(), run.id) if batch.id != shown]
    if not others:
        return
    with st.expander(_("Earlier files"), key="earlier files"):
        for batch in others:
            label = _("{name} · {rows} rows · {when}").format(
                name=plain(batch.filename), rows=number(batch.rows), when=ago(batch.created)
            )
            if st.button(label, type="tertiary", key=f"open-batch-{batch.id}"):
                st.query_params["batch"] = str(batch.id)
                st.rerun()
