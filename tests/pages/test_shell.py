"""Who is it, the navigation, and every page with nothing in the house."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services import access
from tests.pages.conftest import ROOT, Visit

PAGES = sorted(file.stem for file in (ROOT / "pages").glob("*.py") if file.stem != "main")


def words(at: Any) -> str:
    """All that the page says."""
    shown = [*at.title, *at.subheader, *at.markdown, *at.caption, *at.error, *at.warning]
    return "\n".join(str(element.value) for element in shown).replace("\\", "").replace("\u2060", "")


def keys(at: Any) -> set[str]:
    """The keys of all buttons."""
    return {button.key for button in at.button}


def test_a_stranger_is_asked_for_a_name_first(visit: Visit) -> None:
    at = visit(name=None)
    assert not at.exception
    assert [field.label for field in at.text_input] == ["Your name?"]
    assert "from your own data" in words(at)
    assert not at.subheader


def test_after_the_name_the_page_asked_for_is_shown(visit: Visit) -> None:
    at = visit("data", name=None, tab="x")
    at.text_input[0].set_value("  Mei  ")
    at.form_submit_button[0].click().run()
    assert not at.exception
    assert at.title[0].value == "Data"
    assert at.query_params["tab"] == "x"


def test_no_name_is_told_in_words(visit: Visit) -> None:
    at = visit(name=None)
    at.form_submit_button[0].click().run()
    assert not at.exception
    assert "write your name" in words(at)


@pytest.mark.parametrize("page", PAGES)
def test_page_renders_with_nothing_in_the_house(visit: Visit, page: str) -> None:
    at = visit(page)
    assert not at.exception, at.exception[0].message
    assert len(at.title) == 1
    assert not at.error


@pytest.mark.parametrize("page", ["data", "model", "run", "train"])
@pytest.mark.parametrize("id", ["999", "abc", "-1", "99999999999999999999"])
def test_a_link_to_what_is_not_there_is_told_in_words(visit: Visit, page: str, id: str) -> None:
    at = visit(page, id=id, version=id)
    assert not at.exception


def test_train_offers_other_data_where_a_version_is_not_there(visit: Visit, bring: Callable[..., int]) -> None:
    bring("a,b\n1,2\n", "Ships")
    at = visit("train", version=9999)
    assert "is not there, or no longer." in words(at)
    assert [box.label for box in at.selectbox] == ["Data set"]


@pytest.mark.parametrize(
    ("page", "name", "title", "way"),
    [
        ("run", "id", "Run", "All runs"), ("predict", "run", "Predict", "All runs"),
        ("model", "id", "Model", "All models"), ("ask", "model", "Ask", "All models"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_no_dead_end(visit: Visit, page: str, name: str, title: str, way: str) -> None:
    at = visit(page, **{name: 9999})
    assert [each.value for each in at.title] == [title]
    assert "is not there, or no longer." in words(at)
    assert not at.error
    next(button for button in at.button if button.label == way).click().run()
    assert [each.value for each in at.title] == [way.removeprefix("All ").capitalize()]


def test_a_wrong_token_is_a_stranger(visit: Visit) -> None:
    at = visit()
    at.session_state["visitor token"] = "1.forged"
    at.run()
    assert [field.label for field in at.text_input] == ["Your name?"]


def test_warning_stands_on_every_page_when_the_network_can_reach_it(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    import streamlit as st

    asked = st.get_option
    monkeypatch.setattr(st, "get_option", lambda key: "0.0.0.0" if key == "server.address" else asked(key))
    assert "no password" in words(visit("settings"))


def test_the_same_name_is_the_same_person(visit: Visit) -> None:
    visit(name="Ada")
    assert access.sign_in("ada")[0].id == access.sign_in("Ada ")[0].id
