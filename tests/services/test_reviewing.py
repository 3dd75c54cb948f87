"""What people said is accepted, changed or rejected, one and in bulk, and taken back; doubtful answers are found."""

from __future__ import annotations

import pytest

from engine.errors import Forbidden, NotFound, UserError
from services import feedback, models, predictions, reviewing
from services.access import User
from services.feedback import Feedback, FeedbackFilter
from services.house import House
from services.reviewing import Reviews
from storage import tables
from storage.records import Model, Version
from tests.pages.runs_there import shop
from tests.services.doing import imported, trained
from tests.services.hearing import a_model_of_numbers, answers

pytestmark = pytest.mark.slow

ALL = FeedbackFilter()


@pytest.fixture
def model(home: House, ada: User) -> Model:
    return a_model_of_numbers(home, ada)


def one(user: User, model: Model, said: int) -> Feedback:
    return next(each for each in feedback.list_feedback(user, FeedbackFilter(model=model.id)).items if each.id == said)


def test_only_what_is_accepted_may_teach(home: House, ada: User, ben: User, model: Model) -> None:
    right, wrong, unknown, rejected = answers(home, ada, model, 4)
    feedback.say(ben, right, "right")
    corrected = feedback.say(ben, wrong, "wrong", "8").id
    feedback.say(ben, unknown, "wrong", comment="no idea")
    feedback.say(ben, rejected, "wrong", "999")
    teaching = FeedbackFilter(model=model.id, review="accepted")
    assert feedback.list_feedback(ada, teaching).total == 0
    done = reviewing.reject(ada, FeedbackFilter(search="999"))
    assert (done.decided, done.left) == (1, 0)
    done = reviewing.accept(ada, reviewing.mine(ada))
    assert (done.decided, done.left) == (2, 1)
    assert sorted(each.accepted or "" for each in feedback.list_feedback(ada, teaching).items) == ["7", "8"]
    assert reviewing.counts(ada) == Reviews(waiting=1, accepted=2, rejected=1)
    kept = one(ada, model, corrected)
    assert (kept.reviewer_name, kept.reviewed_at, kept.owner_name) == ("Ada", done.at, "Ben")


def test_bulk_decides_what_its_filter_shows_and_nothing_that_came_later(home: House, ada: User, model: Model) -> None:
    asked = answers(home, ada, model, 6)
    for prediction in asked[:2]:
        feedback.say(ada, prediction, "right")
    for prediction in asked[2:5]:
        feedback.say(ada, prediction, "wrong", "8")
    seen = reviewing.mine(ada, FeedbackFilter(verdict="wrong"))
    feedback.say(ada, asked[5], "wrong", "9")
    assert reviewing.accept(ada, seen).decided == 3
    assert reviewing.counts(ada) == Reviews(waiting=3, accepted=3, rejected=0)


def test_each_decision_is_taken_back_by_who_took_it(home: House, ada: User, ben: User, model: Model) -> None:
    first, second = (feedback.say(ben, each, "right").id for each in answers(home, ada, model, 2))
    one_by_one = reviewing.accept(ada, FeedbackFilter(ids=(first,)))
    in_bulk = reviewing.reject(ada, reviewing.mine(ada))
    assert reviewing.undo(ben, in_bulk.at) == 0
    assert reviewing.undo(ada, in_bulk.at) == 1
    assert (one(ada, model, first).review, one(ada, model, second).review) == ("accepted", "waiting")
    assert reviewing.undo(ada, one_by_one.at) == 1
    assert reviewing.counts(ada) == Reviews(waiting=2, accepted=0, rejected=0)


def test_owner_of_the_model_decides_and_nobody_else(home: House, ada: User, ben: User, model: Model) -> None:
    said = feedback.say(ben, answers(home, ada, model, 1)[0], "right").id
    with pytest.raises(Forbidden):
        reviewing.accept(ben, FeedbackFilter(ids=(said,)))
    with pytest.raises(Forbidden):
        reviewing.change(ben, said, "8")
    assert reviewing.accept(ben, ALL).decided == 0
    assert reviewing.accept(ada, ALL).decided == 1
    with pytest.raises(NotFound):
        reviewing.reject(ada, FeedbackFilter(ids=(99,)))


