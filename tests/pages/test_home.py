"""The Home page and the Settings page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.recipe import Recipe
from pages.components import sampling
from samples import SAMPLES
from services import belongings, datasets, drafts, runs
from services.access import User
from services.house import House
from services.importing import carry_out_import
from tests.pages.conftest import Visit
from tests.pages.test_shell import words

TABLE = "age,paid,plan\n" + "\n".join(f"{20 + i % 50},{i * 1.5},{'gold' if i % 3 else 'base'}" for i in range(200))


@pytest.fixture
def long_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples take longer to read than a click waits."""
    monkeypatch.setattr(sampling, "AT_ONCE", 0.0)


def test_every_sample_has_a_card(visit: Visit) -> None:
    at = visit()
    assert {button.key for button in at.button if button.label == "Try it"} == {f"try {name}" for name in SAMPLES}


def test_one_click_on_a_sample_waits_on_its_page_and_goes_on_to_train(
    visit: Visit, home: House, ada: User, long_reading: None
) -> None:
    at = visit()
    at.button(key="try titanic").click().run(timeout=60)
    assert not at.exception
    made = datasets.list_datasets(ada).lines[0]
    assert at.query_params["id"] == str(made.dataset.id)
    assert made.latest is not None
    carry_out_import(home, made.latest.id, lambda fraction: None)
    at.run()
    assert not at.exception, at.exception[0].message
    draft = drafts.load(ada, made.latest.id)
    assert draft is not None
    assert Recipe.model_validate(draft.content["recipe"]).target == SAMPLES["titanic"].target
    assert at.query_params["version"] == str(made.latest.id)


def test_the_same_sample_is_taken_once(visit: Visit, ada: User, long_reading: None) -> None:
    for _again in range(2):
        visit().button(key="try titanic").click().run(timeout=60)
    assert datasets.list_datasets(ada).total == 1


def test_draft_waits_on_home(visit: Visit, bring: Callable[..., int], ada: User) -> None:
    version = datasets.dataset(ada, bring(TABLE, "Plans")).latest
    recipe = runs.suggest(ada, version.id, "plan")
    drafts.save(ada, version.id, {"recipe": recipe.model_dump(mode="json"), "name": ""})
    at = visit()
    assert not at.exception
    assert "Draft: predict **plan**" in words(at)


def test_waiting_run_is_shown_and_counted_on_every_page(visit: Visit, bring: Callable[..., int], ada: User) -> None:
    version = datasets.dataset(ada, bring(TABLE, "Plans")).latest
    runs.start_run(ada, version.id, runs.suggest(ada, version.id, "plan"), "My <b>run</b>", "once")
    at = visit()
    assert not at.exception
    assert "waiting for its turn" in words(at)
    for page in ("home", "data", "settings"):
        assert any("My" in link.label for link in visit(page).page_link), page


def test_settings_show_each_setting_and_no_password(visit: Visit, monkeypatch: object) -> None:
    at = visit("settings", tab="all")
    assert not at.exception
    shown = at.table[0].value
    assert "LOAM\\_DATA" in shown.index
    assert ":gray[Now" in shown.iloc[0, 0]


def test_about_names_all_that_models_learn_from(visit: Visit) -> None:
    assert "from tables, texts and pictures" in words(visit("settings", tab="about"))


def test_your_data_tells_what_is_kept_and_erases_the_trash(
    visit: Visit, bring: Callable[..., int], ada: User, home: House
) -> None:
    known = bring(TABLE, "Plans")
    table = home.files.path(datasets.dataset(ada, known).latest.table_key)
    datasets.trash(ada, known)
    at = visit("settings", tab="data")
    assert not at.exception
    assert belongings.of(ada).trashed == 1
    belongings.empty_trash(ada)
    assert belongings.of(ada).datasets == 0
    assert not table.exists()


def test_erasing_all_leaves_what_others_made(bring: Callable[..., int], ada: User, visit: Visit) -> None:
    from services import access

    ben = access.sign_in("Ben")[0]
    bring(TABLE, "Mine")
    other = bring(TABLE, "His", ben)
    belongings.erase_all(ada)
    assert [line.dataset.id for line in datasets.list_datasets(ada).lines] == [other]
