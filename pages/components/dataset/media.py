"""What is known about texts and pictures, in words."""

from __future__ import annotations

import streamlit as st

from engine.table.facts import ColumnFacts
from engine.table.media import PictureFacts, Repeats, TextFacts
from pages.components import session
from pages.components.layout import plain
from pages.components.words import _, number, percent, plural
from services import datasets
from services.datasets import Version

SHOWN = 5  # scripts, sizes
CLASSES = 50  # a target with more is not one of classes


def of_texts(facts: TextFacts) -> dict[str, str]:
    """Lines about a column of texts."""
    lines = {
        _("Usual length"): plural("{n} letter", "{n} letters", round(facts.median)),
        _("Longest"): plural("{n} letter", "{n} letters", facts.longest),
    }
    if facts.scripts:
        shares = [f"{script_title(script)} {percent(share)}" for script, share in list(facts.scripts.items())[:SHOWN]]
        seen = plural("{n} text", "{n} texts", facts.looked_at)
        lines[_("Scripts")] = f"{' · '.join(shares)} ({seen})"
    return lines | _repeats(facts.repeats)


def of_pictures(facts: PictureFacts) -> dict[str, str]:
    """Lines about a column of pictures."""
    sizes = [f"{size.label} ({number(size.count)})" for size in facts.sizes[:SHOWN]]
    if facts.others or len(facts.sizes) > SHOWN:
        sizes.append("…")
    lines = {_("Sizes"): " · ".join(sizes)}
    if facts.smallest != facts.largest:
        lines[_("Smallest")] = f"{facts.smallest[0]} × {facts.smallest[1]}"
        lines[_("Largest")] = f"{facts.largest[0]} × {facts.largest[1]}"
    colour = facts.rows - facts.grey
    lines[_("Colour")] = _("{colour} in colour, {grey} in grey").format(colour=number(colour), grey=number(facts.grey))
    return lines | _repeats(facts.repeats)


def tell_apart(version: Version, facts: ColumnFacts, target: str | None) -> None:
    """The words of a text column that tell the classes of the target."""
    if target is None or target == facts.name:
        st.caption(_("Choose above what to predict, to see the words that tell it."))
        return
    known = {each.name: each for each in datasets.facts(session.me(), version.id)}[target]
    if known.kind not in ("category", "boolean") and known.distinct > CLASSES:
        return
    found = datasets.telling_words(session.me(), version.id, facts.name, target)
    if not found:
        st.caption(_("No word tells “{target}” by itself.").format(target=plain(target)))
        return
    st.markdown(f"**{_('Words that tell each class')}**")
    lines = {
        f"{plain(each.label)} :gray[:small[{plural('{n} row', '{n} rows', each.rows)}]]": " · ".join(
            f"{plain(word.word)} :gray[:small[{percent(word.here)}]]" for word in each.words
        )
        for each in found
    }
    st.table(lines, border="horizontal")
    st.caption(_("Beside each word: in how many texts of the class it is."))


def script_title(script: str) -> str:
    """A script in words."""
    return {
        "Latin": _("Latin"), "Greek": _("Greek"), "Cyrillic": _("Cyrillic"), "Hebrew": _("Hebrew"),
        "Arabic": _("Arabic"), "Indic": _("Indic"), "Thai": _("Thai"), "Chinese": _("Chinese"),
        "Japanese": _("Japanese"), "Korean": _("Korean"),
    }[script]  # fmt: skip


def _repeats(repeats: Repeats) -> dict[str, str]:
    lines = {_("Exact repeats"): plural("{n} row", "{n} rows", repeats.rows)}
    if repeats.across is not None:
        lines[_("Tested, but also trained on")] = plural("{n} row", "{n} rows", repeats.across)
    return lines
