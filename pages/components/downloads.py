"""Download: a quiet button that takes a file from the API, streamed from disk; the page's process never holds it.

For what is small and made on the page (a recipe, a report) Streamlit's own `st.download_button` does.
"""

from __future__ import annotations

import streamlit as st

_DOWNLOAD = st.components.v2.component(
    "loam_download",
    html='<a class="download" download><span class="label"></span></a>',
    css="""
.download {
  display: inline-flex; align-items: center; min-height: 2.5rem; box-sizing: border-box; padding: 0.25rem 0.75rem;
  font-family: var(--st-font); font-size: calc(0.875 * var(--st-base-font-size));
  color: var(--st-text-color); text-decoration: none;
  background: var(--st-background-color); border: 1px solid var(--st-widget-border-color, var(--st-border-color));
  border-radius: var(--st-button-radius); white-space: nowrap;
}
.download:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
.download:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
""",
    js="""
export default function ({ data, parentElement }) {
  const link = parentElement.querySelector(".download")
  link.href = data.url
  link.querySelector(".label").textContent = data.label
}
""",
)


def download(label: str, url: str, *, key: str) -> None:
    """A link to a route of the API that answers with a file, such as “/api/versions/3/table.csv”."""
    _DOWNLOAD(key=key, data={"label": label, "url": url}, width="content")
