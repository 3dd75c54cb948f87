"""A text with the words marked that an answer rests on: by colour, and by bold and italic letters."""

from __future__ import annotations

import streamlit as st

from engine.results import MarkedPart, MarkedText
from pages.components import session
from pages.components.layout import plain, told
from pages.components.words import _, number, percent
from services import predictions, runs

SHOWN_LETTERS = 4000


def marked_words(run: runs.Run, made: predictions.Prediction, column: str) -> None:
    """The text of a column with its marks, what they stand for, and whether hiding them shows it."""
    with told(), st.container(border=True, key=f"marked-{column}"):
        found = predictions.mark_text(session.me(), run.id, made.row, column, made.predictor)
        st.markdown(f"**{plain(finding(found))}**")
        st.markdown(as_markdown(found))
        if found.parts:
            st.caption(legend(found))
            st.caption(plain(check(found)))


def as_markdown(found: MarkedText) -> str:
    """The text as Markdown; what speaks for the answer is bold on green, what speaks against it italic on orange."""
    pieces, at = [], 0
    for part in found.parts:
        if part.end > SHOWN_LETTERS:
            break
        pieces += [_lines(found.text[at : part.start]), _mark(part, found.text[part.start : part.end])]
        at = part.end
    rest = found.text[at:SHOWN_LETTERS]
    return "".join([*pieces, _lines(rest), " …" if len(found.text) > SHOWN_LETTERS else ""])


def _lines(text: str) -> str:
    """As Markdown, with its line breaks, and spaces at the ends, which tell words apart."""
    return "  \n".join(
        f"{' ' * line[:1].isspace()}{plain(line)}{' ' * line[-1:].isspace()}" for line in text.split("\n")
    )


def _mark(part: MarkedPart, text: str) -> str:
    words = plain(" ".join(text.split()))
    return f":green-background[**{words}**]" if part.effect > 0 else f":orange-background[*{words}*]"


def finding(found: MarkedText) -> str:
    """The words that the answer rests on most."""
    strongest = sorted((p for p in found.parts if p.effect > 0), key=lambda p: -p.effect)
    written = [found.text[p.start : p.end] for p in strongest]
    words = list({word.lower(): word for word in written}.values())[:3]
    if not words:
        return _("No word of “{column}” carries this answer alone.").format(column=found.column)
    listed = ", ".join(f"“{' '.join(word.split())}”" for word in words)
    if found.of is None:
        return _("What raised this answer most: {words}.").format(words=listed)
    return _("What speaks most for “{answer}”: {words}.").format(answer=found.of, words=listed)


def legend(found: MarkedText) -> str:
    """Markdown: what the marks mean."""
    if found.of is None:
        return _(
            ":green-background[**Bold on green**] raised the number, :orange-background[*italic on orange*] lowered it."
        )
    words = _(
        ":green-background[**Bold on green**] speaks for “{answer}”, :orange-background[*italic on orange*] against it."
    )
    return words.format(answer=plain(found.of))


def check(found: MarkedText) -> str:
    """What hiding the marked words does, beside hiding as many at random."""
    said = percent if found.unit == "probability" else number
    if abs(found.answer - found.hidden) <= abs(found.answer - found.elsewhere):
        return _("A check: hiding them changes the answer no more than hiding as many words at random.")
    words = _(
        "A check: with the words in bold hidden, {answer} becomes {hidden}; with as many words hidden at random, "
        "{elsewhere} on average."
    )
    if found.of is None:
        words = _(
            "A check: with the strongest words of one side hidden, {answer} becomes {hidden}; with as many words "
            "hidden at random, {elsewhere} on average."
        )
    return words.format(answer=said(found.answer), hidden=said(found.hidden), elsewhere=said(found.elsewhere))
