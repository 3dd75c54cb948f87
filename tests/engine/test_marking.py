"""Marked words, with a made-up model that looks for known words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.answers import Answers
from engine.marking import mark_text
from engine.targets.classes import OneOfTwo
from engine.targets.number import Quantity

WEIGHTS = {"free": 2.0, "money": 1.5, "meeting": -2.0, "钱": 2.0}


def scores(texts: pd.Series) -> np.ndarray:
    return np.array(
        [[sum(w for word, w in WEIGHTS.items() if word in text.lower())] for text in texts], dtype="float32"
    )


def spam_or_not(rows: pd.DataFrame) -> Answers:
    target = OneOfTwo.fit("spam", pd.Series(["no", "yes"] * 4))
    return target.decode(scores(rows["text"]))


def price(rows: pd.DataFrame) -> Answers:
    target = Quantity.fit("price", pd.Series([0.0, 1.0, 2.0, 3.0]))
    return target.decode(scores(rows["text"]))


def row(text: str | None) -> pd.DataFrame:
    return pd.DataFrame({"text": pd.Series([text], dtype="str"), "other": [1.0]})


FILLER = "we talk about the weather and all the rest of it day after day "


def test_words_that_speak_for_the_answer_are_marked_and_the_check_shows_it() -> None:
    text = f"{FILLER}FREE {FILLER}money {FILLER}meeting".lower()
    found = mark_text(spam_or_not, row(text), "text")
    effects = {text[part.start : part.end]: part.effect for part in found.parts}
    assert effects == pytest.approx({"free": 2.0, "money": 1.5, "meeting": -2.0}, abs=1e-3)
    assert (found.of, found.taken) == ("yes", 2)
    assert found.hidden < 0.2 < 0.7 < found.elsewhere <= found.answer


def test_characters_without_spaces_are_marked_one_by_one() -> None:
    found = mark_text(spam_or_not, row("给我钱吧"), "text")
    assert [(part.start, part.end) for part in found.parts] == [(2, 3)]


def test_numbers_are_marked_in_their_own_unit() -> None:
    found = mark_text(price, row(f"{FILLER}free {FILLER}"), "text")
    (part,) = found.parts
    assert found.unit == "number"
    assert part.effect == pytest.approx(found.answer - found.hidden, rel=1e-4)
    assert part.effect > 0


def test_a_long_text_is_hidden_in_parts_of_several_words() -> None:
    text = "".join(f"word{i} " for i in range(5000)) + "free " + "".join(f"word{i} " for i in range(5000, 9000))
    found = mark_text(spam_or_not, row(text), "text")
    (part,) = found.parts
    assert "free" in text[part.start : part.end]
    assert part.end - part.start < 400


def test_a_word_that_is_repeated_is_hidden_and_marked_every_time() -> None:
    found = mark_text(spam_or_not, row("free hello you Free, hello"), "text")
    assert [(part.start, part.end) for part in found.parts] == [(0, 4), (15, 19)]
    assert [part.effect for part in found.parts] == pytest.approx([2.0, 2.0], abs=1e-3)
    assert found.taken == 1


@pytest.mark.parametrize("text", ["", None, "… !", "nothing telling here"])
def test_a_text_without_telling_words_has_no_marks(text: str | None) -> None:
    found = mark_text(lambda rows: spam_or_not(rows.fillna("")), row(text), "text")
    assert found.parts == ()
    assert found.answer == found.hidden == found.elsewhere
