"""Models on the pages: the list, one model with its versions and history, and how a run becomes a version."""

from __future__ import annotations

from typing import Any

import pytest

from pages.components.models.card import card_html
from services import models, runs
from services.access import User
from services.house import House
from services.models import Model
from tests.pages.conftest import Visit
from tests.pages.runs_there import NASTY, TARGETS
from tests.pages.test_charts import evaluation_of
from tests.pages.test_shell import keys, words
from tests.services.doing import imported, people, trained
from tests.services.models_there import a_data_set, a_finished_run


@pytest.fixture
def two(home: House, ada: User) -> Model:
    """A model with a better candidate."""
    version = a_data_set(home, ada)
    weak, strong = (a_finished_run(home, ada, version, key, skill=skill) for key, skill in (("a", 0.3), ("b", 2.0)))
    made = models.create(ada, weak.id, "Buyers")
    models.add_version(ada, made.id, strong.id)
    return made


def production(user: User, model: Model) -> int:
    return models.model(user, model.id).model.production


def labels(at: Any) -> list[str]:
    return [link.label.replace("\\", "") for link in at.page_link]


def reason(at: Any) -> Any:
    return next(field for field in at.text_input if field.label.startswith("Reason"))


def test_empty_list_says_where_models_come_from(visit: Visit) -> None:
    at = visit("models")
    assert "choose “Add to a model”" in words(at)
    at.button(key="choose a run").click().run()
    assert not at.exception
    assert "Which model?" in words(visit("model"))


def test_list_shows_what_answers_for_each(visit: Visit, ada: User, two: Model) -> None:
    at = visit("models")
    assert not at.exception, at.exception[0].message
    right = models.model(ada, two.id).production.run.value
    assert right is not None
    said = words(at)
    assert f"Version 1: Right {100 * right:.0f} times in 100" in said
    assert "predicts bought · 2 versions" in said
    assert "promoted just now" in said
    assert "candidate: version 2" in said
    assert [link.label for link in at.page_link] == ["Buyers"]
    assert "by Ada" in words(visit("models", name="Ben"))
    waits = "Buyers: version 2 may answer next"
    assert [name for name in ("Ada", "Ben") if waits in labels(visit("home", name=name))] == ["Ada"]


def test_its_first_button_leads_to_its_own_page(visit: Visit, two: Model) -> None:
    at = visit("model", id=two.id)
    at.button(key="primary action").click().run()
    assert at.query_params["model"] == str(two.id), "answers of a run are not those of the model"


def test_list_is_searched_and_its_trash_restored(visit: Visit, ada: User, two: Model) -> None:
    assert "Nothing found" in words(visit("models", q="nobody"))
    models.trash(ada, two.id)
    assert "No model yet" in words(visit("models"))
    at = visit("models", trash="true")
    at.button(key=f"restore {two.id}").click().run()
    assert not at.exception
    assert models.list_models(ada).total == 1


def test_model_shows_candidate_beside_production_on_the_same_rows(visit: Visit, two: Model) -> None:
    at = visit("model", id=two.id)
    assert not at.exception, at.exception[0].message
    said = words(at)
    assert "Version 1 answers whoever asks this model." in said
    assert "“Version 2” is better than “Version 1”: right" in said
    assert "Compared on the 200 test rows" in said
    assert "Titanic · version 1" in "".join(link.label for link in at.page_link).replace("\\", "")


def test_version_is_made_production_and_rolled_back_with_one_click_each(visit: Visit, ada: User, two: Model) -> None:
    at = visit("model", id=two.id)
    assert "roll back" not in keys(at)
    reason(at).set_value("better on <b>Mondays</b>")
    at.button(key="promote 2").click().run()
    assert not at.exception
    assert not at.error
    assert production(ada, two) == 2
    assert reason(at).value == ""
    at.button(key="roll back").click().run()
    assert production(ada, two) == 1
    said = words(visit("model", id=two.id, tab="history"))
    assert "Ada rolled production back from version 2 to version 1." in said
    assert "Ada made version 2 production, in place of version 1." in said
    assert "because: better on <b>Mondays</b>" in said
    assert "Ada made version 2 the candidate." in said
    assert "withdrew" not in said
    assert "Ada made this model: version 1 is production." in said


