"""Effort, and behind “More options” every field of the recipe, made from its specs; the recipe as YAML.

Draws a recipe and gives back the changed one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from engine.fitting import Fitting
from engine.models import FAMILIES
from engine.recipe import EFFORTS, Effort, Recipe, Split
from engine.targets import TARGETS
from pages.components import session
from pages.components.forms import one_of, spec_form
from pages.components.layout import told
from pages.components.reading import reading, reading_title
from pages.components.words import _, duration
from services import recipes, runs


@dataclass(frozen=True)
class Options:
    """The recipe as the fields have it, whether all of them hold together, and a whole recipe that was put in."""

    recipe: Recipe
    whole: bool
    brought: Recipe | None


def effort_title(effort: Effort) -> str:
    """An effort as its button says it."""
    names = {"quick": _("Quick"), "balanced": _("Balanced (recommended)"), "best": _("Best"), "own": _("Own")}
    whole = effort.seconds >= 60 and effort.seconds % 60 == 0
    time = _("{n} min").format(n=effort.seconds // 60) if whole else duration(effort.seconds)
    return f"{names[effort.name]} · {time}"


def choose_effort(effort: Effort, key: str) -> Effort:
    """Quick, Balanced or Best, and an own budget when one was set."""
    options = {each.name: each for each in (*EFFORTS, effort)}
    chosen = st.segmented_control(
        _("Effort"),
        list(options),
        default=effort.name,
        required=True,
        format_func=lambda name: effort_title(options[name]),
        key=key,
        label_visibility="collapsed",
    )
    st.caption(
        _("The whole run keeps within this time, its report included. It ends earlier when nothing more is gained.")
    )
    return options[chosen] if chosen else effort


def more_options(recipe: Recipe, version_id: int, columns: Sequence[str], key: str) -> Options:
    """Every field of the recipe, and the recipe as a whole."""
    with st.expander(_("More options"), icon=":material/tune:", key=f"{key}.more"):
        encoded = [reading_title(kind) for kind in recipe.encoders]
        model, *encoders, fitting, split, run, text = st.tabs(
            [_("Model"), *encoded, _("Training"), _("Split"), _("Time and seed"), _("As YAML")], key=f"{key}.tabs"
        )
        with model:
            family = one_of(FAMILIES, recipe.model, "family", _("Family"), key=key)
        read = {}
        for tab, kind in zip(encoders, recipe.encoders, strict=True):
            with tab:
                read[kind] = reading(recipe, kind, version_id, key=f"{key}.{kind}")
        with fitting:
            skip = () if TARGETS[recipe.answer].balances else ("class_weights",)
            learned = spec_form(Fitting, recipe.fitting, key=f"{key}.fitting", skip=skip)
        with split:
            parted = spec_form(Split, recipe.split, key=f"{key}.split", choices={"column": tuple(columns)})
        with run:
            budget = spec_form(Effort, recipe.effort, key=f"{key}.effort.{recipe.effort.name}")
            seeded = spec_form(Recipe, recipe, key=f"{key}.recipe")
        parts = (family, *read.values(), learned, parted, budget, seeded)
        if all(part.spec is not None for part in parts):
            recipe = recipe.model_copy(
                update={
                    "model": family.spec, "fitting": learned.spec, "split": parted.spec,
                    "effort": own(budget.spec), "seed": seeded.spec.seed,
                    **{kind: encoder.spec for kind, encoder in read.items()},
                }
            )  # fmt: skip
        with text:
            brought = as_yaml(recipe, version_id, key)
    return Options(recipe, all(part.spec is not None for part in parts), brought)


def own(effort: Effort) -> Effort:
    """An effort whose seconds are nobody's preset is the person's own."""
    preset = next((each for each in EFFORTS if each.seconds == effort.seconds), None)
    return preset or effort.model_copy(update={"name": "own"})


def as_yaml(recipe: Recipe, version_id: int, key: str) -> Recipe | None:
    """The recipe as text: to read, to change, to bring along, to take away. One that was put in and fits the data."""
    text = recipe.to_yaml()
    brought = st.file_uploader(_("Bring a recipe"), type=["yaml", "yml"], key=f"{key}.brought")
    begin = brought.getvalue().decode("utf-8", errors="replace") if brought is not None else text
    name = f"{key}.yaml.{hash(begin)}"
    written = st.text_area(_("Recipe"), value=begin, height=320, key=name)
    with st.container(horizontal=True):
        pressed = st.button(_("Use this recipe"), key=f"{key}.use", disabled=written == text)
        st.download_button(
            _("Download recipe"), lambda: text, "recipe.yaml", "application/yaml", key=f"{key}.take", on_click="ignore",
            icon=":material/download:",
        )  # fmt: skip
    if pressed:
        with told():
            recipe = Recipe.from_yaml(written)
            recipes.refuse(runs.check(session.me(), version_id, recipe))
            return recipe
    return None
