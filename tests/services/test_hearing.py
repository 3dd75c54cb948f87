"""Feedback is kept once, by whomever and however often it is sent, and whatever became of the model meanwhile."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.errors import UserError
from services import feedback, models, retention, reviewing
from services.access import User
from services.feedback import Contradiction, Counts, FeedbackFilter
from services.house import House
from storage.queries import traffic
from storage.tables import now
from tests.services.hearing import a_model_of_numbers, answers
from tests.services.models_there import a_data_set, a_finished_run

CLIENTS = 20
SENT = 10_000
TWICE = 1_000


def sent_by_many_clients(home: House, user: User, sent: int, twice: int) -> tuple[set[int], Counts]:
    """20 clients send feedback at once, some of it twice, a third of it “wrong”: the ids that they are given, and what
    is counted then.
    """
    model = a_model_of_numbers(home, user)
    asked = answers(home, user, model, sent)
    order = [*asked, *random.Random(0).choices(asked, k=twice)]
    random.Random(1).shuffle(order)

    def say(prediction: int) -> int:
        correct = None if (prediction - asked[0]) % 3 else "7.5"
        verdict: feedback.FeedbackVerdict = "wrong" if correct else "right"
        return feedback.say(user, prediction, verdict, correct, request_key=f"click {prediction}", source="api").id

    with ThreadPoolExecutor(CLIENTS) as clients:
        kept = set(clients.map(say, order))
    return kept, feedback.counts(user, FeedbackFilter(model=model.id))


@pytest.mark.slow
def test_each_of_ten_thousand_is_counted_once(home: House, ada: User) -> None:
    kept, counted = sent_by_many_clients(home, ada, SENT, TWICE)
    assert len(kept) == SENT
    assert counted == Counts(right=6_666, wrong=3_334)


def test_same_key_again_gives_the_same_feedback(home: House, ada: User, ben: User) -> None:
    model = a_model_of_numbers(home, ada)
    one, other = answers(home, ada, model, 2)
    said = feedback.say(ben, one, "wrong", "8", "too low", request_key="k", source="api")
    assert (said.model, said.model_name, said.source) == (model.id, "Prices", "api")
    assert feedback.say(ben, one, "wrong", " 8 ", "too low ", request_key="k", source="api") == said
    for who, about, verdict, correct in (
        (ben, one, "right", None),
        (ben, one, "wrong", "9"),
        (ben, other, "wrong", "8"),
        (ada, one, "wrong", "8"),
    ):
        with pytest.raises(Contradiction, match="request key “k” was used for other feedback"):
            feedback.say(who, about, verdict, correct, "too low", request_key="k")  # type: ignore[arg-type]
    assert feedback.say(ben, one, "right", request_key="another").id == said.id
    assert feedback.say(ada, one, "right").id != said.id
    for key in ("", "x" * 101, "\x00"):
        with pytest.raises(UserError, match="1 to 100"):
            feedback.say(ben, other, "right", request_key=key)


def test_late_repetition_undoes_nothing_newer(home: House, ada: User) -> None:
    model = a_model_of_numbers(home, ada)
    (one,) = answers(home, ada, model, 1)
    for key, correct in (("first", "8"), ("second", "9"), ("first", "8")):
        last = feedback.say(ada, one, "wrong", correct, request_key=key)
    assert last.correct == "9"
    assert feedback.say(ada, one, "right").verdict == "right"
    assert feedback.say(ada, one, "wrong", "9", request_key="second").verdict == "right"
    assert feedback.say(ada, one, "wrong", "9", request_key="third").correct == "9"


def test_number_that_equals_the_answer_is_no_correction(home: House, ada: User) -> None:
    model = a_model_of_numbers(home, ada)
    one, other = answers(home, ada, model, 2)
    with pytest.raises(Contradiction, match="“7” is what the model answered"):
        feedback.say(ada, one, "wrong", "7.000")
    with pytest.raises(Contradiction, match="answered “7”"):
        feedback.say(ada, one, "right", "8")
    assert feedback.say(ada, one, "right", "7.0").correct == "7"
    said = feedback.say(ada, other, "wrong", "8")
    reviewing.change(ada, said.id, "7.000")
    with home.database.read() as session:
        judged = traffic.judged(session, model.id, now() - timedelta(hours=1), 9)
    assert [(each.right, each.truth) for each in judged] == [(True, "7"), (True, "7")]


def test_number_is_kept_in_one_way_however_it_is_written(home: House, ada: User) -> None:
    model = a_model_of_numbers(home, ada)
    (one,) = answers(home, ada, model, 1)
    for written in ("1_000", "1000.0", "1e3"):
        assert feedback.say(ada, one, "wrong", written).correct == "1000"
    assert feedback.say(ada, one, "wrong", "0.1000").correct == "0.1"


def test_keys_of_two_models_are_apart(home: House, ada: User) -> None:
    for name in ("Prices", "Costs"):
        model = a_model_of_numbers(home, ada, name)
        feedback.say(ada, answers(home, ada, model, 1)[0], "right", request_key="k")
        assert feedback.counts(ada, FeedbackFilter(model=model.id)) == Counts(right=1, wrong=0)


def test_one_answer_judged_by_many_requests_at_once_is_judged_once(home: House, ada: User) -> None:
    model = a_model_of_numbers(home, ada)
    (one,) = answers(home, ada, model, 1)
    with ThreadPoolExecutor(CLIENTS) as clients:
        said = clients.map(lambda n: feedback.say(ada, one, "wrong", f"{n}", request_key=f"{n}").id, range(100, 140))
        kept = list(said)
    assert len(set(kept)) == 1
    assert feedback.counts(ada) == Counts(right=0, wrong=1)


def test_feedback_is_kept_for_the_version_that_answered(home: House, ada: User) -> None:
    model = a_model_of_numbers(home, ada)
    first = models.model(ada, model.id).production.run
    better = a_finished_run(home, ada, a_data_set(home, ada), "better", target="price", answer="number")
    models.add_version(ada, model.id, better.id)
    models.promote(ada, model.id, 2, seen=1)
    new, trashed, erased = answers(home, ada, model, 3)
    models.roll_back(ada, model.id, seen=2)
    assert feedback.say(ada, new, "right").bundle_hash == better.bundle_hash != first.bundle_hash
    models.trash(ada, model.id)
    said = feedback.say(ada, trashed, "wrong", "8", "it was in the trash")
    assert (said.run, said.model) == (better.id, model.id)
    assert feedback.counts(ada, FeedbackFilter(model=model.id)) == Counts(right=1, wrong=1)
    retention.erase_model(home, model.id)
    assert feedback.say(ada, erased, "right").model is None
    assert feedback.counts(ada, FeedbackFilter(run=better.id)) == Counts(right=2, wrong=1)
