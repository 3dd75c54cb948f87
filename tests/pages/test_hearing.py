"""What colleagues see who have a model's link, and the Feedback page: ask, judge, check, review, take back."""

from __future__ import annotations

from typing import Any

import pytest

from services import feedback, models, reviewing, runs
from services.access import User
from services.feedback import Counts, FeedbackFilter
from services.house import House
from services.models import Model
from services.reviewing import Reviews
from storage import tables
from storage.records import Version
from tests.pages import runs_there
from tests.pages.conftest import Visit
from tests.pages.test_shell import words
from tests.services.hearing import a_model_of_numbers, answers
from tests.services.in_use import judged

pytestmark = pytest.mark.usefixtures("serving")


@pytest.fixture
def version(ada: User) -> Version:
    return runs_there.version_of(ada)


def a_model(user: User, version: Version, target: str = "bought", name: str = "Buyers") -> Model:
    return models.create(user, runs_there.finished(user, version, target, key=name).id, name)


def ask(at: Any, **values: Any) -> Any:
    """Fills in an example, changes some of it, and asks."""
    at.button(key="example").click().run()
    for name, value in values.items():
        next(each for each in at.number_input if each.label == name).set_value(value)
    at.button(key="predict-row").click().run()
    assert not at.exception, at.exception[0].message
    assert not at.error
    return at


def press(at: Any, label: str) -> Any:
    """Presses the first button of that name."""
    next(each for each in at.button if each.label == label).click().run()
    assert not at.exception, at.exception[0].message
    assert not at.error
    return at


def on_page(at: Any, page: int) -> Any:
    """Goes to another page of the list."""
    at.query_params["page"] = str(page)
    at.run()
    assert not at.exception, at.exception[0].message
    return at


def only(user: User) -> feedback.Feedback:
    (said,) = feedback.list_feedback(user).items
    return said


def test_colleague_asks_and_judges_and_asks_the_next(visit: Visit, ada: User, version: Version) -> None:
    model = a_model(ada, version, name=runs_there.NASTY)
    at = visit("ask", name="Ben", model=model.id)
    assert not at.exception, at.exception[0].message
    fields = [each.value for each in at.number_input]
    assert fields == [None, None, None], "nothing is claimed that nobody entered"
    ask(at, age=75)
    said = words(at)
    assert "bought: yes" in said
    assert "sure: of 100 answers" in said
    assert "Version 1 of the model answered." in said
    assert not at.number_input
    at.text_input[0].set_value("as expected").run()
    press(at, "Right")
    assert "Kept: “yes” is right" in words(at)
    assert [each.value for each in at.number_input] == [None, None, None]
    kept = only(ada)
    assert (kept.model, kept.owner_name, kept.correct, kept.comment) == (model.id, "Ben", "yes", "as expected")
    assert (kept.review, kept.row["age"]) == ("waiting", 75)


def test_of_two_answers_wrong_says_which_is_right_and_can_be_changed(visit: Visit, ada: User, version: Version) -> None:
    at = ask(visit("ask", name="Ben", model=a_model(ada, version).id), age=75)
    at.text_input[0].set_value("she <b>told</b> me").run()
    press(at, "Wrong, it is “no”")
    assert (only(ada).verdict, only(ada).correct) == ("wrong", "no")
    press(at, "Change")
    press(at, "Right")
    assert (only(ada).verdict, only(ada).correct) == ("right", "yes")
    assert only(ada).comment == "she <b>told</b> me", "who takes back the verdict has not taken back the words"


def test_one_of_many_is_corrected_with_one_more_press(visit: Visit, ada: User, version: Version) -> None:
    at = ask(visit("ask", model=a_model(ada, version, "city").id))
    press(at, "Wrong")
    press(at, "Back")
    press(at, "Wrong")
    offered = [each.label for each in at.button if str(each.key).startswith("correct-")]
    assert len(offered) == 2
    press(at, offered[1])
    assert only(ada).correct == offered[1].replace("\\", "").replace("\u2060", "")


