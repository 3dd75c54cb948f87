"""Tab History: who changed which version answers, when and why."""

from __future__ import annotations

import streamlit as st

from pages.components.layout import aside, plain
from pages.components.words import _, number
from services.models import ModelChange, ModelView


def history(view: ModelView) -> None:
    """A sentence for each change, newest first."""
    st.markdown(_("Who changed which version answers, when and why. It is written down with the change and stays."))
    promoted = {(each.created, each.to_version) for each in view.changes if each.pointer == "production"}
    for change in view.changes:
        if change.pointer == "candidate" and (change.created, change.from_version) in promoted:
            continue  # the promotion that ended its candidacy says it already
        with st.container(border=True, gap=None):
            st.markdown(plain(in_words(change)))
            aside(_("because: {why}").format(why=change.why) if change.why else "", when=change.created)


def in_words(change: ModelChange) -> str:
    """A change as a sentence. Plain text."""
    old, new = (number(each) for each in (change.from_version, change.to_version))
    if change.rolled_back:
        words = _("{who} rolled production back from version {old} to version {new}.")
    elif change.pointer == "production" and change.from_version is None:
        words = _("{who} made this model: version {new} is production.")
    elif change.pointer == "production":
        words = _("{who} made version {new} production, in place of version {old}.")
    elif change.to_version is None:
        words = _("{who} withdrew version {old} as the candidate.")
    elif change.from_version is None:
        words = _("{who} made version {new} the candidate.")
    else:
        words = _("{who} made version {new} the candidate, in place of version {old}.")
    return words.format(who=change.owner_name, old=old, new=new)
