"""The Predict and Feedback pages: ask, be told why, correct, find it again."""

from __future__ import annotations

from datetime import date

import pytest

from engine.models import WeightedSum
from services import feedback, predictions, runs
from services.access import User
from services.house import House
from storage.queries.predictions import end_batch
from storage.records import Version
from tests.pages import runs_there
from tests.pages.conftest import Visit
from tests.pages.test_shell import words
from tests.services.doing import imported, send, work

pytestmark = pytest.mark.usefixtures("serving")


@pytest.fixture
def version(ada: User) -> Version:
    return runs_there.version_of(ada)


def test_without_a_finished_run_it_says_how_to_get_one(visit: Visit) -> None:
    assert "Nothing to ask yet" in words(visit("predict"))
    assert "Nothing said yet" in words(visit("feedback", tab="history"))


@pytest.mark.parametrize("answer", runs_there.TARGETS)
def test_typical_row_is_answered_explained_and_moved(visit: Visit, ada: User, version: Version, answer: str) -> None:
    run = runs_there.finished(ada, version, runs_there.TARGETS[answer])
    at = visit("predict", run=run.id)
    assert not at.exception, at.exception[0].message
    at.button(key="predict-row").click().run()
    assert not at.exception, at.exception[0].message
    assert not at.error
    said = words(at)
    assert f"{run.target}: " in said
    for box in at.selectbox:
        if box.label == "city":
            assert box.options == ["<i>北京</i>", "Oslo", "Rome"]
    assert "they sum exactly" in said
    sure = {"number": "nine times in ten", "labels": "a probability of its own"}
    assert sure.get(answer, "sure: of 100 answers") in said
    for column in at.selectbox(key=f"what-if-{run.id}").options:
        at.selectbox(key=f"what-if-{run.id}").set_value(column).run()
        assert not at.exception, column
        assert not at.error, column


def test_a_text_is_answered_with_its_words_marked(visit: Visit, ada: User) -> None:
    extra = ("about soup", "with tea, twice", "<b>late</b> :red[again]", "for the two of us", "on a rainy day")
    lines = [f'"A {"tasty" if i % 3 else "cold"} meal {extra[i % 5]}, table {i}",{i % 3 > 0}' for i in range(240)]
    version = imported(ada, "\n".join(["review,good", *lines]) + "\n")
    recipe = runs.suggest(ada, version.id, "good").model_copy(update={"model": WeightedSum()})
    assert [column.kind for column in recipe.inputs] == ["text"]
    run = runs.start_run(ada, version.id, recipe, "Reviews", "click")
    work("train")
    at = visit("predict", run=run.id)
    at.text_area[0].set_value("A cold meal :red[alarm]")
    at.button(key="predict-row").click().run()
    assert not at.exception, at.exception[0].message
    assert not at.error
    said = words(at)
    assert "“cold”" in said
    assert ":green-background[**cold**]" in said
    assert "A check: with the words in bold hidden" in said
    assert "values that the model never learned" not in said


def test_wrong_answer_is_corrected_and_found_on_the_feedback_page(visit: Visit, ada: User, version: Version) -> None:
    run = runs_there.finished(ada, version)
    made = predictions.predict_one(ada, run.id, {"age": 70, "city": "Rome"})
    feedback.say(ada, made.id, "wrong", "no", runs_there.NASTY)
    at = visit("feedback", tab="history")
    assert not at.exception
    assert "0 right, 1 wrong" in words(at)
    assert list(at.dataframe[0].value["Comment"]) == [runs_there.NASTY]
    assert list(at.dataframe[0].value["Correct"]) == ["no"]
    assert "Nothing found" in words(visit("feedback", tab="history", judged="right"))
    assert "0 right, 1 wrong" in words(visit("run", id=run.id, tab="feedback"))


