"""An answer in words."""

from __future__ import annotations

import pytest

from pages.components.answering import sure_in_words


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.873, "87 % sure: of 100 answers given like this one, about 87 are right."),
        (0.9962, "over 99 % sure: of 100 answers given like this one, more than 99 are right."),
        (0.004, "under 1 % sure: of 100 answers given like this one, fewer than 1 are right."),
    ],
)
def test_how_sure_an_answer_is_promises_no_more_than_its_probability(probability: float, said: str) -> None:
    assert sure_in_words({"probability": probability}) == said
