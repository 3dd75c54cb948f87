"""Uploader: choose or drop a file or a folder; the browser streams it to the API, so no process of ours holds it.

A folder is packed into one archive in the browser, by client-zip (vendor/, MIT licence).
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.components.words import _

HERE = Path(__file__).parent
TABLES = ".csv,.tsv,.txt,.xlsx,.parquet,.zip"

HTML = """
<div class="uploader" role="group">
  <div class="idle">
    <div class="words"><div class="invite"></div><div class="kinds"></div></div>
    <label class="pick">
      <input type="file" multiple><span class="choose file" aria-hidden="true"></span>
    </label>
    <label class="pick">
      <input type="file" webkitdirectory><span class="choose folder" aria-hidden="true"></span>
    </label>
  </div>
  <div class="sending" hidden>
    <div class="name"></div><button class="cancel" type="button"></button>
    <progress max="1" value="0"></progress><div class="much" role="status"></div>
  </div>
  <div class="fault" role="alert" hidden></div>
</div>
"""

ZIP = b64encode((HERE / "vendor" / "client-zip.js").read_bytes()).decode("ascii")

_UPLOADER = st.components.v2.component(
    "loam_uploader",
    html=HTML,
    css=(HERE / "uploader.css").read_text("utf-8"),
    js=f'const ZIP = "data:text/javascript;base64,{ZIP}"\n' + (HERE / "uploader.js").read_text("utf-8"),
)


@dataclass(frozen=True)
class Arrived:
    """A file that has arrived whole: the id of its upload, and its name."""

    id: str
    name: str


def uploader(key: str, *, invite: str = "", accept: str = TABLES) -> Arrived | None:
    """Draws the uploader; returns the file once, in the run of the script that follows its arrival."""
    words = {
        "invite": invite or _("Drop a file or a folder here"),
        "choose": _("Choose a file"),
        "folder": _("Choose a folder"),
        "kinds": _("CSV, Excel (.xlsx) or Parquet; a ZIP or a folder of pictures or texts"),
        "packing": _("Packing…"),
        "cancel": _("Cancel"),
        "cancelled": _("Cancelled. Nothing was kept."),
        "again": _("The connection was lost. Trying again…"),
        "lost": _("The connection was lost, and nothing was kept. Choose the file again."),
        "refused": _("The server did not take this file. Try again in a moment."),
        "checking": _("Checking what arrived…"),
        "left": _("about {n} s left"),
    }
    told = _UPLOADER(key=key, data={"words": words, "accept": accept}, on_uploaded_change=lambda: None)
    return Arrived(told.uploaded["id"], told.uploaded["name"]) if told.uploaded else None