def test_number_is_corrected_and_what_is_none_is_told(visit: Visit, ada: User, version: Version) -> None:
    at = ask(visit("ask", model=a_model(ada, version, "paid").id))
    press(at, "Wrong")
    field = next(each for each in at.text_input if each.label == "What would be right?")
    field.set_value("much")
    next(each for each in at.button if each.label == "Send").click().run()
    assert "“much” is not a number" in words(at)
    next(each for each in at.text_input if each.label == "What would be right?").set_value("8.5")
    press(at, "Send")
    assert only(ada).correct == "8.5"


def test_row_is_changed_and_asked_again_or_left_for_the_next(visit: Visit, ada: User, version: Version) -> None:
    at = ask(visit("ask", model=a_model(ada, version).id), age=75)
    press(at, "Change the row")
    assert [each.value for each in at.number_input if each.label == "age"] == [75]
    at.button(key="predict-row").click().run()
    press(at, "Next one")
    assert [each.value for each in at.number_input if each.label == "age"] == [None]
    at.button(key="predict-row").click().run()
    assert "Fill in at least one field" in words(at)


def test_model_is_trashed_between_answer_and_feedback(visit: Visit, ada: User, version: Version) -> None:
    model = a_model(ada, version)
    at = ask(visit("ask", model=model.id), age=75)
    models.trash(ada, model.id)
    press(at, "Right")
    assert "Nobody can ask this model" in words(at)
    assert only(ada).model == model.id
    assert "Which model?" in words(visit("ask"))


def test_version_changes_between_row_and_answer_and_feedback(visit: Visit, ada: User, version: Version) -> None:
    model = a_model(ada, version)
    models.add_version(ada, model.id, runs_there.finished(ada, version, key="second").id)
    at = visit("ask", model=model.id)
    at.button(key="example").click().run()
    next(each for each in at.number_input if each.label == "age").set_value(75)
    models.promote(ada, model.id, 2, seen=1)
    at.button(key="predict-row").click().run()
    models.roll_back(ada, model.id, seen=2)
    press(at, "Right")
    assert only(ada).bundle_hash == models.model(ada, model.id).versions[0].version.bundle_hash
    assert only(ada).row["age"] == 75, "what is written stays when another version is promoted"


def test_doubtful_answers_are_judged_one_after_the_other(visit: Visit, ada: User, version: Version) -> None:
    model = a_model(ada, version)
    at = visit("ask", name="Ben", model=model.id)
    for age in (22, 51, 78):
        ask(at, age=age)
        press(at, "Next one")
    at = visit("feedback", model=model.id)
    assert not at.exception, at.exception[0].message
    first = reviewing.doubtful(ada, model.id)[0]
    press(at, "Skip")
    press(at, "Right")
    assert "1 checked by you just now" in words(at)
    assert only(ada).prediction != first.id
    assert only(ada).review == "accepted", "whoever decides about a model need not review themselves"
    press(at, "Right")
    assert "Nothing to check" in words(at)
    press(at, "Show the skipped ones")
    press(at, "Right")
    assert reviewing.doubtful(ada, model.id) == []


def test_what_a_colleague_checks_waits_for_the_owner(visit: Visit, ada: User, version: Version) -> None:
    model = a_model(ada, version)
    ask(visit("ask", model=model.id), age=51)
    press(visit("feedback", name="Ben", model=model.id), "Right")
    assert only(ada).review == "waiting"


def test_filtered_list_is_accepted_in_bulk_and_taken_back(visit: Visit, home: House, ada: User, ben: User) -> None:
    model = a_model_of_numbers(home, ada)
    right, wrong, unknown, other = answers(home, ada, model, 4)
    feedback.say(ben, right, "right")
    feedback.say(ben, wrong, "wrong", "8", runs_there.NASTY)
    feedback.say(ben, unknown, "wrong")
    feedback.say(ben, answers(home, ben, a_model_of_numbers(home, ben, "Not Ada's"), 1)[0], "right")
    at = visit("feedback", tab="review", judged="wrong")
    assert not at.exception, at.exception[0].message
    assert "3 wait for your review" in words(at)
    feedback.say(ben, other, "wrong", "9")
    at.button(key="accept").click().run()
    said = words(at)
    assert "1 accepted. 1 says “wrong” without what would be right" in said
    assert reviewing.counts(ada, FeedbackFilter(model=model.id)) == Reviews(waiting=3, accepted=1, rejected=0)
    at.button(key="undo-review").click().run()
    assert reviewing.counts(ada, FeedbackFilter(model=model.id)).accepted == 0
    at.button(key="reject").click().run()
    assert not at.exception
    assert reviewing.counts(ada, FeedbackFilter(model=model.id)) == Reviews(waiting=1, accepted=0, rejected=3)
    assert "Nothing to review" not in words(visit("feedback", tab="review"))
    assert "Nothing to review" in words(visit("feedback", name="Carl", tab="review"))


