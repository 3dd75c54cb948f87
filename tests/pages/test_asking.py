"""The widgets of a row to ask about."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def unknown() -> None:
    from engine.inputs import FormField
    from pages.components.asking import ask_one

    for kind in ("number", "category", "text", "datetime"):
        choices = ("a", "b") if kind == "category" else ()
        ask_one(FormField(name=kind, kind=kind, typical="", choices=choices), kind, {}, camera=False)


def test_an_empty_field_says_that_its_value_is_not_known() -> None:
    at = AppTest.from_function(unknown).run()
    assert not at.exception, at.exception[0].message
    widgets = (*at.number_input, *at.selectbox, *at.text_area, *at.text_input)
    said = {each.label: each.placeholder for each in widgets}
    assert said == {"number": "not known", "category": "not known", "text": "no text", "datetime": "not known"}
