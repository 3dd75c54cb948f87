"""How texts and pictures are read: the encoder of a kind of column; for pictures also how they are varied."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from engine.augmentation import Augmentation
from engine.encoders import IMAGE_ENCODERS, TEXT_ENCODERS, Encoder, ImageEncoder
from engine.recipe import Recipe
from pages.components import session
from pages.components.forms import Filled, one_of, spec_form
from pages.components.layout import plain, told
from pages.components.pictures import strip
from pages.components.words import _, say
from services import gallery, weights

ENCODERS: Mapping[str, Mapping[str, type[Encoder]]] = {"text": TEXT_ENCODERS, "image": IMAGE_ENCODERS}
SIDE = 88  # pixels of an example


def reading_title(kind: str) -> str:
    """The name of the tab."""
    return {"text": _("Texts"), "image": _("Pictures")}[kind]


def reading(recipe: Recipe, kind: str, version_id: int, *, key: str) -> Filled:
    """Draws how columns of this kind are read."""
    now = recipe.encoders[kind]
    chosen = one_of(ENCODERS[kind], now, "encoder", _("Read by"), key=key)
    if not isinstance(now, ImageEncoder):
        return chosen
    lacking = weights.missing(chosen.spec)
    if lacking is not None:
        st.markdown(f":orange[:material/warning:] {plain(say(lacking.text, lacking.values))}")
    column = next(each.name for each in recipe.inputs if each.kind == kind)
    st.markdown(
        _(
            "**Varied pictures (augmentation).** Training pictures are changed a little each time that the network "
            "meets them."
        )
    )
    varied = spec_form(Augmentation, now.augmentation, key=f"{key}.augmentation", columns=4)
    if varied.spec is None or chosen.spec is None:
        return varied if chosen.spec is not None else chosen
    _strip(version_id, column, varied.spec)
    return Filled(chosen.spec.model_copy(update={"augmentation": varied.spec}), chosen.values)


def _strip(version_id: int, column: str, varied: Augmentation) -> None:
    """Some pictures as they are, each followed by variations that these settings give it."""
    if varied == Augmentation():
        st.caption(_("Nothing is changed now. Changes help most where there are few pictures of each class."))
        return
    with told():
        shown = gallery.varied(session.me(), version_id, column, varied)
        strip([(each.content, _("as it is") if each.original else "") for each in shown], SIDE)
