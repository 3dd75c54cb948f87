"""The Train page: four steps, a draft that survives, a button that fires once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from engine.recipe import Recipe
from services import datasets, drafts, runs
from services.access import User
from services.house import House
from services.importing import carry_out_import
from storage.records import Version
from tests.pages import runs_there
from tests.pages.conftest import Visit
from tests.pages.test_shell import words
from tests.services.doing import imported


@pytest.fixture
def version(ada: User) -> Version:
    return runs_there.version_of(ada)


def test_with_no_data_it_says_where_to_get_some(visit: Visit) -> None:
    assert "No data yet" in words(visit("train"))


def test_every_data_set_can_be_chosen_not_only_the_newest(visit: Visit, bring: Callable[..., int]) -> None:
    first = bring("a,b\n1,2\n", "the oldest")
    for i in range(datasets.PAGE):
        bring("a,b\n1,2\n", f"newer {i}")
    at = visit("train")
    offered = at.selectbox(key="choose data").options
    assert len(offered) == datasets.PAGE + 1
    assert offered[-1].startswith("the oldest · 1 row")
    assert first


def test_target_brings_a_whole_recipe_and_train_starts_one_run(visit: Visit, ada: User, version: Version) -> None:
    at = visit("train", version=version.id)
    assert "4. Effort" in words(at)
    at.selectbox(key=f"target-{version.id}-0").set_value("bought").run()
    assert not at.exception, at.exception[0].message
    said = words(at)
    assert "one of two answers" in said
    at.text_input(key=f"name-{version.id}").set_value("First").run()
    at.button(key="train").click().run()
    assert not at.exception, at.exception[0].message
    assert at.title[0].value == "First"
    (started,) = runs.list_runs(ada).runs
    assert started.name == "First"
    assert {"name": "note", "kind": "text"} in runs.run(ada, started.id).recipe["inputs"]


def test_draft_survives_a_reload(visit: Visit, ada: User, version: Version) -> None:
    at = visit("train", version=version.id)
    at.selectbox(key=f"target-{version.id}-0").set_value("paid").run()
    at.number_input(key=f"recipe-{version.id}-1.fitting.learning_rate").set_value(0.01).run()
    assert not at.exception
    again = visit("train", version=version.id)
    assert again.number_input(key=f"recipe-{version.id}-0.fitting.learning_rate").value == 0.01
    assert "a number" in words(again)


def test_what_was_chosen_beside_the_columns_is_to_be_predicted(visit: Visit, version: Version) -> None:
    at = visit("data", version=version.id, tab="columns", target="bought")
    at.button(key="primary action").click().run()
    assert not at.exception, at.exception[0].message
    assert "predict" not in at.query_params
    assert at.selectbox(key=f"target-{version.id}-1").value == "bought"
    at = visit("train", version=version.id, predict="bought")
    at.selectbox(key=f"target-{version.id}-0").set_value("city").run()
    assert at.selectbox(key=f"target-{version.id}-1").value == "city"


def test_what_cannot_be_predicted_is_told_and_the_draft_stays(visit: Visit, version: Version) -> None:
    visit("train", version=version.id, predict="bought")
    at = visit("train", version=version.id, predict="note")
    assert not at.exception, at.exception[0].message
    assert "cannot be predicted" in at.error[0].value
    assert at.selectbox(key=f"target-{version.id}-0").value == "bought"


def test_columns_that_cannot_be_predicted_are_named_with_their_kind(visit: Visit, ada: User) -> None:
    lines = ["id,born,a,b,c,d,sold"]
    lines += [
        f"k{i},2020-01-{1 + i % 28},{','.join(f'note {i} on {word} and more' for word in 'abcd')},{i % 2}"
        for i in range(60)
    ]
    version = imported(ada, "\n".join(lines) + "\n")
    said = words(visit("train", version=version.id)).replace("\\", "")
    assert "predicted: id (identifier); born (date or time); a, b, c and 1 more (text)." in said


def untick(at: AppTest, *places: int) -> None:
    """Takes ticks away in the table of columns, as its editor keeps them."""
    edits = {place: {"use": False} for place in places}
    at.session_state[at.dataframe[0].key] = {"edited_rows": edits, "added_rows": [], "deleted_rows": []}
    at.run()


def test_unticked_columns_stay_so_when_their_step_is_folded_or_the_page_left(
    visit: Visit, ada: User, version: Version
) -> None:
    def used() -> list[str]:
        draft = drafts.load(ada, version.id)
        assert draft is not None
        return [column["name"] for column in draft.content["recipe"]["inputs"]]

    at = visit("train", version=version.id)
    at.selectbox(key=f"target-{version.id}-0").set_value("bought").run()
    untick(at, 0)
    assert used() == ["city", "visits", "paid", "note", "likes"]
    for _fold in range(2):
        at.button(key=f"step-columns-{version.id}-turn").click().run()
    assert used() == ["city", "visits", "paid", "note", "likes"]
    untick(at, 1)
    at.switch_page("home.py").run()
    at.switch_page("train.py")
    at.query_params["version"] = str(version.id)
    at.run()
    assert used() == ["visits", "paid", "note", "likes"]


def test_every_family_can_be_chosen(visit: Visit, ada: User, version: Version) -> None:
    at = visit("train", version=version.id)
    at.selectbox(key=f"target-{version.id}-0").set_value("bought").run()
    family = at.selectbox(key=f"recipe-{version.id}-1.family")
    for name in ("linear", "mlp", "gradient boosting"):
        at.selectbox(key=family.key).set_value(name).run()
        assert not at.exception, name
        draft = drafts.load(ada, version.id)
        assert draft is not None
        assert draft.content["recipe"]["model"]["family"] == name


def test_a_wrong_yaml_recipe_is_told_and_nothing_is_lost(visit: Visit, ada: User, version: Version) -> None:
    at = visit("train", version=version.id)
    at.selectbox(key=f"target-{version.id}-0").set_value("bought").run()
    area = at.text_area[0]
    area.set_value(area.value.replace("answer: binary", "answer: nonsense")).run()
    at.button(key=f"recipe-{version.id}-1.use").click().run()
    assert not at.exception
    assert "does not hold together" in words(at)
    draft = drafts.load(ada, version.id)
    assert draft is not None
    assert draft.content["recipe"]["answer"] == "binary"


def test_a_yaml_recipe_that_was_put_in_stays(visit: Visit, ada: User, version: Version) -> None:
    at = visit("train", version=version.id)
    at.selectbox(key=f"target-{version.id}-0").set_value("bought").run()
    area = at.text_area[0]
    recipe = Recipe.from_yaml(area.value)
    fitting = recipe.fitting.model_copy(update={"learning_rate": 0.05})
    wanted = recipe.model_copy(update={"inputs": recipe.inputs[:2], "fitting": fitting, "seed": 7})
    area.set_value(wanted.to_yaml()).run()
    at.button(key=f"recipe-{version.id}-1.use").click().run()
    at.run()
    assert not at.exception, at.exception[0].message
    at.button(key="train").click().run()
    (started,) = runs.list_runs(ada).runs
    assert Recipe.model_validate(started.recipe) == wanted


def test_a_yaml_recipe_for_other_data_is_refused_in_words(visit: Visit, ada: User, version: Version) -> None:
    at = visit("train", version=version.id)
    at.selectbox(key=f"target-{version.id}-0").set_value("bought").run()
    area = at.text_area[0]
    area.set_value(area.value.replace("target: bought", "target: sold")).run()
    at.button(key=f"recipe-{version.id}-1.use").click().run()
    assert "“sold”" in at.error[0].value
    draft = drafts.load(ada, version.id)
    assert draft is not None
    assert draft.content["recipe"]["target"] == "bought"


def test_a_remedy_that_cleans_the_data_goes_on_with_the_draft_on_the_new_version(
    visit: Visit, home: House, ada: User
) -> None:
    lines = ["size,city,bought"]
    lines += [f"{'?' if i % 9 == 0 else i % 40},{'?' if i == 5 else 'Rome'},{'yn'[i % 2]}" for i in range(200)]
    version = imported(ada, "\n".join(lines) + "\n")
    at = visit("train", version=version.id)
    at.selectbox(key=f"target-{version.id}-0").set_value("bought").run()
    assert "In 1 of 200 rows “city” is “?”" in words(at)
    at.button(key="remedy-disguised-size").click().run()
    assert not at.exception, at.exception[0].message
    assert "the work goes on" in words(at)
    made = datasets.dataset(ada, version.dataset).versions[0]
    assert made.number == 2
    carry_out_import(home, made.id, lambda fraction: None)
    again = visit("train", version=made.id)
    assert not again.exception, again.exception[0].message
    assert "In 1 of 200 rows “city” is “?”" in words(again)
    assert "remedy-disguised-size" not in {button.key for button in again.button}
    again.button(key="train").click().run()
    assert not again.exception
    recipe = runs.list_runs(ada).runs[0].recipe
    assert {each["name"]: each["kind"] for each in recipe["inputs"]}["size"] == "number"


def test_clone_brings_the_recipe_of_a_run(visit: Visit, ada: User, version: Version) -> None:
    run = runs_there.queued(ada, version)
    at = visit("train", clone=run.id)
    assert not at.exception
    draft = drafts.load(ada, version.id)
    assert draft is not None
    assert draft.content["recipe"] == run.recipe
