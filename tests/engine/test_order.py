"""Words stand where people look for them."""

from __future__ import annotations

import pytest

from engine.order import natural


@pytest.mark.parametrize(
    "ordered",
    [
        ("1st", "2nd", "3rd", "10th"),
        ("-10", "-5", "0", "0.5", "2", "10"),
        ("Ängelholm 2", "ängelholm 10"),
        ("Apple", "banana", "Cherry 2", "cherry 10"),
        ("", "0", "a", "a1", "a01b"),
        ("9" * 5000, "x", "男"),
    ],
)
def test_numbers_in_words_count_and_case_does_not(ordered: tuple[str, ...]) -> None:
    assert natural(reversed(ordered)) == ordered


def test_same_words_in_another_case_have_one_order() -> None:
    assert natural(["a", "A"]) == natural(["A", "a"])
