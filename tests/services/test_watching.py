"""Models in use: what drifts, fails, slows down or gets worse raises one alarm, which is told and ends by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services import checking, models, retention, watching
from services.access import User
from services.house import House
from services.work import queue
from storage import tables
from storage.queries import watching as kept
from storage.records import Model, Run
from storage.tables import now
from tests.services.doing import imported, people, trained, work
from tests.services.in_use import answered, called, judged
from tests.services.models_there import a_data_set, a_finished_run
from tests.services.watched_there import asked, drifted, lasting, model, plain, run, usual

pytestmark = pytest.mark.slow

__all__ = ["asked", "model", "plain", "run"]

EARLIER = timedelta(hours=3)


def test_usual_rows_raise_no_alarm(home: House, ada: User, run: Run, model: Model) -> None:
    answered(home, model, run, usual(300))
    checking.check(home, model.id)
    assert drifted(ada, model) == {"age": "same", "city": "same", "visits": "same"}
    assert lasting(ada, model) == []
    assert watching.monitored(ada, model.id).health.state == "good"


def test_drift_is_one_alarm_until_it_is_over(home: House, ada: User, run: Run, model: Model) -> None:
    answered(home, model, run, usual(150, age=77, city="Paris"))
    checking.check(home, model.id)
    assert sorted(lasting(ada, model)) == [("drift", "age"), ("drift", "city")]
    first = {alarm.column: alarm for alarm in watching.alarms(ada, model.id)}
    assert first["city"].rows == 150
    assert "“Paris”" in first["city"].text.format(**first["city"].values)
    assert watching.monitored(ada, model.id).health.state == "alarm"
    assert {alarm.id for alarm in watching.my_alarms(ada)} == {alarm.id for alarm in first.values()}

    answered(home, model, run, usual(60, age=77, city="Paris"))
    checking.check(home, model.id)
    again = {alarm.column: alarm for alarm in watching.alarms(ada, model.id)}
    assert again["age"].id == first["age"].id
    assert (again["age"].created, again["age"].rows) == (first["age"].created, 210)

    answered(home, model, run, usual(checking.MOST_ROWS))
    checking.check(home, model.id)
    assert lasting(ada, model) == []
    assert all(alarm.closed is not None for alarm in watching.alarms(ada, model.id))

    answered(home, model, run, usual(checking.MOST_ROWS, age=77))
    checking.check(home, model.id)
    back = [alarm for alarm in watching.alarms(ada, model.id) if alarm.closed is None]
    assert [alarm.id for alarm in back] == [first["age"].id], "it came back within hours: it is the same one"


def test_few_rows_neither_raise_nor_end_an_alarm(home: House, ada: User, run: Run, model: Model) -> None:
    answered(home, model, run, usual(99, age=77))
    checking.check(home, model.id)
    assert lasting(ada, model) == []
    with home.database.write() as session:
        about = {"kind": "errors", "text": "…", "values": {}, "value": 1.0, "threshold": 0.1, "rows": 60}
        kept.add_alarm(session, model.id, column=None, **about)
    called(home, model, 20)
    checking.check(home, model.id)
    assert lasting(ada, model) == [("errors", None)]


def test_drift_is_looked_at_again_after_enough_new_rows(home: House, ada: User, run: Run, model: Model) -> None:
    answered(home, model, run, usual(200))
    checking.check(home, model.id)
    first = watching.monitored(ada, model.id).report
    answered(home, model, run, usual(checking.LOOK_AGAIN - 1))
    checking.check(home, model.id)
    assert watching.monitored(ada, model.id).report == first
    answered(home, model, run, usual(1))
    checking.check(home, model.id)
    second = watching.monitored(ada, model.id).report
    assert second is not None
    assert second.drift is not None
    assert second.drift.rows == 200 + checking.LOOK_AGAIN


def test_bundle_of_an_earlier_loam_cannot_tell_drift(home: House, ada: User, run: Run, model: Model) -> None:
    (home.files.path(run.bundle_key or "") / "reference.json").unlink()
    answered(home, model, run, usual(200, age=77))
    checking.check(home, model.id)
    report = watching.monitored(ada, model.id).report
    assert report is not None
    assert report.drift is None
    assert report.note is not None
    assert "drift cannot be told" in report.note.text
    assert lasting(ada, model) == []


def test_failing_requests_are_an_alarm_and_refused_ones_are_not(home: House, ada: User, asked: Model) -> None:
    called(home, asked, 60)
    called(home, asked, 40, status=422)
    checking.check(home, asked.id)
    assert lasting(ada, asked) == []
    called(home, asked, 10, status=503)
    checking.check(home, asked.id)
    (alarm,) = watching.alarms(ada, asked.id)
    assert (alarm.kind, alarm.rows, alarm.text.format(**alarm.values)) == (
        "errors", 100, "10 of the last 100 requests failed.",
    )  # fmt: skip
    called(home, asked, 100)
    checking.check(home, asked.id)
    assert lasting(ada, asked) == []


def test_slow_answers_are_an_alarm_beside_what_was_usual(home: House, ada: User, asked: Model) -> None:
    called(home, asked, 300, at=now() - EARLIER, milliseconds=20.0)
    called(home, asked, 60, milliseconds=300.0)
    checking.check(home, asked.id)
    assert lasting(ada, asked) == [], "slower than usual, but still quick"
    called(home, asked, 100, milliseconds=900.0)
    checking.check(home, asked.id)
    assert lasting(ada, asked) == [("latency", None)]


def test_slow_answers_under_steady_traffic_are_an_alarm_for_as_long_as_they_last(
    home: House, ada: User, asked: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate, begun = timedelta(seconds=5), now()

    def goes_on(hours: float, milliseconds: float) -> list[tuple[str, str | None]]:
        """What rings after so many hours more."""
        at = checking.now() + timedelta(hours=hours)
        called(home, asked, int(hours * 720), at=at, every=rate, milliseconds=milliseconds)
        monkeypatch.setattr(checking, "now", lambda: at)
        checking.check(home, asked.id)
        return lasting(ada, asked)

    monkeypatch.setattr(checking, "now", lambda: begun - timedelta(hours=10.5))
    assert goes_on(10, 50.0) == []
    assert goes_on(0.5, 2_000.0) == [("latency", None)]
    assert goes_on(11, 2_000.0) == [("latency", None)], "slow for longer than the usual was seen"
    assert goes_on(1, 50.0) == []


def test_worse_answers_of_a_new_version_are_an_alarm_however_many_the_one_before_gave(
    home: House, ada: User, plain: Run, asked: Model
) -> None:
    said = {"answer": "yes", "probability": 0.9}
    ids = answered(home, asked, plain, usual(900), answer=said, at=now() - EARLIER)
    judged(home, asked, plain, ids[:95], right=True)
    second = a_finished_run(home, ada, a_data_set(home, ada), "b")
    models.add_version(ada, asked.id, second.id)
    models.promote(ada, asked.id, 2, 1)
    ids = answered(home, asked, second, usual(100), answer=said, version=2)
    judged(home, asked, second, ids[:40], right=False, correct="no")
    judged(home, asked, second, ids[40:60], right=True)
    checking.check(home, asked.id)
    (alarm,) = watching.alarms(ada, asked.id)
    assert (alarm.kind, alarm.rows) == ("quality", 60)


def test_worse_answers_are_an_alarm_when_enough_of_them_were_judged(
    home: House, ada: User, plain: Run, asked: Model
) -> None:
    ids = answered(home, asked, plain, usual(600), answer={"answer": "yes", "probability": 0.9})
    judged(home, asked, plain, ids[:20], right=True)
    judged(home, asked, plain, ids[20:55], right=False, correct="no")
    checking.check(home, asked.id)
    assert lasting(ada, asked) == [], "under a tenth of the answers were judged: that says more of who judges"
    judged(home, asked, plain, ids[100:120], right=True)
    checking.check(home, asked.id)
    (alarm,) = watching.alarms(ada, asked.id)
    assert (alarm.kind, alarm.rows) == ("quality", 75)
    assert alarm.text.format(**alarm.values).startswith("Of 75 judged answers 53 in 100 were right")


def test_models_are_checked_in_a_job_that_is_asked_for_once(home: House, ada: User, run: Run, model: Model) -> None:
    def asked() -> bool:
        with home.database.write() as session:
            return queue.check(session) is not None

    assert not asked(), "nobody asked the model"
    broken = models.create(ada, trained(ada, imported(ada, people()), key="b").id, "Broken")
    called(home, broken, 1)
    with home.database.write() as session:
        kept.change(session, broken.id, report={"no": "report"})
    answered(home, model, run, usual(120, age=77))
    assert asked()
    assert not asked(), "one is under way"
    work()
    assert lasting(ada, model) == [("drift", "age")], "a model that cannot be checked keeps no other from it"
    assert not asked(), "all were checked a moment ago"
    assert watching.health(ada, [broken.id])[broken.id].checked_at is not None
    watching.check_now(ada, model.id)
    with home.database.read() as session:
        assert not queue.check_due(session), "its check is queued already"


def test_requests_that_no_period_shows_are_forgotten(
    home: House, ada: User, asked: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CALLS_AT_ONCE", 2)
    called(home, asked, 5, at=now() - timedelta(days=32))
    called(home, asked, 3, at=now() - timedelta(days=29))
    shown = watching.requests(ada, asked.id, "month")
    retention.sweep(home)
    with home.database.read() as session:
        assert session.scalar(select(func.count()).select_from(tables.Call)) == 3
    assert watching.requests(ada, asked.id, "month") == shown


def test_periods_are_whole_and_show_what_was_asked(home: House, ada: User, plain: Run, asked: Model) -> None:
    ids = answered(home, asked, plain, usual(30))
    judged(home, asked, plain, ids[:3], right=True)
    judged(home, asked, plain, ids[3:5], right=False, correct="no")
    called(home, asked, 3, at=now() - timedelta(days=2), status=500, problem="serving")
    for period, parts in (("day", 24), ("week", 28), ("month", 30)):
        view = watching.requests(ada, asked.id, period, offset=3600)  # type: ignore[arg-type]
        assert len(view.moments) in (parts, parts + 1)
        assert view.total.calls == sum(moment.traffic.calls for moment in view.moments)
        answers = watching.answers(ada, asked.id, period, offset=3600)  # type: ignore[arg-type]
        assert list(answers) == [moment.at for moment in view.moments]
        assert sum(each.rows for each in answers.values()) == 30
    assert watching.requests(ada, asked.id, "week").problems == (("serving", 500, 3),)
    assert watching.requests(ada, asked.id, "day").problems == ()
    quality = watching.quality(ada, asked.id).quality
    assert quality is not None
    assert (quality.rows, quality.metrics[0].value) == (5, 0.6)
    assert watching.quality(ada, asked.id).answered == 30
    (line,) = watching.overview(ada).lines
    assert (line.judged, line.right, line.health.traffic.rows) == (5, 3, 30)