def test_change_that_came_too_late_is_told_and_not_made(visit: Visit, home: House, ada: User, two: Model) -> None:
    models.add_version(ada, two.id, a_finished_run(home, ada, a_data_set(home, ada), "c").id)
    at = visit("model", id=two.id)
    models.promote(ada, two.id, 2, seen=1)
    at.button(key="promote 3").click().run()
    assert not at.exception
    assert "Meanwhile Ada made version 2 of “Buyers” production" in words(at)
    assert production(ada, two) == 2
    assert "Meanwhile" not in words(at.run())


def test_candidate_is_withdrawn_and_chosen(visit: Visit, ada: User, two: Model) -> None:
    at = visit("model", id=two.id)
    for expected in (None, 2):
        at.button(key="candidate 2").click().run()
        assert not at.exception
        assert models.model(ada, two.id).model.candidate == expected


def test_only_the_owner_gets_buttons_that_change_a_model(visit: Visit, ada: User, two: Model) -> None:
    changing = {"promote 2", "candidate 2", "trash", "save-model"}
    assert changing <= keys(visit("model", id=two.id))
    assert not changing & keys(visit("model", name="Ben", id=two.id))


def test_model_gets_another_name_and_goes_to_the_trash_and_back(visit: Visit, ada: User, two: Model) -> None:
    at = visit("model", id=two.id)
    at.text_input(key="new model name").set_value(NASTY)
    at.button(key="save-model").click().run()
    assert not at.exception
    assert models.model(ada, two.id).model.name == NASTY
    assert NASTY in at.title[0].value.replace("\\", "").replace("\u2060", "")
    for page in (visit("models"), visit("model", id=two.id, tab="history")):
        assert "<b>" not in "".join(str(element.value) for element in page.markdown)
    at.button(key="trash").click().run()
    assert models.model(ada, two.id).model.trashed_at is not None
    at = visit("model", id=two.id)
    assert at.button(key="primary action").disabled
    assert not {"promote 2", "roll back"} & keys(at)
    at.button(key="restore-model").click().run()
    assert models.model(ada, two.id).model.trashed_at is None


def test_finished_run_is_added_to_a_model(visit: Visit, ada: User, two: Model) -> None:
    run = trained(ada, imported(ada, people()))
    at = visit("run", id=run.id)
    assert not at.exception, at.exception[0].message
    assert at.selectbox(key="becomes").options == ["Next version of Buyers", "A new model"]
    at.button(key="add-version").click().run()
    assert not at.exception, at.exception[0].message
    assert models.model(ada, two.id).versions[0].run.id == run.id
    at = visit("run", id=run.id)
    assert "Version 3 of Buyers" in [link.label for link in at.page_link]
    assert at.text_input(key="model name").value == "Who buys?"
    at.text_input(key="model name").set_value("buyers")
    at.button(key="add-version").click().run()
    assert "a model called “Buyers” already" in words(at)
    at.text_input(key="model name").set_value(NASTY)
    at.button(key="add-version").click().run()
    assert not at.exception
    assert models.answering(ada, NASTY).run == run.id
    runs.trash_runs(ada, [run.id])
    assert "not erased as long as it is a version of a model" in words(visit("run", id=run.id))


@pytest.mark.parametrize("kind", TARGETS)
def test_model_card_says_what_the_model_is_and_no_name_acts(ada: User, two: Model, kind: str) -> None:
    models.rename(ada, two.id, NASTY)
    models.promote(ada, two.id, 2, seen=1, why=NASTY)
    view, evaluation = models.model(ada, two.id), evaluation_of(kind)
    page = card_html(view, evaluation)
    assert "<b>$x$" not in page
    assert "version 2 answers" in page
    assert f"{evaluation.rows:,} test rows" in page
    assert "made version 2 production, in place of version 1" in page
    assert all(f"<td>{each['name']}</td>" in page for each in view.production.run.recipe["inputs"])
