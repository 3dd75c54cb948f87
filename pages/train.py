"""Train: data → what to predict → from which columns → effort → go. The draft of a recipe survives a reload."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from pydantic import ValidationError

from engine.recipe import Recipe
from engine.table.facts import ColumnFacts
from engine.table.steps import Step
from pages.components import session
from pages.components.choosing import (
    choose_answer,
    choose_columns,
    choose_target,
    chosen_in_words,
    fitted,
    possible_answers,
    step,
    target_in_words,
    target_picture,
    unused_in_words,
    warn,
)
from pages.components.dataset.being_made import being_made
from pages.components.dataset.step_words import steps_in_words
from pages.components.layout import empty, header, open_page, plain, query_number, told
from pages.components.options import choose_effort, effort_title, more_options
from pages.components.outcome import told as told_note
from pages.components.words import _, number, plural
from services import datasets, drafts, recipes, runs

user = session.me()


def draft_of(version_id: int) -> tuple[Recipe | None, str]:
    """The stored draft: its recipe, and the name the run is to have."""
    draft = drafts.load(user, version_id)
    if draft is None:
        return None, ""
    try:
        return Recipe.model_validate(draft.content["recipe"]), str(draft.content.get("name", ""))
    except (KeyError, ValidationError):
        return None, ""


def suited(version_id: int, recipe: Recipe, facts: Sequence[ColumnFacts]) -> Recipe:
    """The recipe of a draft, for the columns as they are: cleaning may have changed what kind they are of."""
    target = next(each for each in facts if each.name == recipe.target)
    if possible_answers(target) and recipe.answer not in possible_answers(target):
        return runs.suggest(user, version_id, recipe.target)
    return fitted(recipe, facts)


def keep(version_id: int, recipe: Recipe, name: str) -> None:
    """Stores the draft, so that a lost page loses nothing."""
    drafts.save(user, version_id, {"recipe": recipe.model_dump(mode="json"), "name": name})


def begin_anew(version_id: int) -> None:
    """Widgets take their values from the recipe again, after something else than they changed it."""
    session.remember(f"form {version_id}", generation(version_id) + 1)


def generation(version_id: int) -> int:
    """How often the form of this version was begun anew."""
    return int(session.recall(f"form {version_id}", 0))


def put(version_id: int, recipe: Recipe, name: str) -> None:
    """Takes a recipe that did not come from the widgets, and draws the page anew."""
    keep(version_id, recipe, name)
    begin_anew(version_id)
    st.rerun()


def clone(run_id: int) -> None:
    """The recipe of a run becomes the draft for its data."""
    run = runs.run(user, run_id)
    keep(run.version, Recipe.model_validate(run.recipe), "")
    begin_anew(run.version)
    open_page("train", version=run.version)


def aim(version_id: int, target: str) -> None:
    """Takes what was chosen to predict on the data's page into the draft, or says why it cannot be predicted."""
    recipe, name = draft_of(version_id)
    if recipe is None or recipe.target != target:
        with told():
            keep(version_id, runs.suggest(user, version_id, target), name)
            begin_anew(version_id)


def clean(version_id: int, remedy: Step, recipe: Recipe, name: str) -> None:
    """Cleans the data by one step, and goes on with the same draft on the version that this makes."""
    with told():
        made = datasets.apply_steps(user, version_id, (remedy,), steps_in_words((remedy,)))
        keep(made.id, recipe, name)
        open_page("train", version=made.id)


def data_step() -> int | None:
    """Step 1: the data set; the version to learn from."""
    version_id, version = query_number("version"), None
    with st.container(border=True):
        with told():
            version = datasets.version(user, version_id) if version_id is not None else None
        if version is None:
            step(1, _("Data"), "", key="data", opened=True)
            return choose_data()
        if version.status == "failed":
            open_page("data", id=version.dataset, version=version.id)
        if version.status == "importing":
            step(1, _("Data"), "", key="data", opened=True)
            being_made(version.id)
            return None
        name = datasets.dataset(user, version.dataset).dataset.name
        done = _("{name} · version {n} · {rows}").format(
            name=plain(name), n=number(version.number), rows=plural("{n} row", "{n} rows", version.rows or 0)
        )
        if step(1, _("Data"), done, key="data", opened=False):
            choose_data()
    return version.id


def choose_data() -> None:
    """The data sets that are ready; choosing one goes to its address."""
    ready = datasets.ready_datasets(user)
    if not ready:
        with empty("table", _("No data yet"), _("Upload a file, or take one of the samples.")):
            if st.button(_("Add data"), type="primary", key="add data"):
                open_page("data")
        return
    chosen = st.selectbox(
        _("Data set"),
        ready,
        index=None,
        placeholder=_("Choose a data set, or write a part of its name"),
        format_func=lambda line: f"{line.dataset.name} · {plural('{n} row', '{n} rows', line.latest.rows)}",
        label_visibility="collapsed",
        key="choose data",
    )
    if chosen is not None:
        session.forget("step-data")
        open_page("train", version=chosen.latest.id)


