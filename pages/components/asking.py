"""A picture to ask about: sent or taken, and shown with what its answer rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.components import session
from pages.components.charts.heat import heat
from pages.components.charts.show import ground, show
from pages.components.layout import plain, told
from pages.components.pictures import address
from pages.components.words import _
from services import predictions, runs

MOST_MB = 25
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
