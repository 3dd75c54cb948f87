"""Improvements, on every database: what waits, each step once, and when a rule wants one begun."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database
from storage.queries import datasets, feedback, improvements, jobs, models, runs, watching
from storage.queries.improvements import Due, Waiting
from storage.queries.judged import judged
from storage.records import Improvement, Model, Run, Version
from storage.tables import now
from tests.storage.rows import a_model, a_run, a_user, a_version


def a_place(session: Session) -> tuple[Version, Run, Model]:
    """A model whose only version learned from version 1 of a data set."""
    ada = a_user(session)
    version = a_version(session, ada.id)
    run = a_run(session, version, ada.id)
    return version, run, a_model(session, run, ada.id)


def answered(session: Session, run: Run, number: int) -> int:
    """An answer; its id."""
    made = tables.Prediction(
        owner=run.owner, run=run.id, predictor="model", bundle_hash="h", source="page", row={"x": number},
        answer={"answer": "no"},
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.id


def accept(session: Session, run: Run, model: Model | None, number: int, verdict: str = "wrong") -> int:
    """A piece of accepted feedback; its id."""
    row = tables.Feedback(
        owner=run.owner, run=run.id, model=model.id if model else None, prediction=answered(session, run, number),
        row={"x": number}, answer={"answer": "no"}, verdict=verdict, correct="yes", accepted="yes", bundle_hash="h",
        review="accepted", reviewed_at=now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def learned_by(session: Session, run: Run) -> Version:
    version = datasets.version(session, run.version)
    assert version is not None
    return version


def begin(session: Session, run: Run, model: Model) -> Improvement:
    learned = learned_by(session, run)
    begun = improvements.begin(session, model, learned, model.owner, started_by="person", from_weights=False)
    assert begun is not None
    return begun


def gathered(session: Session, begun: Improvement, first: int) -> Version:
    """The version of an improvement that is over."""
    made = of(session, begun)
    improvements.number_rows(session, made, first)
    datasets.ready(session, made.id, table_key=f"t{made.number}")
    improvements.step(session, begun.id, "gathering", status="finished", finished=now())
    return made


def of(session: Session, improvement: Improvement) -> Version:
    version = datasets.version(session, improvement.version or 0)
    assert version is not None
    return version


def test_what_waits_is_taken_once_and_gets_ids_for_ever(database: Database) -> None:
    with database.write() as session:
        version, run, model = a_place(session)
        accept(session, run, model, 1)
        accept(session, run, None, 2, "right")  # through the run's page
        rejected = session.get_one(tables.Feedback, accept(session, run, model, 3))
        rejected.review = "rejected"
        assert improvements.waiting(session, model.id, version) == Waiting(2, 1)
        made = of(session, begin(session, run, model))
        assert (made.parent, made.number, made.status) == (version.id, 2, "importing")
        for _ in range(2):  # a second attempt numbers nothing anew
            improvements.number_rows(session, made, 100)
        assert [(each.row_id, each.row["x"], each.answer) for each in improvements.taught(session, made.id)] == [
            (100, 1, "yes"), (101, 2, "yes"),
        ]  # fmt: skip
        assert improvements.waiting(session, model.id, version) == Waiting(2, 1), "production has not learned yet"
        assert improvements.waiting(session, model.id, made) == Waiting(0, 0)


def test_next_improvement_takes_what_production_lacks_with_the_same_ids(database: Database) -> None:
    with database.write() as session:
        version, run, model = a_place(session)
        accept(session, run, model, 1)
        gathered(session, begin(session, run, model), 10)
        accept(session, run, model, 2)
        second = of(session, begin(session, run, model))
        improvements.number_rows(session, second, 10)
        assert [each.row_id for each in improvements.taught(session, second.id)] == [10, 11]
        assert (second.parent, second.number) == (version.id, 3)


def test_only_one_is_under_way_for_a_model(database: Database) -> None:
    with database.write() as session:
        _version, run, model = a_place(session)
        accept(session, run, model, 1)
        begin(session, run, model)
        accept(session, run, model, 2)
    with pytest.raises(IntegrityError), database.write() as session:
        begin(session, run, model)


def test_nothing_begins_where_nothing_waits(database: Database) -> None:
    with database.write() as session:
        version, run, model = a_place(session)
        learned = learned_by(session, run)
        assert improvements.begin(session, model, learned, run.owner, started_by="person", from_weights=False) is None
        assert len(datasets.versions(session, version.dataset)) == 1


def test_feedback_of_a_version_that_was_never_made_waits_again(database: Database) -> None:
    with database.write() as session:
        version, run, model = a_place(session)
        accept(session, run, model, 1)
        begun = begin(session, run, model)
        job = jobs.add(session, "gather", "data", run.owner, version=begun.version)
        row = session.get_one(tables.Job, job.id)
        row.status, row.attempts = "running", 1
        jobs.end(session, job.id, 1, "failed", {"kind": "data", "text": "No.", "values": {}})
        session.expire_all()
        failed = improvements.get(session, begun.id)
        assert failed is not None
        assert (failed.status, failed.error) == ("failed", {"kind": "data", "text": "No.", "values": {}})
        assert of(session, begun).status == "failed"
        assert feedback.page(session, feedback.Wanted(used=True))[1] == 0
        assert improvements.waiting(session, model.id, version) == Waiting(1, 1)


def test_failed_gathering_leaves_what_an_earlier_one_made_of_the_same_feedback(database: Database) -> None:
    with database.write() as session:
        _version, run, model = a_place(session)
        said = accept(session, run, model, 1)
        first = gathered(session, begin(session, run, model), 10)
        accept(session, run, model, 2)
        second = begin(session, run, model)
        improvements.number_rows(session, of(session, second), 10)
        datasets.failed(session, second.version or 0, None)
        improvements.failed(session, None, version=second.version)
        assert [each.row_id for each in improvements.taught(session, first.id)] == [10]
        kept = feedback.get(session, said)
        assert kept is not None
        assert (kept.used_in, kept.used_row) == (first.id, 10)
        accept(session, run, model, 3)
        third = gathered(session, begin(session, run, model), 10)
        assert [(each.row_id, each.row["x"]) for each in improvements.taught(session, third.id)] == [
            (10, 1), (11, 2), (12, 3),
        ], "each keeps the id that it had, and no other row gets it"  # fmt: skip


def test_answers_that_nobody_judged_are_found_beside_those_that_were(database: Database) -> None:
    with database.write() as session:
        version, run, model = a_place(session)
        accept(session, run, model, 1)
        for number in range(2, 12):
            answered(session, run, number)
        accept(session, run, model, 12, "right")
        rejected = session.get_one(tables.Feedback, accept(session, run, model, 13))
        rejected.review = "rejected"
        accept(session, run, model, 14)
        answered(session, run, 15)  # after all that was judged
        answered(session, a_run(session, version, run.owner, "other"), 16)
        made = of(session, begin(session, run, model))
        improvements.number_rows(session, made, 100)
        found = judged(session, made.id, limit=5)
        assert (found.answers, found.wrong, found.right) == (14, 2, 1)
        assert found.wrong_rows == {100, 102}
        assert [each.row["x"] for each in found.silent] == [2, 4, 6, 8, 10]


def test_two_models_each_learn_from_what_was_said_on_the_page_of_their_run(database: Database) -> None:
    with database.write() as session:
        _version, run, model = a_place(session)
        other = a_model(session, run, run.owner, "Another")
        accept(session, run, None, 1)
        watching.change(session, other.id, improve_after=1, improve_on_alarm=False)
        first = of(session, begin(session, run, model))
        assert improvements.due(session) == [Due(other.id, "corrections")], "what another learns from is new to it"
        both = [first, of(session, begin(session, run, other))]
        for made in reversed(both):
            improvements.number_rows(session, made, 10)
        assert [[each.row_id for each in improvements.taught(session, made.id)] for made in both] == [[10], [10]]
        assert improvements.waiting(session, model.id, both[1]) == Waiting(0, 0)


def test_refused_rule_waits_until_another_version_is_production(database: Database) -> None:
    with database.write() as session:
        _version, run, model = a_place(session)
        accept(session, run, model, 1)
        refusal = {"text": "No.", "values": {}, "production": 1}
        watching.change(session, model.id, improve_after=1, improve_on_alarm=False, refusal=refusal)
        assert improvements.due(session) == []
        watching.change(session, model.id, refusal=refusal | {"production": 2})
        assert improvements.due(session) == [Due(model.id, "corrections")]


def test_stopped_run_ends_its_improvement(database: Database) -> None:
    with database.write() as session:
        _version, run, model = a_place(session)
        accept(session, run, model, 1)
        begun = begin(session, run, model)
        learning = a_run(session, of(session, begun), run.owner, "again")
        assert improvements.step(session, begun.id, "gathering", status="training", run=learning.id)
        assert not improvements.step(session, begun.id, "gathering", status="training", run=learning.id)
        jobs.add(session, "train", "train", run.owner, run=learning.id)
        jobs.wish(session, learning.id, "stop")
        found = improvements.of_run(session, learning.id)
        assert found is not None
        assert (found.status, found.error) == ("failed", None)
        stopped = runs.get(session, learning.id)
        assert stopped is not None
        assert stopped.status == "stopped"


def test_rule_is_due_once_for_the_same_corrections(database: Database) -> None:
    with database.write() as session:
        _version, run, model = a_place(session)
        watching.change(session, model.id, improve_after=2, improve_on_alarm=False)
        accept(session, run, model, 1)
        accept(session, run, model, 2, "right")
        assert improvements.due(session) == [], "one correction is not two"
        accept(session, run, model, 3)
        assert improvements.due(session) == [Due(model.id, "corrections")]
        begun = begin(session, run, model)
        assert improvements.due(session) == [], "one is under way"
        improvements.failed(session, None, version=begun.version)
        assert improvements.due(session) == [], "what failed is not begun again and again"
        for number in (4, 5):
            accept(session, run, model, number)
        assert improvements.due(session) == [Due(model.id, "corrections")]
        models.trash(session, model.id)
        assert improvements.due(session) == []


def test_alarm_makes_a_rule_due_when_there_is_something_to_learn(database: Database) -> None:
    with database.write() as session:
        _version, run, model = a_place(session)
        watching.change(session, model.id, improve_after=None, improve_on_alarm=True)
        values = {"kind": "drift", "column": None, "text": "t", "values": {}, "value": 1.0, "threshold": 0.5, "rows": 9}
        watching.add_alarm(session, model.id, **values | {"kind": "latency"})
        alarm = watching.add_alarm(session, model.id, **values)
        assert improvements.due(session) == []
        accept(session, run, model, 1, "right")
        assert improvements.due(session) == [Due(model.id, "alarm")]
        watching.change_alarms(session, [alarm], closed=now())
        assert improvements.due(session) == [], "slow answers are not mended by learning"