def test_another_word_of_the_same_person_waits_again(home: House, ada: User, model: Model) -> None:
    (asked,) = answers(home, ada, model, 1)
    said = feedback.say(ada, asked, "right").id
    reviewing.accept(ada, ALL)
    assert feedback.say(ada, asked, "right").review == "accepted", "the same again is nothing new"
    again = feedback.say(ada, asked, "wrong", "8")
    assert (again.id, again.review, again.accepted, again.reviewer) == (said, "waiting", None, None)


def test_what_was_learned_from_stays_as_it_was_accepted(home: House, ada: User, model: Model) -> None:
    (asked,) = answers(home, ada, model, 1)
    said = feedback.say(ada, asked, "right").id
    done = reviewing.accept(ada, ALL)
    with home.database.write() as session:
        session.add(tables.Lesson(feedback=said, version=models.model(ada, model.id).production.run.version))
    assert reviewing.undo(ada, done.at) == 0
    assert reviewing.reject(ada, ALL).decided == 0
    assert feedback.list_feedback(ada, reviewing.mine(ada, ALL, "accepted")).total == 0
    with pytest.raises(UserError, match="learned from already"):
        feedback.say(ada, asked, "wrong", "8")
    assert feedback.say(ada, asked, "right").accepted == "7"


@pytest.fixture
def version(ada: User) -> Version:
    return imported(ada, shop())


@pytest.mark.parametrize(
    ("target", "wrong", "right", "accepted"),
    [
        ("bought", "perhaps", "YES", "yes"),
        ("city", "Atlantis", "oslo", "Oslo"),
        ("paid", "much", " 8.5 ", "8.5"),
        ("likes", ["jazz"], ["音乐"], "音乐"),
        ("likes", "音乐; jazz", "[]", "[]"),
    ],
)
def test_changed_answer_is_one_that_the_model_knows(
    ada: User,
    version: Version,
    serving: None,
    target: str,
    wrong: str | list[str],
    right: str | list[str],
    accepted: str,
) -> None:
    run = trained(ada, version, target=target)
    made = predictions.predict_one(ada, run.id, {"age": 70, "city": "Rome", "visits": 3})
    said = feedback.say(ada, made.id, "wrong", comment="not so").id
    for answer in (wrong, "", " "):
        with pytest.raises(UserError):
            reviewing.change(ada, said, answer)
    assert reviewing.change(ada, said, right).decided == 1
    found = feedback.list_feedback(ada).items[0]
    assert (found.review, found.accepted, found.correct) == ("accepted", accepted, None)


def test_doubtful_answers_of_a_model_come_first_and_judged_ones_no_more(
    ada: User, ben: User, version: Version, serving: None
) -> None:
    run = trained(ada, version)
    model = models.create(ada, run.id, "Buyers")
    rows = [{"age": age, "city": "Rome", "visits": 3} for age in (22, 51, 78, 51)]
    made = [predictions.predict_one(ben, run.id, row) for row in rows]
    found = reviewing.doubtful(ada, model.id)
    assert len(found) == 3, "the same row is asked about once"
    sure = [max(each.answer["probability of yes"], each.answer["probability of no"]) for each in found]
    assert sure == sorted(sure)
    feedback.say(ben, made[0].id, "right")
    assert {each.id for each in reviewing.doubtful(ada, model.id)} == {each.id for each in found} - {made[0].id}


def test_doubtful_numbers_are_those_of_wide_intervals(home: House, ada: User, model: Model) -> None:
    answers(home, ada, model, 3)
    (wide,) = answers(home, ada, model, 1, answer={"answer": 7, "low": -50, "high": 60}, row={"size": 99})
    assert [each.id for each in reviewing.doubtful(ada, model.id, limit=1)] == [wide]
