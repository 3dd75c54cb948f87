"""A form is made from any spec."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from engine.fitting import Fitting
from engine.recipe import Split
from engine.spec import Spec


def fitting() -> None:
    import streamlit as st

    from engine.fitting import Fitting
    from pages.components.forms import spec_form

    filled = spec_form(Fitting, {"patience": None, "epochs": 40}, key="fitting")
    st.session_state["out"] = filled


def split() -> None:
    import streamlit as st

    from engine.recipe import Split
    from pages.components.forms import spec_form

    st.session_state["out"] = spec_form(Split, key="split", choices={"column": ("day", "group")}, skip=("seed",))


def every_type() -> None:
    import streamlit as st

    from engine.spec import Spec, setting
    from pages.components.forms import spec_form

    class Every(Spec):
        on: bool = setting(True, "Switch", "A switch.")
        text: str = setting("", "Text", "A text.")
        sizes: tuple[int, ...] = setting((8, 4), "Sizes", "Several numbers.")
        rate: float = setting(0.5, "Rate", "A rate.", gt=0, le=1)

    st.session_state["out"] = spec_form(Every, key="every")


@pytest.mark.parametrize(("script", "spec"), [(fitting, Fitting), (split, Split)])
def test_every_field_with_a_title_has_a_widget_with_help(script: object, spec: type[Spec]) -> None:
    at = AppTest.from_function(script).run()
    assert not at.exception
    widgets = [*at.selectbox, *at.number_input, *at.text_input, *at.toggle]
    skipped = {"seed"} if spec is Split else set()
    assert {w.key.split(".")[1] for w in widgets} == set(spec.model_fields) - skipped
    assert all(w.proto.help for w in widgets)


def test_untouched_form_gives_the_spec_it_began_with() -> None:
    at = AppTest.from_function(fitting).run()
    filled = at.session_state["out"]
    assert filled.spec == Fitting(patience=None, epochs=40)
    assert filled.faults == {}


def test_bounds_and_units_are_the_specs_own() -> None:
    at = AppTest.from_function(fitting).run()
    batch = at.number_input(key="fitting.batch_size")
    assert batch.label == "Batch size (rows)"
    assert (batch.proto.min, batch.proto.max) == (1, 65536)


def test_a_changed_value_is_in_the_spec() -> None:
    at = AppTest.from_function(fitting).run()
    at.selectbox(key="fitting.optimizer").select("lion")
    at.number_input(key="fitting.learning_rate").set_value(0.05).run()
    spec = at.session_state["out"].spec
    assert (spec.optimizer, spec.learning_rate) == ("lion", 0.05)


def test_an_open_bound_is_told_below_its_field() -> None:
    at = AppTest.from_function(fitting).run()
    at.number_input(key="fitting.learning_rate").set_value(0.0).run()
    filled = at.session_state["out"]
    assert filled.spec is None
    assert filled.faults == {"learning_rate": "This must be more than 0."}
    assert "must be more than" in at.caption[0].value


def test_a_text_can_be_a_choice_of_columns_or_none() -> None:
    at = AppTest.from_function(split).run()
    assert at.selectbox(key="split.column").value is None
    at.selectbox(key="split.column").select("day").run()
    assert at.session_state["out"].spec.column == "day"


def test_several_numbers_are_written_with_commas() -> None:
    at = AppTest.from_function(every_type).run()
    assert at.text_input(key="every.sizes").value == "8, 4"
    at.text_input(key="every.sizes").set_value("128, 64").run()
    assert at.session_state["out"].spec.sizes == (128, 64)


def test_what_is_no_number_is_told() -> None:
    at = AppTest.from_function(every_type).run()
    at.text_input(key="every.sizes").set_value("128, many").run()
    assert "sizes" in at.session_state["out"].faults
