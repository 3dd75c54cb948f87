"""What people say about answers, on every database: kept once, found by filter, decided and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database
from storage.queries import feedback, models, predictions, users
from storage.queries.feedback import Once, Wanted
from storage.records import Feedback, Model, Run, User
from storage.tables import now
from tests.storage.rows import a_model, a_run, a_user, a_version


def asked(session: Session, run: Run, owner: int, model: Model | None = None) -> int:
    made = predictions.add(
        session, owner=owner, run=run.id, predictor="model", bundle_hash="h", source="page", row={"x": 1},
        answer={"answer": "no"}, model=None if model is None else model.id,
    )  # fmt: skip
    return made.id


def said(session: Session, person: User, run: Run, correct: str | None = "yes", **about: Any) -> int:
    """Says “wrong”; its id."""
    made = feedback.add(
        session, owner=person.id, run=run.id, row={"x": 1}, answer={"answer": "no"}, bundle_hash="h", verdict="wrong",
        correct=correct, comment="", **about,
    )  # fmt: skip
    return made.id


def kept(session: Session, id: int) -> Feedback:
    found = feedback.get(session, id)
    assert found is not None
    return found


def test_person_says_one_thing_of_an_answer(database: Database) -> None:
    with database.write() as session:
        ada, bob = a_user(session), a_user(session, "Bob")
        run = a_run(session, a_version(session, ada.id), ada.id)
        batch = predictions.add_batch(session, owner=ada.id, run=run.id, predictor="model", filename="a.csv").id
        first, *_others = (
            said(session, person, run, batch=batch, row_number=row) for person, row in ((ada, 0), (ada, 1), (bob, 0))
        )
        before = feedback.earlier(session, owner=ada.id, prediction=None, batch=batch, row_number=0)
        assert before is not None
        assert before.id == first
        feedback.decide(session, Wanted(), "accepted", reviewer=ada.id, at=now())
        again = feedback.replace(session, first, correct="perhaps", verdict="wrong")
        assert (again.id, again.review, again.accepted) == (first, "waiting", None)
        assert [each.id for each in feedback.page(session, Wanted(search="PERHAPS"))[0]] == [first]
        assert feedback.page(session, Wanted(run=run.id, owner=ada.id))[1] == 2
    with pytest.raises(IntegrityError), database.write() as session:
        said(session, ada, run, batch=batch, row_number=0)


def test_request_key_is_used_once_in_a_model(database: Database) -> None:
    with database.write() as session:
        ada = a_user(session)
        run = a_run(session, a_version(session, ada.id), ada.id)
        one, other = (Once(a_model(session, run, ada.id, name).id, "k", "f" * 64) for name in ("One", "Another"))
        first, _second = (
            said(session, ada, run, prediction=asked(session, run, ada.id), model=once.model, once=once)
            for once in (one, other)
        )
        third = asked(session, run, ada.id)
        assert feedback.used_key(session, replace(one, said="")) == ("f" * 64, first)
        assert feedback.used_key(session, replace(one, key="K")) is None
    with pytest.raises(IntegrityError), database.write() as session:
        said(session, ada, run, prediction=third, model=one.model, once=one)
    with database.write() as session:
        feedback.use_key(session, replace(one, key="K"), first)
        models.erase(session, one.model)
        assert feedback.used_key(session, replace(one, key="K")) is None


def test_owner_of_what_was_asked_decides_and_takes_back(database: Database) -> None:
    with database.write() as session:
        ada, bob = a_user(session), a_user(session, "Bob")
        run = a_run(session, a_version(session, ada.id), ada.id)
        model = a_model(session, run, bob.id)
        of_run = said(session, bob, run, prediction=asked(session, run, bob.id))
        of_model = said(session, ada, run, prediction=asked(session, run, ada.id, model), model=model.id)
        unknown = said(session, ada, run, None, prediction=asked(session, run, ada.id))
        assert [users.owner_of(session, "feedback", each) for each in (of_run, of_model)] == [ada.id, bob.id]
        assert users.owner_of(session, "feedback", 99) is None
        at = now()
        everything = Wanted(decider=ada.id, upto=feedback.last(session))
        assert feedback.decide(session, everything, "accepted", reviewer=ada.id, at=at) == 1
        assert feedback.unanswered(session, everything) == 1
        one = kept(session, of_run)
        assert (one.review, one.accepted, one.reviewer_name, one.reviewed_at) == ("accepted", "yes", "Ada", at)
        assert feedback.reviews(session, Wanted(model=model.id)) == {"waiting": 2, "accepted": 1, "rejected": 0}
        assert feedback.undecide(session, ada.id, at + timedelta(seconds=1)) == 0
        assert feedback.undecide(session, ada.id, at) == 1
        assert kept(session, of_run).accepted is None
        assert feedback.decide(session, Wanted(ids=(unknown,)), "rejected", reviewer=ada.id, at=at) == 1


def test_what_was_learned_from_is_decided_no_more(database: Database) -> None:
    with database.write() as session:
        ada = a_user(session)
        version = a_version(session, ada.id)
        run = a_run(session, version, ada.id)
        one = said(session, ada, run, prediction=asked(session, run, ada.id))
        at = now()
        feedback.decide(session, Wanted(), "accepted", reviewer=ada.id, at=at)
        session.add(tables.Lesson(feedback=one, version=version.id))
        session.flush()
        feedback.decide(session, Wanted(), "accepted", reviewer=ada.id, at=at)
        assert feedback.decide(session, Wanted(), "rejected", reviewer=ada.id, at=at) == 0
        assert feedback.undecide(session, ada.id, at) == 0
        assert feedback.page(session, Wanted(used=True))[1] == 1
        assert feedback.page(session, Wanted(used=False))[1] == 0


def test_unjudged_answers_of_a_model_are_found_newest_first(database: Database) -> None:
    with database.write() as session:
        ada = a_user(session)
        version = a_version(session, ada.id)
        run, elsewhere = a_run(session, version, ada.id), a_run(session, version, ada.id, "other")
        model, other = a_model(session, run, ada.id), a_model(session, run, ada.id, "Another")
        by_run, by_name, judged = (asked(session, run, ada.id, each) for each in (None, model, model))
        asked(session, run, ada.id, other)
        asked(session, elsewhere, ada.id)
        said(session, ada, run, prediction=judged, model=model.id)
        assert [each.id for each in predictions.unjudged(session, model.id, limit=9)] == [by_name, by_run]
        assert len(predictions.unjudged(session, model.id, limit=1)) == 1


def test_erased_model_leaves_what_was_said_to_the_run(database: Database) -> None:
    with database.write() as session:
        ada, bob = a_user(session), a_user(session, "Bob")
        run = a_run(session, a_version(session, ada.id), ada.id)
        model = a_model(session, run, bob.id)
        one = said(session, bob, run, prediction=asked(session, run, bob.id, model), model=model.id)
        models.erase(session, model.id)
    with database.read() as session:
        assert kept(session, one).model is None
        assert users.owner_of(session, "feedback", one) == ada.id
