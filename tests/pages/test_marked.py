"""A text with its marks, as Markdown: nothing that stands in the text acts."""

from __future__ import annotations

from engine.results import MarkedPart, MarkedText
from pages.components import marked


def found(text: str, *parts: MarkedPart, of: str | None = "spam", hidden: float = 0.2) -> MarkedText:
    return MarkedText(
        column="mail", text=text, of=of, unit="probability" if of else "number", answer=0.9, parts=parts,
        taken=sum(part.effect > 0 for part in parts), hidden=hidden, elsewhere=0.85,
    )  # fmt: skip


def test_marks_differ_by_more_than_colour_and_words_stay_apart() -> None:
    text = "buy free pills\nat our meeting"
    said = marked.as_markdown(
        found(text, MarkedPart(start=4, end=8, effect=2.0), MarkedPart(start=22, end=29, effect=-1.0))
    )
    assert said == "buy :green-background[**free**] pills  \nat our :orange-background[*meeting*]"


def test_markup_in_a_text_is_shown_letter_by_letter() -> None:
    text = "<b>x</b> :red[alarm] **bold** ] $y$"
    said = marked.as_markdown(found(text, MarkedPart(start=28, end=29, effect=1.0)))
    for markup in ("<b>", ":red[", "**bold", " $y$"):
        assert markup not in said


def test_the_finding_names_the_strongest_words_and_the_check_says_both_numbers() -> None:
    parts = (MarkedPart(start=0, end=4, effect=2.0), MarkedPart(start=5, end=10, effect=1.0))
    result = found("free money now", *parts)
    assert marked.finding(result) == "What speaks most for “spam”: “free”, “money”."
    assert "90 % becomes 20 %" in marked.check(result)
    assert "85 % on average" in marked.check(result)


def test_a_check_that_shows_nothing_says_so() -> None:
    result = found("free money", MarkedPart(start=0, end=4, effect=2.0), hidden=0.88)
    assert "no more than hiding as many words at random" in marked.check(result)


def test_a_text_without_marks_says_that_no_word_carries_the_answer() -> None:
    assert marked.finding(found("…", of=None)) == "No word of “mail” carries this answer alone."
