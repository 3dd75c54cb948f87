"""The Share button: copies the address of what is on the screen. Works without HTTPS too.

A page served over plain HTTP has no clipboard API; then an old command is tried, and when that is refused as well, the
address is shown, ready to be copied by hand.
"""

from __future__ import annotations

import streamlit as st

from pages.components.words import _

_CSS = """
:host { display: block; }
.box { display: flex; gap: .5rem; align-items: center; font-family: var(--st-font); }
button {
  font: inherit; font-size: calc(.875 * var(--st-base-font-size)); line-height: 1.6; color: var(--st-text-color);
  background: var(--st-background-color); border: 1px solid var(--st-widget-border-color, var(--st-border-color));
  border-radius: var(--st-button-radius, .5rem); padding: .25rem .75rem; min-height: 2.5rem; cursor: pointer;
  display: inline-flex; gap: .5rem; align-items: center; white-space: nowrap; box-sizing: border-box;
}
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
svg { width: 1.1rem; height: 1.1rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; }
input {
  font: inherit; width: 16rem; padding: .4rem; color: var(--st-text-color); border: 1px solid var(--st-border-color);
  background: var(--st-secondary-background-color); border-radius: var(--st-base-radius);
}
[hidden] { display: none; }
"""

_HTML = """
<div class="box">
  <button type="button">
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-6-6l-1.2 1.2"/>
      <path d="M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 6 6l1.2-1.2"/>
    </svg>
    <span aria-live="polite"></span>
  </button>
  <input readonly hidden>
</div>
"""

_JS = """
function oldWay(text) {
  const area = document.createElement("textarea")
  area.value = text
  area.style.position = "fixed"
  area.style.opacity = "0"
  document.body.appendChild(area)
  area.select()
  let done = false
  try { done = document.execCommand("copy") } catch (refused) { done = false }
  area.remove()
  return done
}
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    try { await navigator.clipboard.writeText(text); return true } catch (refused) { return oldWay(text) }
  }
  return oldWay(text)
}
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  const words = parentElement.querySelector("span")
  const field = parentElement.querySelector("input")
  words.textContent = data.share
  field.setAttribute("aria-label", data.byHand)
  button.onclick = async () => {
    const address = new URL(data.address, window.location.href).href
    if (await copy(address)) {
      words.textContent = data.copied
      setTimeout(() => { words.textContent = data.share }, 2500)
      return
    }
    field.value = address
    field.hidden = false
    field.select()
  }
}
"""

_BUTTON = st.components.v2.component("loam_share", html=_HTML, css=_CSS, js=_JS)


def share(key: str, address: str = "", label: str = "") -> None:
    """Draws the button. What is copied is the page's own address with its parameters, or `address`, such as `ask?id=7`,
    as it is seen from there.
    """
    _BUTTON(
        key=key,
        data={
            "share": label or _("Share"),
            "copied": _("Link copied"),
            "byHand": _("The link, to copy by hand"),
            "address": address,
        },
        width="content",
    )
