"""The Run page: waiting, learning, failed, finished with each kind of answer."""

from __future__ import annotations

import pytest

from services import datasets, runs
from services.access import User
from services.house import House
from storage.records import Version
from tests.pages import runs_there
from tests.pages.conftest import Visit
from tests.pages.test_shell import keys, words

TABS = ("overview", "curve", "mistakes", "matters", "try", "feedback", "recipe", "files", "no such tab")


@pytest.fixture
def version(ada: User) -> Version:
    return runs_there.version_of(ada)


def test_without_a_number_it_says_where_runs_are(visit: Visit) -> None:
    assert "Which run?" in words(visit("run"))


def test_waiting_run_shows_its_place_and_can_be_stopped(visit: Visit, ada: User, version: Version) -> None:
    run = runs_there.queued(ada, version)
    at = visit("run", id=run.id)
    assert not at.exception
    assert "Next in the queue" in words(at)
    at.button(key="stop-sure").click().run()
    assert not at.exception
    assert not at.toast, "it would lie over the buttons of what the page is then"
    assert runs.run(ada, run.id).status == "stopped"


def test_place_in_the_queue_counts_the_runs_that_wait(visit: Visit, home: House, ada: User, version: Version) -> None:
    runs_there.learning(home, ada, version)
    waiting = [runs_there.queued(ada, version, key=key) for key in ("first", "second", "third")]
    said = [words(visit("run", id=run.id)) for run in waiting]
    assert "Next in the queue" in said[0]
    assert "Number 2 of those that wait" in said[1]
    assert "Number 3 of those that wait" in said[2]


def test_learning_run_shows_progress_curve_and_log_in_plain_words(
    visit: Visit, home: House, ada: User, version: Version
) -> None:
    run = runs_there.learning(home, ada, version)
    at = visit("run", id=run.id)
    assert not at.exception
    said = words(at)
    assert "Training" in said
    assert "40 %" in said
    assert "about 1:10 min left" in said
    assert "The best state so far is from pass 3 through the data." in said
    assert len(at.get("plotly_chart")) == 2
    assert "<b>" not in "".join(str(element.value) for element in at.markdown)
    at.button(key="finish").click().run()
    assert not at.exception
    assert "Finishing: the best so far is kept." in words(at)
    at.button(key="stop-sure").click().run()
    assert "Stopping." in words(at)
    assert not at.toast
    assert "stop-sure" not in keys(at)


def test_failed_run_says_what_happened_and_is_tried_again(
    visit: Visit, home: House, ada: User, version: Version
) -> None:
    run = runs_there.failed(home, ada, version)
    at = visit("run", id=run.id)
    assert not at.exception
    assert "ran out of memory" in words(at)
    at.button(key="retry").click().run()
    assert not at.exception
    assert runs.run(ada, run.id).status == "queued"


@pytest.mark.parametrize("answer", runs_there.TARGETS)
def test_every_tab_of_a_finished_run_renders(visit: Visit, ada: User, version: Version, answer: str) -> None:
    run = runs_there.finished(ada, version, runs_there.TARGETS[answer])
    assert run.status == "finished", run.error
    for tab in TABS:
        at = visit("run", id=run.id, tab=tab)
        assert not at.exception, (tab, at.exception[0].message)
        assert not at.error, (tab, at.error[0].value)
        assert at.metric, tab


def test_link_to_a_tab_opens_it(visit: Visit, ada: User, version: Version) -> None:
    run = runs_there.finished(ada, version)
    assert "All figures" in words(visit("run", id=run.id, tab="mistakes"))
    assert "All figures" not in words(visit("run", id=run.id))


@pytest.mark.parametrize("target", ["bought", "paid"])
def test_worst_rows_show_what_stands_in_them(visit: Visit, ada: User, version: Version, target: str) -> None:
    run = runs_there.finished(ada, version, target)
    at = visit("run", id=run.id, tab="mistakes")
    worst = runs.evaluation(ada, run.id).worst_rows
    shown = next(table.value for table in at.dataframe if "True answer" in table.value and len(table.value.columns) > 4)
    assert list(shown["Row"]) == [row.row_id for row in worst]
    whole = datasets.preview(ada, version.id, 0, 1000)
    place = str(list(whole.columns).index("age"))
    assert list(shown[place]) == list(whole.loc[[row.row_id for row in worst], "age"])
    assert str(list(whole.columns).index(target)) not in shown


def test_costs_move_the_threshold(visit: Visit, ada: User, version: Version) -> None:
    run = runs_there.finished(ada, version)
    at = visit("run", id=run.id, tab="mistakes")
    before = [line for line in words(at).splitlines() if "Cheapest is" in line]
    at.number_input(key="cost of a miss").set_value(50.0).run()
    after = [line for line in words(at).splitlines() if "Cheapest is" in line]
    assert not at.exception
    assert before != after


def test_name_star_tags_and_trash(visit: Visit, ada: User, version: Version) -> None:
    run = runs_there.finished(ada, version)
    at = visit("run", id=run.id)
    at.button(key="star").click().run()
    assert runs.run(ada, run.id).starred
    at.text_input(key="run name").set_value(runs_there.NASTY)
    at.button(key="save-run").click().run()
    assert not at.exception
    assert runs.run(ada, run.id).name == runs_there.NASTY
    assert runs_there.NASTY in at.title[0].value.replace("\\", "").replace("\u2060", "")
    at.button(key="trash").click().run()
    assert runs.run(ada, run.id).trashed_at is not None
    at = visit("run", id=run.id)
    at.button(key="restore-run").click().run()
    assert runs.run(ada, run.id).trashed_at is None


def test_only_the_owner_gets_buttons_that_change(visit: Visit, home: House, ada: User, version: Version) -> None:
    run = runs_there.learning(home, ada, version)
    assert {"stop-sure", "finish", "star"} <= keys(visit("run", id=run.id))
    assert not {"stop-sure", "finish", "star", "trash"} & keys(visit("run", name="Ben", id=run.id))
    runs.trash_runs(ada, [run.id])
    assert "restore-run" in keys(visit("run", id=run.id))
    others = visit("run", name="Ben", id=run.id)
    assert "in the trash" in words(others)
    assert "restore-run" not in keys(others)
