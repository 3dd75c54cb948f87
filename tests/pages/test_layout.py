"""Names that people gave are shown letter by letter."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.layout import plain

NASTY = [
    "$a$ and $b$", "**bold** _it_ `code` ~~gone~~", ":red[danger] :material/home: :smile:",
    "<script>alert(1)</script>", "&lt;b&gt;", "[link](http://x.y) http://x.y www.x.y me@x.y", "# head",
    "1. list", "- list", "a -> b <- c -- d >= e", "| a | b |", "=1+1",
    "back\\slash", "中文 “quoted” 'it''s'", "![pic](x)",
]  # fmt: skip


def read(markdown: str) -> str:
    """The text that CommonMark makes of escaped Markdown: escapes and joiners are not seen."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown).replace("\u2060", "")


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_read_as_it_was_written(name: str) -> None:
    assert read(plain(name)) == name


@pytest.mark.parametrize("name", NASTY)
def test_no_mark_in_a_name_stands_unescaped(name: str) -> None:
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>#$|~&]", plain(name).replace("\\\\", ""))


def test_icons_colours_and_addresses_are_broken_up() -> None:
    assert ":red" not in plain(":red[x]").replace("\\", "")
    assert ":material" not in plain(":material/home:").replace("\\", "")
    assert "http://" not in plain("http://x").replace("\\", "")


def test_a_name_stays_on_one_line() -> None:
    assert plain("a\n\n# b\tc") == r"a \# b c"


def test_a_stored_failure_is_told_with_its_values_whatever_they_are_called() -> None:
    def script() -> None:
        from engine.events import Note
        from pages.components.layout import problem, reason_of

        unknown = Note(text="Nobody knows why.")
        problem(reason_of({"kind": "bug", "text": "“{text}” is lost.", "values": {"text": "<b>"}}, unknown))
        problem(reason_of(None, unknown))

    at = AppTest.from_function(script).run()
    assert not at.exception
    assert [read(each.value) for each in at.error] == ["“<b>” is lost.", "Nobody knows why."]


def test_what_went_wrong_is_told_in_words_and_the_page_goes_on() -> None:
    def script() -> None:
        import streamlit as st

        from engine.errors import BadFile
        from pages.components.layout import told

        with told():
            raise BadFile("Row {row} of “{name}” is too long.", row=1200, name="<b>")
        st.markdown("below")

    at = AppTest.from_function(script).run()
    assert not at.exception
    assert read(at.error[0].value) == "Row 1,200 of “<b>” is too long."
    assert at.markdown[0].value == "below"


def test_a_bug_is_given_a_number_and_no_trace() -> None:
    def script() -> None:
        from pages.components.layout import bug

        bug(ZeroDivisionError("secret detail"))

    at = AppTest.from_function(script).run()
    assert "secret" not in at.error[0].value
    assert re.search(r"[0-9a-f]{8}", at.error[0].value)