def test_whole_row_stands_beside_its_decision(visit: Visit, home: House, ada: User, ben: User) -> None:
    model = a_model_of_numbers(home, ada)
    row = {f"column {n}": n for n in range(12)} | {"last": runs_there.NASTY}
    (made,) = answers(home, ada, model, 1, row=row)
    feedback.say(ben, made, "wrong", "8", runs_there.NASTY)
    at = visit("feedback", tab="review")
    assert not at.exception, at.exception[0].message
    for name, value in row.items():
        assert f":gray[{name}] &nbsp; {value}" in words(at)
    assert f":material/comment: {runs_there.NASTY}" in words(at)
    assert at.button(key=f"accept {only(ada).id}").proto.type == "primary"
    assert at.button(key="accept").proto.type == "secondary", "nobody accepts a whole list unseen by mistake"


def test_long_list_is_decided_from_its_last_page_one_by_one(visit: Visit, home: House, ada: User) -> None:
    model = a_model_of_numbers(home, ada)
    run = models.model(ada, model.id).production.run
    made = answers(home, ada, model, feedback.PAGE + 2)
    judged(home, model, run, made[1:], right=True)
    feedback.say(ada, made[0], "wrong")
    at = on_page(visit("feedback", tab="review"), 2)
    assert "51–52 of 52" in words(at)
    for _time in range(2):
        (first,) = (button for button in at.button if str(button.key).startswith("accept "))
        first.click().run()
        assert not at.exception, at.exception[0].message
        assert "1 accepted" in words(at)
    assert reviewing.counts(ada, FeedbackFilter(model=model.id)) == Reviews(waiting=50, accepted=2, rejected=0)
    assert "52 answers judged" in words(on_page(visit("feedback", tab="history"), 9))


def test_all_models_and_runs_can_be_chosen_and_none_is_chosen_unasked(visit: Visit, home: House, ada: User) -> None:
    model = a_model_of_numbers(home, ada)
    run = models.model(ada, model.id).production.run
    for n in range(models.PAGE):
        models.create(ada, run.id, f"Another {n}")
    at = visit("feedback")
    chooser = at.selectbox(key="feedback one model")
    assert len(chooser.options) == models.PAGE + 1
    assert "model" not in at.query_params, "the other tabs show all models, until one is chosen"
    chooser.set_value(model.id).run()
    assert at.query_params["model"] == str(model.id)
    assert [run.id for run in runs.titles(ada)] == [run.id]
    assert visit("predict").selectbox[0].options == [
        f"{run.name} ({run.id}) · Right {100 * (run.value or 0):.0f} times in 100"
    ]


def test_model_shows_its_link_and_what_was_said(visit: Visit, home: House, ada: User, ben: User) -> None:
    model = a_model_of_numbers(home, ada)
    assert "Nobody has judged" in words(visit("model", id=model.id, tab="feedback"))
    right, wrong = answers(home, ada, model, 2)
    feedback.say(ben, right, "right")
    feedback.say(ben, wrong, "wrong", "8")
    reviewing.accept(ada, FeedbackFilter(verdict="wrong"))
    at = visit("model", id=model.id, tab="feedback")
    assert not at.exception, at.exception[0].message
    said = words(at)
    assert "1 right, 1 wrong" in said
    assert "1 waits for review · 1 accepted · 0 rejected" in said
    assert "Open the page" in [link.label for link in at.page_link]
    assert feedback.counts(ada, FeedbackFilter(model=model.id)) == Counts(right=1, wrong=1)
    his = models.create(ben, models.model(ada, model.id).production.run.id, "His name for it")
    (unnamed,) = answers(home, ada, model, 1)
    with home.database.write() as session:
        session.get_one(tables.Prediction, unnamed).model = None
    feedback.say(ben, unnamed, "right")
    assert "0 wait for review" in words(visit("model", name="Ben", id=his.id, tab="feedback")), "Ada decides about it"
