"""Puts the cursor where writing begins, so that a page is worked through without the mouse.

Not where a finger is the pointer: there the keyboard would come up and hide the page.
"""

from __future__ import annotations

import streamlit as st

_FOCUS = st.components.v2.component(
    "loam_focus",
    html="<span></span>",
    css=":host { display: none; }",
    js="""
const SOON = 100
let last = null
export default function ({ data }) {
  if (data.turn === last) return
  last = data.turn
  if (!window.matchMedia("(pointer: fine)").matches) return
  const look = (left) => {
    const place = document.querySelector(`.st-key-${data.within}`)
    const field = data.field ? place?.querySelector("input:not([type=file]), textarea") : place
    if (!data.field && place) {
      place.tabIndex = -1
      place.style.outline = "none"
    }
    if (field) field.focus({ preventScroll: !data.field })
    else if (left) setTimeout(() => look(left - 1), SOON)
  }
  setTimeout(() => look(20), SOON)  // fields are drawn one by one: the first is not there first
}
""",
)


def focus(within: str, turn: str, *, field: bool = True) -> None:
    """The first field of the container with the key `within` gets the cursor, once for each `turn`; without `field`
    the container itself, so that the tabulator key goes on to what is in it.
    """
    _FOCUS(key=f"focus-{within}", data={"within": within, "turn": turn, "field": field})