def test_labels_that_would_be_right_are_chosen_one_by_one(visit: Visit, ada: User, version: Version) -> None:
    run = runs_there.finished(ada, version, "likes")
    at = visit("predict", run=run.id)
    at.button(key="predict-row").click().run()
    assert "A label is given from" in words(at)
    at.button(key="wrong-one-1").click().run()
    (wanted,) = (each for each in at.multiselect if each.label == "What would be right?")
    assert set(wanted.options) == {"音乐", "<i>old</i> books"}
    wanted.set_value(["<i>old</i> books"])
    next(each for each in at.button if each.label == "Send").click().run()
    assert not at.exception
    assert "Thank you" in words(at)
    at.button(key="predict-row").click().run()
    at.button(key="wrong-one-2").click().run()
    next(each for each in at.button if each.label == "Send").click().run()
    assert not at.error
    said = [each.correct for each in feedback.list_feedback(ada).items]
    assert said == [predictions.NO_LABEL, "<i>old</i> books"], "nothing chosen: none of them is right"
    listed = visit("feedback", tab="history").dataframe[0].value["Correct"]
    assert list(listed) == ["none of the labels", "<i>old</i> books"]


def test_what_is_said_beside_the_answer_is_changed(visit: Visit, ada: User, version: Version) -> None:
    run = runs_there.finished(ada, version)
    at = visit("predict", run=run.id)
    at.button(key="predict-row").click().run()
    at.text_input(key="comment-one-1").set_value(runs_there.NASTY)
    at.button(key="right-one-1").click().run()
    assert not at.exception
    (said,) = feedback.list_feedback(ada).items
    assert f"Thank you. Kept: “{said.correct}” is right." in words(at)
    at.button(key="change-one-1").click().run()
    assert at.text_input(key="comment-one-1").value == runs_there.NASTY
    at.button(key="wrong-one-1").click().run()
    assert not at.exception
    assert "Thank you. Kept:" in words(at)
    assert feedback.counts(ada) == feedback.Counts(right=0, wrong=1)
    assert feedback.list_feedback(ada).items[0].comment == runs_there.NASTY


def test_file_is_answered_and_what_is_odd_in_it_is_named(visit: Visit, ada: User, version: Version) -> None:
    run = runs_there.finished(ada, version)
    rows = "age,city,surplus\n70,Rome,x\n30,Atlantis,y\n"
    batch = predictions.start_file(ada, run.id, send(ada, rows, runs_there.NASTY + ".csv"))
    waiting = visit("predict", run=run.id, tab="file", batch=batch.id)
    assert not waiting.exception
    work()
    at = visit("predict", run=run.id, tab="file", batch=batch.id)
    assert not at.exception, at.exception[0].message
    assert not at.error
    said = words(at)
    assert "2 rows answered" in said
    for odd in ("surplus", "visits", "Atlantis"):
        assert odd in said, odd
    shown = at.dataframe[0].value
    assert list(shown.index) == [1, 2]
    assert all(50 <= share <= 100 for share in shown["probability"])
    assert list(shown["probability of yes"] + shown["probability of no"]) == pytest.approx([100, 100])


def test_a_file_that_could_not_be_answered_is_told(visit: Visit, home: House, ada: User, version: Version) -> None:
    run = runs_there.finished(ada, version)
    batch = predictions.start_file(ada, run.id, send(ada, "age\n70\n", "rows.csv"))
    with home.database.write() as session:
        end_batch(session, batch.id, status="failed", error=None)
    at = visit("predict", run=run.id, tab="file", batch=batch.id)
    assert not at.exception
    assert "The file could not be answered." in words(at)


def test_feedback_is_filtered_by_day(visit: Visit, ada: User, version: Version) -> None:
    run = runs_there.finished(ada, version)
    made = predictions.predict_one(ada, run.id, {"age": 70, "city": "Rome"})
    feedback.say(ada, made.id, "right")
    at = visit("feedback", tab="history")
    today = made.created.date()
    at.date_input(key="days").set_value((today, today)).run()
    assert "1 right, 0 wrong" in words(at)
    at.date_input(key="days").set_value((date(2020, 1, 1), date(2020, 1, 2))).run()
    assert "Nothing found" in words(at)