def target_step(version_id: int, facts: Sequence[ColumnFacts], recipe: Recipe | None, name: str) -> Recipe | None:
    """Step 2: what to predict, and what the data warns of."""
    turn = generation(version_id)
    by_name = {each.name: each for each in facts}
    with st.container(border=True):
        done = f"{plain(recipe.target)} · {target_in_words(by_name[recipe.target], recipe.answer)}" if recipe else ""
        if step(2, _("What to predict"), done if recipe else "", key=f"target-{version_id}", opened=True):
            left, right = st.columns([2, 3], vertical_alignment="center")
            with left:
                target = choose_target(facts, recipe.target if recipe else None, f"target-{version_id}-{turn}")
            if target is not None and (recipe is None or target != recipe.target):
                put(version_id, runs.suggest(user, version_id, target), name)
            if recipe is None:
                right.caption(_("The column whose value a new row will not have yet."))
                return None
            with left:
                answer = choose_answer(by_name[recipe.target], recipe.answer, f"answer-{version_id}-{turn}")
            with right:
                target_picture(by_name[recipe.target])
            if answer != recipe.answer:
                put(version_id, runs.suggest(user, version_id, recipe.target, answer), name)
        if recipe is not None:
            mine = datasets.dataset(user, datasets.version(user, version_id).dataset).dataset.owner == user.id
            mended = warn(datasets.findings(user, version_id, recipe.target), recipe, mine=mine)
            if mended is not None and mended.recipe is not None:
                put(version_id, mended.recipe, name)
            if mended is not None and mended.step is not None:
                clean(version_id, mended.step, recipe, name)
    return recipe


def columns_step(version_id: int, facts: Sequence[ColumnFacts], recipe: Recipe) -> Recipe:
    """Step 3: the columns to learn from."""
    with st.container(border=True):
        done = chosen_in_words(recipe, facts)
        if step(3, _("From which columns"), done, key=f"columns-{version_id}", opened=True):
            tells = datasets.associations(user, version_id, recipe.target)
            key = f"columns-{version_id}-{generation(version_id)}-{recipe.target}"
            inputs = choose_columns(facts, first_seen(recipe, key), list(tells.values()), key)
            recipe = recipe.model_copy(update={"inputs": inputs})
        rest = unused_in_words(facts)
        if rest:
            st.caption(rest)
    return recipe


def first_seen(recipe: Recipe, key: str) -> Recipe:
    """The recipe the table began with: an editor whose data moves under it would lose the ticks just made.

    An editor that was folded away, or left with its page, has forgotten its ticks and begins with the recipe of now.
    """
    if session.recall(key) is None:
        session.remember(f"begun {key}", recipe)
    return session.recall(f"begun {key}")


def effort_step(version_id: int, facts: Sequence[ColumnFacts], recipe: Recipe, name: str) -> tuple[Recipe, bool]:
    """Step 4: how long, and everything else behind “More options”."""
    key = f"recipe-{version_id}-{generation(version_id)}"
    with st.container(border=True):
        if not step(4, _("Effort"), effort_title(recipe.effort), key=f"effort-{version_id}", opened=True):
            return recipe, True
        effort = choose_effort(recipe.effort, f"{key}.effort-choice")
        if effort != recipe.effort:
            recipe = recipe.model_copy(update={"effort": effort})
        for note in recipes.reasons(recipe):
            st.caption(told_note(note))
        options = more_options(recipe, version_id, [each.name for each in facts], key)
        if options.brought is not None:
            put(version_id, options.brought, name)
        return options.recipe, options.whole


def later(place: int, title: str) -> None:
    """A step whose turn has not come."""
    st.container(border=True).markdown(f":gray[**{place}. {title}**]")


def go(version_id: int, recipe: Recipe, name: str, whole: bool) -> None:
    """The Train button: one press, one run, however often the press arrives."""
    left, right, _space = st.columns([2, 1, 3], vertical_alignment="bottom")
    chosen = left.text_input(
        _("Name of the run"), value=name, placeholder=recipe.target, max_chars=200, key=f"name-{version_id}"
    )
    if chosen != name:
        keep(version_id, recipe, chosen)
    ready = whole and bool(recipe.inputs)
    if right.button(_("Train"), type="primary", icon=":material/play_arrow:", disabled=not ready, key="train"):
        scope = f"train {version_id}"
        with told():
            run = runs.start_run(user, version_id, recipe, chosen or recipe.target, session.request_key(scope))
            session.new_request(scope)
            open_page("run", id=run.id)
    if not recipe.inputs:
        st.caption(_("Tick at least one column to learn from."))
    elif not whole:
        st.caption(_("Some options need mending: they are marked in red under “More options”."))


def main() -> None:
    """The four steps."""
    header(_("Train a model"))
    cloned = query_number("clone")
    if cloned is not None:
        clone(cloned)
    version_id = data_step()
    if version_id is None:
        later(2, _("What to predict"))
        later(3, _("From which columns"))
        later(4, _("Effort"))
        return
    asked = st.query_params.pop("predict", None)
    if asked is not None:
        aim(version_id, asked)
    facts = datasets.facts(user, version_id)
    recipe, name = draft_of(version_id)
    if recipe is not None and recipe.target not in {each.name for each in facts}:
        recipe = None
    if recipe is not None:
        recipe = suited(version_id, recipe, facts)
    recipe = target_step(version_id, facts, recipe, name)
    if recipe is None:
        later(3, _("From which columns"))
        later(4, _("Effort"))
        return
    drawn = columns_step(version_id, facts, recipe)
    drawn, whole = effort_step(version_id, facts, drawn, name)
    if drawn != recipe:
        keep(version_id, drawn, name)
        if drawn.effort != recipe.effort or drawn.target != recipe.target:
            begin_anew(version_id)
            st.rerun()
    go(version_id, drawn, name, whole)


main()
