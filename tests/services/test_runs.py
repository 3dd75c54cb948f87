"""Runs: suggested, checked, started once, steered, found, put away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.errors import BadRecipe, BadTable, Forbidden, NotFound, OutOfResources, UserError
from engine.recipe import Input, Recipe, Split
from services import drafts, recipes, retention, runs
from services.access import User
from services.house import House
from services.runs import RunFilter
from services.work import folders
from storage.queries import jobs
from storage.records import RunStatus, Version
from tests.services.doing import imported, people, quick, trained, work


@pytest.fixture
def version(ada: User) -> Version:
    return imported(ada, people())


@pytest.fixture
def recipe(ada: User, version: Version) -> Recipe:
    return quick(runs.suggest(ada, version.id, "bought"))


def test_suggestion_takes_the_columns_that_can_tell_something(ada: User) -> None:
    lines = ["id,same,age,note,price,bought"]
    for i in range(60):
        note = f"a long remark that nobody else made number {i} about this and that and something else again"
        lines.append(f"ID-{i:05},x,{20 + i % 40},{note},{i * 1.5},{'yes' if i % 3 else 'no'}")
    version = imported(ada, "\n".join(lines) + "\n")
    recipe = runs.suggest(ada, version.id, "bought")
    assert recipe.answer == "binary"
    assert [column.name for column in recipe.inputs] == ["age", "note", "price"]
    assert runs.suggest(ada, version.id, "price", effort="quick").answer == "number"
    assert runs.suggest(ada, version.id, "price", effort="quick").effort.seconds == 30
    with pytest.raises(BadTable):
        runs.suggest(ada, version.id, "id")
    with pytest.raises(BadTable, match="Is “price” meant"):
        runs.suggest(ada, version.id, "prize")


def test_all_faults_of_a_recipe_are_told_at_once(ada: User, version: Version, recipe: Recipe) -> None:
    assert runs.check(ada, version.id, recipe) == ()
    wrong = recipe.model_copy(
        update={
            "target": "bogus",
            "inputs": (
                Input(name="age", kind="category"),
                Input(name="Visits", kind="number"),
                Input(name="city", kind="category"),
                Input(name="city", kind="category"),
            ),
            "split": Split(method="time"),
        }
    )
    said = [note.text.format(**note.values) for note in runs.check(ada, version.id, wrong)]
    assert len(said) == 5
    with pytest.raises(BadRecipe) as error:
        runs.start_run(ada, version.id, wrong, "", "click")
    assert all(sentence in str(error.value) for sentence in said)
    assert runs.list_runs(ada).total == 0


def test_run_that_cannot_fit_into_memory_is_refused(
    ada: User, version: Version, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipes, "memory_there", lambda: (1000, 1000))
    with pytest.raises(OutOfResources, match="GB of memory"):
        runs.start_run(ada, version.id, recipe, "", "click")
    monkeypatch.setattr(recipes, "memory_there", lambda: (10**12, 1000))
    assert "are free now" in runs.advice(ada, version.id, recipe)[-1].text


def test_second_click_starts_no_second_run(ada: User, ben: User, version: Version, recipe: Recipe) -> None:
    with ThreadPoolExecutor(4) as pool:
        started = list(pool.map(lambda _: runs.start_run(ada, version.id, recipe, "A", "click"), range(8)))
    assert len({run.id for run in started}) == 1
    assert runs.start_run(ada, version.id, recipe, "A", "another").id != started[0].id
    assert runs.start_run(ben, version.id, recipe, "A", "click").owner_name == "Ben"
    assert runs.list_runs(ada).total == 3


def test_run_waits_in_its_place_until_it_is_stopped(home: House, ada: User, version: Version, recipe: Recipe) -> None:
    first, second = (runs.start_run(ada, version.id, recipe, "", key) for key in "ab")
    assert (runs.progress(ada, first.id).queue_place, runs.progress(ada, second.id).queue_place) == (0, 1)
    assert runs.stop_run(ada, first.id)
    assert runs.run(ada, first.id).status == "stopped"
    assert runs.progress(ada, second.id).queue_place == 0
    assert not runs.finish_run(ada, first.id)
    again = runs.retry_run(ada, first.id)
    assert (again.status, again.id) == ("queued", first.id)
    with pytest.raises(UserError, match="failed or was stopped"):
        runs.retry_run(ada, second.id)


@pytest.mark.parametrize(("ended", "goes_on"), [("stopped", False), ("failed", True)])
def test_stopped_run_begins_anew_and_a_failed_one_goes_on(
    home: House, ada: User, version: Version, recipe: Recipe, ended: RunStatus, goes_on: bool
) -> None:
    run = runs.start_run(ada, version.id, recipe, "", "click")
    learned = folders.of_run(home, run.id) / "checkpoint"
    learned.mkdir(parents=True)
    with home.database.write() as session:
        job = jobs.claim(session, "train", "test", timedelta(minutes=5))
        assert job is not None
        jobs.end(session, job.id, job.attempts, ended)
    assert runs.run(ada, run.id).status == ended
    runs.retry_run(ada, run.id)
    assert learned.exists() == goes_on


def test_finished_run_tells_how_good_it_is(ada: User, ben: User, version: Version) -> None:
    run = trained(ada, version)
    assert run.status == "finished", run.error
    assert run.value is not None
    assert run.value > 0.7
    progress = runs.progress(ben, run.id)
    assert progress.fraction == 1.0
    assert progress.elapsed > 0
    assert progress.device is not None
    assert progress.notes
    assert runs.progress(ben, run.id, after_note=progress.notes[-1].seq).notes == ()
    evaluation = runs.evaluation(ben, run.id)
    rows = runs.test_rows(ben, run.id)
    assert evaluation.rows == len(rows)
    assert {"truth", "answer", "loss"} <= set(rows.columns)


def test_unfinished_run_has_no_evaluation(ada: User, version: Version, recipe: Recipe) -> None:
    run = runs.start_run(ada, version.id, recipe, "", "click")
    with pytest.raises(NotFound, match="no finished model"):
        runs.evaluation(ada, run.id)


def test_failed_run_says_why(ada: User, version: Version, recipe: Recipe) -> None:
    run = runs.start_run(
        ada, version.id, recipe.model_copy(update={"split": Split(method="group", column="city")}), "", "c"
    )
    work("train")
    found = runs.run(ada, run.id)
    assert found.status in ("finished", "failed")
    if found.status == "failed":
        assert found.error is not None
        assert found.error["text"]


@pytest.mark.slow
def test_runs_are_compared_on_the_same_rows(ada: User, version: Version) -> None:
    one, other = trained(ada, version, "1"), trained(ada, version, "2")
    compared = runs.compare(ada, [one.id, other.id])
    assert compared.comparison.rows == one.test_rows
    assert list(compared.curves) == [f"Who buys? ({one.id})", f"Who buys? ({other.id})"]
    assert compared.differences == ()
    with pytest.raises(UserError, match="two to five"):
        runs.compare(ada, [one.id])


def test_differences_of_recipes_are_told_by_their_titles(recipe: Recipe) -> None:
    other = recipe.model_copy(update={"seed": 7, "inputs": recipe.inputs[:1]})
    told = {each.title: each.values for each in results_of(recipe, other)}
    assert told["Seed"] == (0, 7)
    assert told["Columns"] == ("age, city, visits", "age")
    assert len(told) == 2


def results_of(*compared: Recipe) -> tuple[runs.Difference, ...]:
    from services import results

    return results.differences(compared)


def test_runs_are_found(ada: User, ben: User, version: Version, recipe: Recipe) -> None:
    a = runs.start_run(ada, version.id, recipe, "客户 churn", "a")
    b = runs.start_run(ben, version.id, recipe, "Other", "b")
    runs.tag_run(ada, a.id, ["Q3", "Q3", ' "best" ', ""])
    runs.star_run(ada, a.id)
    runs.rename_run(ada, a.id, "<b>Kunden</b>")
    runs.describe_run(ada, a.id, "first try")

    def ids(**wanted: object) -> list[int]:
        return [run.id for run in runs.list_runs(ada, RunFilter(**wanted)).runs]  # type: ignore[arg-type]

    assert runs.run(ada, a.id).tags == ["Q3", "best"]
    assert ids(status="active") == [b.id, a.id]
    assert ids(status="finished") == []
    assert ids(tag="Q3") == ids(starred=True) == ids(search="first TRY") == ids(search="<b>") == [a.id]
    assert ids(owner=ben.id) == [b.id]
    assert ids(sort="oldest") == [a.id, b.id]
    assert runs.targets(ada) == ["bought"]


def test_trashed_run_is_stopped_and_can_come_back(
    home: House, ada: User, ben: User, version: Version, recipe: Recipe
) -> None:
    run = runs.start_run(ada, version.id, recipe, "", "a")
    with pytest.raises(Forbidden):
        runs.trash_runs(ben, [run.id])
    runs.trash_runs(ada, [run.id])
    assert runs.run(ada, run.id).status == "stopped"
    assert runs.list_runs(ada).total == 0
    runs.restore_runs(ada, [run.id])
    assert runs.list_runs(ada).total == 1


def test_trash_that_is_emptied_takes_model_and_job(
    home: House, ada: User, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained(ada, version)
    runs.trash_runs(ada, [run.id])
    assert run.bundle_key is not None
    monkeypatch.setattr(retention, "now", lambda: run.created.replace(year=2100))
    retention.sweep(home)
    assert not home.files.exists(run.bundle_key)
    with pytest.raises(NotFound):
        runs.run(ada, run.id)
    with home.database.read() as session:
        assert jobs.latest(session, run=run.id) is None


def test_draft_survives_until_its_run_starts(ada: User, ben: User, version: Version, recipe: Recipe) -> None:
    drafts.save(ada, version.id, {"recipe": recipe.model_dump(mode="json"), "name": "A"})
    drafts.save(ada, version.id, {"recipe": recipe.model_dump(mode="json"), "name": "B"})
    assert drafts.load(ben, version.id) is None
    kept = drafts.load(ada, version.id)
    assert kept is not None
    assert (kept.content["name"], kept.dataset_name) == ("B", "table")
    assert len(drafts.list_drafts(ada)) == 1
    runs.start_run(ada, version.id, recipe, "B", "click")
    assert drafts.list_drafts(ada) == []
    drafts.discard(ada, version.id)
