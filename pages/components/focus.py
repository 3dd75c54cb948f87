"""Puts the cursor where writing begins, so that a page is worked through without the mouse.

Not where a finger is the pointer: there the keyboard would come up and hide the page.
"""

from __future__ import annotations

import streamlit as st

_FOCUS = st.components.v2.component(
    "loam_focus",
    html="<span></span>",
    js="""
let last = null
export default function ({ data }) {
  if (data.turn === last) return
  last = data.turn
  if (!window.matchMedia("(pointer: fine)").matches) return
  const look = (left) => {
    const found = document.querySelector(`.st-key-${data.within} :is(input, textarea, button)`)
    if (found) found.focus()
    else if (left) setTimeout(() => look(left - 1), 50)
  }
  look(20)
}
""",
)


def focus(within: str, turn: str) -> None:
    """The first field or button of the container with the key `within` gets the cursor, once for each `turn`."""
    _FOCUS(key=f"focus-{within}", data={"within": within, "turn": turn})
