"""A row to ask about: a widget a column; pictures are sent or taken, and shown with what their answer rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.components import session
from pages.components.charts.heat import heat
from pages.components.charts.show import ground, show
from pages.components.layout import plain, told
from pages.components.pictures import address
from pages.components.words import _, number
from services import predictions, runs

MOST_MB = 25
MOST_CHOICES = 200
ENDINGS = ["jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff"]


def choose_camera(fields: Sequence[predictions.FormField], run_id: int) -> bool:
    """Whether pictures are taken with the camera; asked outside a form, so that the form changes with it."""
    if not any(field.kind == "image" for field in fields):
        return False
    titles = {False: _("A file"), True: _("The camera")}
    chosen = st.segmented_control(
        _("Picture from"), [False, True], default=False, required=True, format_func=lambda each: titles[each],
        key=f"camera-{run_id}",
    )  # fmt: skip
    return bool(chosen)


def ask(
    fields: Sequence[predictions.FormField],
    key: str,
    begin: Mapping[str, Any],
    *,
    camera: bool,
    columns: int = 1,
    bordered: bool = True,
) -> dict[str, Any] | None:
    """A widget for each column, beginning with the values of `begin`; the values once “Predict” is pressed.

    Those of pictures are bytes; `camera`: they are taken, not sent.
    """
    values: dict[str, Any] = {}
    with st.form(f"row-{key}", border=bordered):
        for at in range(0, len(fields), columns):
            places = st.columns(columns, gap="medium") if columns > 1 else [st.container()]
            for place, field in zip(places, fields[at : at + columns], strict=False):
                with place:
                    values[field.name] = ask_one(field, f"field-{key}-{field.name}", begin, camera=camera)
        pressed = st.form_submit_button(
            _("Predict"), type="primary", icon=":material/auto_awesome:", width="stretch", key="predict-row"
        )
    return values if pressed else None


def ask_one(field: predictions.FormField, key: str, begin: Mapping[str, Any], *, camera: bool) -> Any:
    """The widget of one column. An empty one means that the value is not known."""
    name, value = plain(field.name), begin.get(field.name)
    if field.kind == "image":
        return ask_picture(field.name, key, camera=camera)
    if field.kind == "number":
        bounds = _("In training: {low} to {high}.").format(low=number_or(field.low), high=number_or(field.high))
        return st.number_input(
            name, value=as_number(value), step=1.0 if field.whole else None, format="%g", key=key, help=bounds,
            placeholder=_("not known"),
        )  # fmt: skip
    if field.choices and len(field.choices) <= MOST_CHOICES:
        choices = field.listed
        return st.selectbox(
            name, choices, index=choices.index(value) if value in choices else None, key=key,
            accept_new_options=field.kind == "category", placeholder=_("not known"),
        )  # fmt: skip
    text = "" if value is None else str(value)
    if field.kind == "text":
        return st.text_area(name, value=text, height=160, key=key, placeholder=_("no text")) or None
    if field.kind == "datetime":
        shape = _("Such as 2026-11-22 or 2026-11-22 14:30.")
        return st.text_input(name, value=text, key=key, help=shape, placeholder=_("not known")) or None
    return st.text_input(name, value=text, key=key, placeholder=_("not known")) or None


def as_number(value: object) -> float | None:
    """What a number field begins with."""
    return float(value) if isinstance(value, int | float) else None


def number_or(value: object) -> str:
    """A bound as it is read."""
    return number(value) if isinstance(value, int | float) else str(value)


def ask_picture(name: str, key: str, *, camera: bool) -> bytes | None:
    """The widget of a column of pictures; the bytes of a file."""
    if camera:
        sent = st.camera_input(plain(name), key=f"{key}-camera")
    else:
        sent = st.file_uploader(plain(name), type=ENDINGS, max_upload_size=MOST_MB, key=f"{key}-file")
    return None if sent is None else sent.getvalue()


def kept(run_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row, pictures kept and what stands for them in their place."""
    user = session.me()
    return {
        name: predictions.keep_picture(user, run_id, value) if isinstance(value, bytes) else value
        for name, value in values.items()
    }


def what_it_rests_on(run: runs.Run, made: predictions.Prediction, column: str) -> None:
    """The picture, with the parts marked that the answer rests on."""
    with told():
        seen = predictions.as_seen(session.me(), run.id, made.row[column], column)
        found = predictions.heat_map(session.me(), run.id, made.row, column, made.predictor)
        show(heat(found, address(seen.content), seen.size, ground()))
