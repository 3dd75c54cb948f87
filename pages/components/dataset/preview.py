"""Tab Preview: the rows of a version, page by page."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.table.columns import Column
from pages.components import session
from pages.components.downloads import download
from pages.components.layout import plain
from pages.components.pictures import addresses
from pages.components.words import NONE, _, kind_title, number, plural, say
from services import datasets, gallery
from services.datasets import Version

ROWS = 100


def preview(version: Version) -> None:
    """Draws the tab."""
    user = session.me()
    total = version.rows or 0
    count = max(1, -(-total // ROWS))
    page = min(int(session.recall(f"rows {version.id}", 1)), count)
    frame = datasets.preview(user, version.id, (page - 1) * ROWS, ROWS)
    schema = datasets.schema(user, version.id)
    frame = with_pictures(version.id, frame, schema.columns)
    st.dataframe(
        frame.set_axis([str(i) for i in range(frame.shape[1])], axis=1),
        height=min(560, 38 + 35 * max(1, len(frame))),
        column_config={"_index": st.column_config.NumberColumn(_("Row"), format="%d", width="small")}
        | {str(i): shown(column, frame.iloc[:, i]) for i, column in enumerate(schema.columns)},
        alt=_("Rows of this data set"),
        placeholder=NONE,
        key=f"preview {version.id} {page}",
    )
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        last = min(page * ROWS, total)
        st.caption(
            _("Rows {first}–{last} of {total}").format(
                first=number(min((page - 1) * ROWS + 1, last)), last=number(last), total=number(total)
            )
        )
        if count > 1:
            st.pagination(count, key=f"rows {version.id}")
    noticed(version)
    with st.container(horizontal=True):
        for kind, word in (
            ("csv", _("Download CSV")),
            ("xlsx", _("Download Excel")),
            ("parquet", _("Download Parquet")),
        ):
            download(word, f"/api/versions/{version.id}/table.{kind}", key=f"download {kind} {version.id}")


def with_pictures(version_id: int, frame: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """The rows with small pictures' addresses in place of their names."""
    there = {
        column.name: gallery.small_pictures(session.me(), version_id, frame[column.name].dropna().tolist())
        for column in columns
        if column.kind == "image"
    }
    return frame.assign(**{name: addresses(frame[name], pictures) for name, pictures in there.items()})


def noticed(version: Version) -> None:
    """What was found out, and what was lost, when the version was made."""
    if not version.notes:
        return
    words = plural("{n} thing noticed while reading", "{n} things noticed while reading", len(version.notes))
    with st.expander(words, icon=":material/info:"):
        for note in version.notes:
            st.markdown(f"- {plain(say(note['text'], note['values']))}")


def shown(column: Column, values: pd.Series) -> object:
    """How a column is shown: dates without a time of day as dates."""
    hint = kind_title(column.kind)
    if column.kind == "image":
        return st.column_config.ImageColumn(column.name, help=hint)
    if column.kind == "datetime" and (values.dropna().dt.normalize() == values.dropna()).all():
        return st.column_config.DateColumn(column.name, help=hint)
    return st.column_config.Column(column.name, help=hint)
