"""A file that has arrived: how it is written, with a live preview to correct it by, and its import."""

from __future__ import annotations

from pathlib import PurePath

import pandas as pd
import streamlit as st

from engine.errors import UserError
from engine.table.options import DELIMITERS, ENCODINGS, ReadOptions
from engine.table.reading import Inspection
from pages.components import session
from pages.components.layout import header, jump, open_page, plain, problem
from pages.components.pictures import addresses
from pages.components.words import _, kind_title, number, plural, say, size
from services import datasets, uploads

DECIMALS = {".": "1.5", ",": "1,5"}
THOUSANDS = {"": "1000", ",": "1,000", ".": "1.000", " ": "1 000", "'": "1'000"}
QUOTES = {'"': '"', "'": "'", "": ""}


def taking_in(upload_id: str) -> None:
    """Draws the page of a file that is not a data set yet."""
    user = session.me()
    upload = uploads.upload(user, upload_id)
    key = f"file {upload_id}"
    asked = ReadOptions.model_validate(session.recall(f"{key} options", {}))
    try:
        inspection = datasets.inspect(user, upload_id, asked)
        wrong = inspection.fault
    except UserError as error:
        inspection, wrong = None, error
    head = header(
        _("New data set"),
        plain(f"{upload.filename} · {size(upload.size)}"),
        primary=_("Import"),
        icon=":material/check:",
        disabled=wrong is not None,
    )
    if wrong is not None:
        problem(wrong)
    name = st.text_input(_("Name"), value=PurePath(upload.filename).stem, max_chars=200, key=f"{key} name")
    if inspection is not None or _correctable(upload.filename, asked):
        _corrections(inspection.options if inspection else asked, inspection, key)
    if wrong is not None:
        jump(_("Choose another file"), "data", key="another file", icon=":material/arrow_back:")
    if inspection is None:
        return
    _preview(inspection)
    if head.pressed:
        made = datasets.import_dataset(user, upload_id, name, inspection.options)
        open_page("data", id=made.id)


def _correctable(filename: str, asked: ReadOptions) -> bool:
    """Whether a file that could not be read may be readable otherwise: a text, or one that was corrected wrongly."""
    return asked != ReadOptions() or PurePath(filename).suffix.lower() not in (".xlsx", ".parquet", ".zip")


def _corrections(found: ReadOptions, inspection: Inspection | None, key: str) -> None:
    """Shows how the file is read; what a person corrects holds from the next look on, the rest is found out anew."""
    if found.format in ("parquet", "zip"):
        return
    with st.container(border=True):
        st.markdown(
            f"**{_('How the file is written')}** &nbsp; :gray[{_('found out; correct what looks wrong below')}]"
        )
        fields = _excel_fields(found, inspection) if found.format == "xlsx" else _text_fields(found)
        with st.grid(3, min_column_width=220, vertical_alignment="bottom"):
            for name, words in fields.items():
                _choice(name, words, found, key)
            title, hint = _title("header")
            widget = f"{key} header"
            session.remember(widget, found.header is not False)
            st.toggle(title, help=hint, key=widget, on_change=_correct, args=(key, "header"))


def _correct(key: str, name: str) -> None:
    options = session.recall(f"{key} options", {})
    session.remember(f"{key} options", {**options, name: session.recall(f"{key} {name}")})


def _text_fields(found: ReadOptions) -> dict[str, dict[str, str]]:
    delimiters = {sign: f"{_(DELIMITERS[sign])}  {sign.strip()}" for sign in DELIMITERS}
    quotes = {sign: sign or _("none") for sign in QUOTES}
    if found.delimiter and found.delimiter not in delimiters:
        delimiters[found.delimiter] = found.delimiter
    encodings = {code: _(ENCODINGS[code]) for code in ENCODINGS}
    if found.encoding and found.encoding not in encodings:
        encodings[found.encoding] = found.encoding
    return {
        "encoding": encodings, "delimiter": delimiters, "quote": quotes, "decimal": DECIMALS, "thousands": THOUSANDS,
    }  # fmt: skip


def _excel_fields(found: ReadOptions, inspection: Inspection | None) -> dict[str, dict[str, str]]:
    names = inspection.sheets if inspection else (found.sheet or "",)
    return {"sheet": {name: name for name in names}}


def _choice(name: str, words: dict[str, str], found: ReadOptions, key: str) -> None:
    title, hint = _title(name)
    widget = f"{key} {name}"
    value = getattr(found, name)
    session.remember(widget, value if value in words else None)
    st.selectbox(
        title, list(words), index=0 if value in words else None, format_func=words.__getitem__, key=widget, help=hint,
        placeholder=_("found out"), on_change=_correct, args=(key, name),
    )  # fmt: skip


def _title(name: str) -> tuple[str, str]:
    field = ReadOptions.model_fields[name]
    return _(field.title or ""), _(field.description or "")


def _preview(inspection: Inspection) -> None:
    """The first rows as they would be read."""
    rows = plural("{n} row", "{n} rows", inspection.rows)
    about = rows if inspection.rows_exact else _("about {rows}").format(rows=rows)
    columns = plural("{n} column", "{n} columns", len(inspection.names))
    st.markdown(f"**{_('Preview')}** &nbsp; :gray[{about} · {columns}]")
    for note in inspection.notes:
        st.caption(f":material/info: {plain(say(note.text, note.values))}")
    table = pd.DataFrame(list(inspection.preview), columns=range(len(inspection.names)))
    for place, kind in enumerate(inspection.kinds):
        if kind == "image":
            table[place] = addresses(table[place], inspection.pictures)
    st.dataframe(
        table,
        hide_index=True,
        height=min(420, 38 + 35 * max(1, len(table))),
        column_config={
            str(i): (st.column_config.ImageColumn if kind == "image" else st.column_config.TextColumn)(
                name, help=kind_title(kind)
            )
            for i, (name, kind) in enumerate(zip(inspection.names, inspection.kinds, strict=True))
        },
        alt=_("The first {n} rows of the file").format(n=number(len(table))),
    )
