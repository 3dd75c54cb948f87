"""Words, numbers and times as the screen shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import BadRecipe
from engine.events import Note, Sentences
from pages.components.words import ago, duration, number, percent, plural, say, size

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"), (1313, "1,313"), (1234567.0, "1,234,567"), (-4200, "−4,200"), (0.123456, "0.1235"), (12.5, "12.5"),
        (1234.5678, "1,235"), (1.2e-9, "1.200e−09"), (float("nan"), "—"), (float("inf"), "—"), (None, "—"),
    ],
)  # fmt: skip
def test_numbers_have_thousands_separators_and_sensible_digits(value: float | None, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.273, "27 %"), (0, "0 %"), (1, "100 %"), (0.002, "under 1 %"), (0.994, "99 %"), (0.9962, "over 99 %"),
        (None, "—"),
    ],
)  # fmt: skip
def test_a_share_is_shown_as_none_or_all_only_where_it_is(share: float | None, words: str) -> None:
    assert percent(share) == words


def test_a_share_with_decimals_is_shown_as_all_only_where_it_is() -> None:
    assert (percent(0.9962, 1), percent(0.9997, 1)) == ("99.6 %", "over 99.9 %")


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (1_000_000_000, "1.0 GB"), (2.5e12, "2500 GB")]
)
def test_sizes_have_the_unit_people_use(count: float, words: str) -> None:
    assert size(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.42, "0.4 s"), (12, "12 s"), (59.7, "1:00 min"), (70, "1:10 min"), (7500, "2:05 h")]
)
def test_durations_read_like_a_clock(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "just now"), (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=2), "2 hours ago"), (timedelta(hours=30), "yesterday"),
        (timedelta(days=3), "3 days ago"), (timedelta(days=90), "2025-12-01"),
    ],
)  # fmt: skip
def test_times_are_relative(passed: timedelta, words: str) -> None:
    assert ago(NOW - passed, NOW) == words


def test_sentences_within_a_sentence_are_said_each_by_itself() -> None:
    problems = Sentences([Note(text="{n} rows are empty."), Note(text="{n} rows stay.", values={"n": 1200})])
    error = BadRecipe("It does not fit. {problems}", problems=problems)
    assert str(error) == "It does not fit. {n} rows are empty. 1200 rows stay."
    assert say(error.text, error.values) == "It does not fit. {n} rows are empty. 1,200 rows stay."


def test_one_thing_is_not_many() -> None:
    assert plural("{n} row", "{n} rows", 1) == "1 row"
    assert plural("{n} row", "{n} rows", 12345) == "12,345 rows"


def test_a_template_of_the_engine_becomes_a_sentence_with_readable_numbers() -> None:
    said = say("Row {row} of “{name}” holds {share:.0%}.", {"row": 12345, "name": "a{b}", "share": 0.5})
    assert said == "Row 12,345 of “a{b}” holds 50%."


def test_a_kind_of_column_is_said_in_words() -> None:
    said = say(
        "“{column}” is of the kind “{now}”, and not “{kind}”.", {"column": "day", "now": "datetime", "kind": "boolean"}
    )
    assert said == "“day” is of the kind “date or time”, and not “yes or no”."


def test_a_missing_value_does_not_hide_the_sentence() -> None:
    assert say("Column {name}.", {"other": 1}) == "Column {name}."


def test_a_sentence_without_values_may_hold_braces() -> None:
    assert say("A set {1, 2}") == "A set {1, 2}"
