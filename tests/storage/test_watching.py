"""Traffic, answers and judgements counted on every database; models that are due for a check; alarms in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from storage import tables
from storage.database import Database
from storage.queries import jobs, models, traffic, watching
from storage.queries.traffic import Span, Traffic
from storage.records import Model, Run
from tests.storage.rows import a_model, a_run, a_user, a_version

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def asked(database: Database) -> tuple[Model, Run]:
    """A model, and nobody asked it yet."""
    with database.write() as session:
        user = a_user(session)
        run = a_run(session, a_version(session, user.id), user.id)
        return a_model(session, run, user.id), run


def call(database: Database, model: Model, at: datetime, **values: Any) -> None:
    usual = {"version": 1, "source": "api", "kind": "predict", "status": 200, "rows": 1, "milliseconds": 10.0}
    with database.write() as session:
        session.add(tables.Call(model=model.id, created=at, **(usual | values)))


def predict(database: Database, model: Model, run: Run, at: datetime, answer: Any, **values: Any) -> int:
    with database.write() as session:
        row = tables.Prediction(
            owner=model.owner, run=run.id, predictor="model", bundle_hash="", source="api", row={"x": answer},
            answer={"answer": answer}, model=model.id, created=at, **({"version": 1} | values),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def judge(database: Database, model: Model, run: Run, prediction: int, **values: Any) -> None:
    usual = {"verdict": "wrong", "correct": None, "row": {}, "answer": {"answer": "no"}, "bundle_hash": ""}
    with database.write() as session:
        session.add(
            tables.Feedback(owner=model.owner, run=run.id, model=model.id, prediction=prediction, **(usual | values))
        )


def test_requests_are_counted_by_part_with_how_long_they_took(database: Database, asked: tuple[Model, Run]) -> None:
    model, _run = asked
    for i in range(100):
        call(database, model, NOON + timedelta(seconds=i), milliseconds=100.0 - i, rows=2)
    call(database, model, NOON + HOUR, status=500, problem="serving", milliseconds=7.0)
    call(database, model, NOON + HOUR, status=422, problem="bad-row", milliseconds=1.0, version=2)
    call(database, model, NOON - HOUR)
    span = Span(NOON, 3600)
    noon = int(NOON.timestamp()) // 3600
    with database.read() as session:
        found = traffic.requests(session, model.id, span)
        total = traffic.totals(session, [model.id, 99], NOON)
        problems = traffic.problems(session, model.id, NOON)
        last = traffic.last_calls(session, model.id, NOON, 3)
    assert found.parts == {
        noon: Traffic(calls=100, rows=200, refused=0, failed=0, half=50.0, most=95.0),
        noon + 1: Traffic(calls=2, rows=2, refused=1, failed=1, half=None, most=None),
    }
    assert found.total == Traffic(calls=102, rows=202, refused=1, failed=1, half=50.0, most=95.0)
    assert total == {model.id: found.total}
    assert {number: counted.calls for number, counted in found.versions.items()} == {1: 101, 2: 1}
    assert problems == [("bad-row", 422, 1), ("serving", 500, 1)]
    assert last == [(422, 1.0), (500, 7.0), (200, 1.0)]


def test_usual_requests_are_of_all_the_time_however_many_there_were(
    database: Database, asked: tuple[Model, Run]
) -> None:
    model, _run = asked
    for i in range(8):
        call(database, model, NOON + i * HOUR / 60, milliseconds=float(i))
    call(database, model, NOON + 2.5 * HOUR, milliseconds=50.0)
    call(database, model, NOON + 3.5 * HOUR, milliseconds=99.0)
    with database.read() as session:
        found = traffic.usual_calls(session, model.id, NOON, NOON + 3 * HOUR, parts=3, each=2)
    assert found == [7.0, 6.0, 50.0]


def test_days_are_those_of_the_readers_clock(database: Database, asked: tuple[Model, Run]) -> None:
    model, _run = asked
    call(database, model, datetime(2026, 11, 19, 15, 59, 59, tzinfo=UTC))
    call(database, model, datetime(2026, 11, 19, 16, 0, 1, tzinfo=UTC))  # midnight in Beijing
    with database.read() as session:
        assert len(traffic.requests(session, model.id, Span(NOON - 24 * HOUR, 86_400)).parts) == 1
        found = traffic.requests(session, model.id, Span(NOON - 24 * HOUR, 86_400, offset=8 * 3600))
    assert [counted.calls for _part, counted in sorted(found.parts.items())] == [1, 1]


def test_durations_are_told_to_two_digits(database: Database, asked: tuple[Model, Run]) -> None:
    model, _run = asked
    for i, milliseconds in enumerate((0.04, 3.14159, 27.18, 141.42, 1_732.0)):
        call(database, model, NOON + i * HOUR, milliseconds=milliseconds)
    with database.read() as session:
        found = traffic.requests(session, model.id, Span(NOON, 3600))
    assert [counted.half for _part, counted in sorted(found.parts.items())] == [0.0, 3.1, 27.0, 140.0, 1_700.0]


def test_answers_are_counted_and_numbers_averaged(database: Database, asked: tuple[Model, Run]) -> None:
    model, run = asked
    for answer in ("yes", "no", "中文 “x”", "yes"):
        predict(database, model, run, NOON, answer)
    with database.read() as session:
        (found,) = traffic.answers(session, model.id, Span(NOON, 3600), number=False).values()
    assert (found.counts, found.rows) == ({"yes": 2, "no": 1, "中文 “x”": 1}, 4)
    for number in (1.5, 2.5):
        predict(database, model, run, NOON + HOUR, number)
    with database.read() as session:
        (found,) = traffic.answers(session, model.id, Span(NOON + HOUR, 3600), number=True).values()
    assert (found.mean, found.rows) == (2.0, 2)


def test_rows_of_a_version_come_newest_first(database: Database, asked: tuple[Model, Run]) -> None:
    model, run = asked
    ids = [predict(database, model, run, NOON + i * HOUR, i) for i in range(4)]
    predict(database, model, run, NOON + 9 * HOUR, 9, version=2)
    with database.read() as session:
        found = traffic.asked(session, model.id, 1, NOON + HOUR, 2, of_one=9)
        assert traffic.answered(session, model.id, NOON, after=ids[1]) == 3
        assert traffic.answered(session, model.id, NOON, version=1, after=ids[1]) == 2
        nothing = traffic.asked(session, model.id, 7, NOON, 2, of_one=9)
    assert (found.rows, found.last) == ([{"x": 3}, {"x": 2}], ids[3])
    assert (nothing.rows, nothing.last) == ([], 0)


def test_one_request_is_not_all_that_was_asked(database: Database, asked: tuple[Model, Run]) -> None:
    model, run = asked
    first = predict(database, model, run, NOON, 0)
    for i in range(1, 6):
        predict(database, model, run, NOON + HOUR, i)
    with database.read() as session:
        found = traffic.asked(session, model.id, 1, NOON, 4, of_one=2)
    assert (found.rows, found.last) == ([{"x": 5}, {"x": 4}, {"x": 0}], first + 5)


def test_what_was_said_counts_as_its_review_has_it(database: Database, asked: tuple[Model, Run]) -> None:
    model, run = asked
    said: list[dict[str, Any]] = [
        {"verdict": "right", "correct": "no"},
        {"correct": "yes"},
        {},
        {"correct": "yes", "review": "accepted", "accepted": "no"},  # the reviewer disagreed
        {"correct": "yes", "review": "rejected"},
    ]
    for i, each in enumerate(said):
        judge(database, model, run, predict(database, model, run, NOON + i * HOUR, "no"), **each)
    with database.read() as session:
        found = traffic.judged(session, model.id, NOON, 10)
        counted = traffic.judgements(session, [model.id], NOON)
    assert [(each.right, each.truth) for each in found] == [(True, "no"), (False, None), (False, "yes"), (True, "no")]
    assert found[0].at == NOON + 3 * HOUR
    assert counted == {model.id: (4, 2)}


def test_models_with_news_are_due_the_longest_unchecked_first(database: Database, asked: tuple[Model, Run]) -> None:
    model, run = asked

    def due(before: datetime = NOON) -> list[int]:
        with database.read() as session:
            return watching.due(session, before)

    assert due() == []
    call(database, model, NOON - HOUR)
    assert due() == [model.id]
    with database.write() as session:
        watching.change(session, model.id, checked_at=NOON - HOUR / 2)
    assert due() == []
    judge(database, model, run, predict(database, model, run, NOON - 2 * HOUR, "no"), created=NOON)
    assert due() == [model.id]
    assert due(NOON - HOUR) == [], "it was checked a moment ago"
    with database.write() as session:
        other = a_model(session, run, model.owner, "Other")
        watching.change(session, other.id, webhook="http://x")
    call(database, other, NOON)
    assert due() == [other.id, model.id]
    with database.write() as session:
        models.trash(session, other.id)
    assert due() == [model.id]


def test_alarms_go_with_their_model_and_open_ones_come_first(database: Database, asked: tuple[Model, Run]) -> None:
    model, _run = asked
    about = {"kind": "drift", "text": "…", "values": {"n": 1}, "value": 1.0, "threshold": 0.2, "rows": 100}
    with database.write() as session:
        first, second, third = (
            watching.add_alarm(session, model.id, column=name, created=NOON, **about) for name in "abc"
        )
        watching.change_alarms(session, [first], closed=NOON)
        watching.change_alarms(session, [second], closed=NOON + HOUR)
        watching.change_alarms(session, [third], told=NOON)
    with database.read() as session:
        assert [alarm.id for alarm in watching.alarms(session, model.id)] == [third, second, first]
        assert [alarm.column for alarm in watching.open_alarms(session, owner=model.owner)] == ["c"]
        assert watching.open_alarms(session, owner=99) == []
        assert [alarm.id for alarm in watching.closed_since(session, model.id, NOON)] == [second]
        assert watching.untold(session, model.id, NOON - HOUR) == []
    with database.write() as session:
        models.erase(session, model.id)
        assert watching.alarms(session, model.id) == []


def test_models_with_alarms_come_first_on_all_pages(database: Database, asked: tuple[Model, Run]) -> None:
    model, run = asked
    about = {"kind": "errors", "column": None, "text": "…", "values": {}, "value": 1.0, "threshold": 0.2, "rows": 100}
    with database.write() as session:
        newer = a_model(session, run, model.owner, "Newer")
        watching.add_alarm(session, model.id, **about)
        over = watching.add_alarm(session, newer.id, **about)
        watching.change_alarms(session, [over], closed=NOON)
    with database.read() as session:
        pages = [models.page(session, sort="alarmed", limit=1, offset=i)[0][0].model.id for i in range(2)]
    assert pages == [model.id, newer.id]


def test_watch_is_made_once(database: Database, asked: tuple[Model, Run]) -> None:
    model, _run = asked
    with database.write() as session:
        watching.change(session, model.id, webhook="http://x")
        watching.change(session, model.id, improve_after=5)
    with database.read() as session:
        found = watching.watch(session, model.id)
        assert watching.watch(session, 99) is None
    assert found is not None
    assert (found.webhook, found.improve_after, found.improve_on_alarm, found.report) == ("http://x", 5, False, None)
    with pytest.raises(IntegrityError), database.write() as session:
        watching.change(session, 99, webhook="http://x")


def test_jobs_of_a_kind_are_forgotten_when_they_are_over(database: Database, asked: tuple[Model, Run]) -> None:
    model, _run = asked
    with database.write() as session:
        done = jobs.add(session, "watch", "data", model.owner)
        claimed = jobs.claim(session, "data", "me", timedelta(minutes=1))
        assert jobs.under_way(session, "watch")
        assert claimed is not None
        jobs.end(session, done.id, claimed.attempts, "done")
        assert not jobs.under_way(session, "watch")
        jobs.add(session, "watch", "data", model.owner)
        jobs.forget(session, "watch")
        assert jobs.get(session, done.id) is None
        assert jobs.under_way(session, "watch")
