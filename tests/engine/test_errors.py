"""Errors keep their words and values, wherever they come from."""

from __future__ import annotations

import pickle

from engine.errors import BadFile, LoamError


def test_error_comes_whole_out_of_another_process() -> None:
    sent = BadFile("Row {row} of “{name}” is odd.", row=3, name="{a} 100 %")
    got = pickle.loads(pickle.dumps(sent))
    assert type(got) is BadFile
    assert (got.text, got.values, str(got)) == (sent.text, sent.values, "Row 3 of “{a} 100 %” is odd.")


def test_braces_in_words_without_values_are_left_alone() -> None:
    assert str(LoamError("A set {1, 2}")) == "A set {1, 2}"
