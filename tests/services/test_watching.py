"""Models in use: what drifts, fails, slows down or gets worse raises one alarm, which is told and ends by itself."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.errors import Forbidden, UserError
from services import checking, models, retention, watching, webhooks
from services.access import User
from services.house import House
from services.work import detached, queue
from storage import tables
from storage.queries import watching as kept
from storage.records import Json, Model, Run
from storage.tables import now
from tests.services.doing import imported, people, trained, work
from tests.services.in_use import answered, called, judged
from tests.services.models_there import a_data_set, a_finished_run

EARLIER = timedelta(hours=3)


@pytest.fixture
def run(home: House, ada: User) -> Run:
    """A finished run on `people`."""
    return trained(ada, imported(ada, people()))


@pytest.fixture
def model(ada: User, run: Run) -> Model:
    return models.create(ada, run.id, "Buyers")


@pytest.fixture
def plain(home: House, ada: User) -> Run:
    """A run that took no training: enough where no rows are looked at."""
    return a_finished_run(home, ada, a_data_set(home, ada), "a")


@pytest.fixture
def asked(ada: User, plain: Run) -> Model:
    """A model of it."""
    return models.create(ada, plain.id, "Quick")


def usual(rows: int, first: int = 7, **changed: Any) -> list[Json]:
    """Rows as those of training."""
    return [
        {"age": 20 + i * 37 % 60, "city": ("Rome", "Oslo", "北京")[i % 3], "visits": i * 7 % 13} | changed
        for i in range(first, first + rows)
    ]


def lasting(user: User, model: Model) -> list[tuple[str, str | None]]:
    return [(alarm.kind, alarm.column) for alarm in watching.alarms(user, model.id) if alarm.closed is None]


def drifted(user: User, model: Model) -> dict[str, str]:
    report = watching.monitored(user, model.id).report
    assert report is not None
    assert report.drift is not None
    return {column.name: column.change for column in report.drift.columns}


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


def test_another_version_begins_without_the_alarms_of_the_one_before(
    home: House, ada: User, run: Run, model: Model, receiver: Callable[..., str]
) -> None:
    watching.set_webhook(ada, model.id, receiver())
    answered(home, model, run, usual(150, age=77))
    checking.check(home, model.id)
    assert lasting(ada, model) == [("drift", "age")]
    second = trained(ada, imported(ada, people()), key="again")
    models.add_version(ada, model.id, second.id)
    models.promote(ada, model.id, 2, 1)
    answered(home, model, second, usual(10), version=2)
    checking.check(home, model.id)
    assert lasting(ada, model) == []
    answered(home, model, second, usual(150, age=77), version=2)
    checking.check(home, model.id)
    assert [alarm.closed is None for alarm in watching.alarms(ada, model.id)] == [True, False], "it is its own"
    assert [said["model"]["version"] for _path, said in Receiver.heard] == [1, 2]


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


class Receiver(BaseHTTPRequestHandler):
    """Takes what is posted; answers with the next of `statuses`. `hosts` are those that it was asked as.

    Some paths never come to an end: “/endless” with its body, “/dripping” with its headers.
    """

    heard: list[tuple[str, Any]] = []
    statuses: list[int] = []
    hosts: list[str | None] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, json.loads(body)))
        self.hosts.append(self.headers["Host"])
        status = self.statuses.pop(0) if self.statuses else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        if self.path == "/dripping":
            self.flush_headers()
            self._drip()
        self.end_headers()
        if self.path == "/endless":
            self._drip()

    def _drip(self) -> None:
        with suppress(OSError):  # until nobody listens any more
            while True:
                self.wfile.write(b"x")
                time.sleep(0.01)

    def log_message(self, *_: Any) -> None:
        """Silent."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """A program that is told: receiver(500, 200) answers so, and gives its address."""
    monkeypatch.setattr(webhooks, "RESTS", (0.0, 0.0))
    monkeypatch.setattr(Receiver, "heard", [])
    monkeypatch.setattr(Receiver, "hosts", [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def answering(*statuses: int) -> str:
        monkeypatch.setattr(Receiver, "statuses", list(statuses))
        return f"http://127.0.0.1:{server.server_port}/hook"

    yield answering
    server.shutdown()
    server.server_close()


def test_webhook_is_told_of_each_alarm_once(
    home: House, ada: User, run: Run, model: Model, receiver: Callable[..., str]
) -> None:
    watching.set_webhook(ada, model.id, receiver(503))
    answered(home, model, run, usual(150, age=77))
    checking.check(home, model.id)
    checking.check(home, model.id)
    assert [path for path, _said in Receiver.heard] == ["/hook", "/hook"], "busy at first, then it took it"
    said = Receiver.heard[1][1]
    assert said["model"] == {"id": model.id, "name": "Buyers", "version": 1}
    assert (said["alarm"]["kind"], said["alarm"]["column"], said["alarm"]["rows"]) == ("drift", "age", 150)
    assert said["text"].startswith("Buyers: In 100 % of the last 150 rows “age” is above")
    assert said["page"] == f"/monitoring?model={model.id}"


def test_webhook_is_told_when_an_alarm_is_over_for_good(
    home: House, ada: User, asked: Model, receiver: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    watching.set_webhook(ada, asked.id, receiver())
    called(home, asked, 100, status=503)
    checking.check(home, asked.id)
    called(home, asked, 100)
    checking.check(home, asked.id)
    assert len(Receiver.heard) == 1, "it may come back, and then it is the same one"
    much_later = now() + timedelta(hours=7)
    monkeypatch.setattr(checking, "now", lambda: much_later)
    checking.check(home, asked.id)
    checking.check(home, asked.id)
    assert [said["text"] for _path, said in Receiver.heard] == [
        "Quick: 100 of the last 100 requests failed.",
        "Quick: this is over: 100 of the last 100 requests failed.",
    ]
    begun, over = (said["alarm"] for _path, said in Receiver.heard)
    assert (begun["until"], over["id"]) == (None, begun["id"])
    assert over["until"] > over["since"]


def test_model_that_is_erased_while_it_is_told_ends_no_check(
    home: House, ada: User, plain: Run, asked: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = models.create(ada, a_finished_run(home, ada, a_data_set(home, ada), "b").id, "Other")
    watching.set_webhook(ada, asked.id, "http://127.0.0.1:9/")
    for each in (asked, other):
        called(home, each, 100, status=503)

    def erasing(*_: Any) -> None:
        retention.erase_model(home, asked.id)

    monkeypatch.setattr(webhooks, "tell", erasing)
    checking.carry_out_checks(home, lambda _share: None)
    assert lasting(ada, other) == [("errors", None)]


def test_webhook_that_is_down_is_told_by_a_later_check(
    home: House, ada: User, run: Run, model: Model, receiver: Callable[..., str]
) -> None:
    watching.set_webhook(ada, model.id, receiver(500, 500, 500))
    answered(home, model, run, usual(150, age=77))
    checking.check(home, model.id)
    assert len(Receiver.heard) == 3
    problem = watching.monitored(ada, model.id).problem
    assert str(problem) == "It answered with the HTTP status 500."
    checking.check(home, model.id)
    assert len(Receiver.heard) == 4
    assert watching.monitored(ada, model.id).problem is None


def test_log_of_a_job_holds_no_address_of_a_webhook(
    receiver: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    detached.begin_log()
    assert webhooks.tell(receiver(), {}, ()) is None
    assert "/hook" not in caplog.text


def test_webhook_follows_no_redirect_and_insists_on_no_refusal(receiver: Callable[..., str]) -> None:
    for status in (302, 404):
        Receiver.heard.clear()
        assert str(webhooks.tell(receiver(status), {}, (0.0,))) == f"It answered with the HTTP status {status}."
        assert [path for path, _said in Receiver.heard] == ["/hook"]


def test_webhook_that_never_ends_its_answer_holds_nobody(
    receiver: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = time.monotonic()
    assert webhooks.tell(receiver().replace("/hook", "/endless"), {}, ()) is None, "its status is all that is read"
    assert time.monotonic() - begun < webhooks.SECONDS / 2
    monkeypatch.setattr(webhooks, "SECONDS", 0.3)
    assert "TimeoutError" in str(webhooks.tell(receiver().replace("/hook", "/dripping"), {}, ()))
    assert time.monotonic() - begun < 2.5


def test_name_of_a_webhook_is_looked_up_once(receiver: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    url, real, asked = receiver().replace("127.0.0.1", "hook.test"), socket.getaddrinfo, []

    def looked_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1" if asked.count("hook.test") == 1 else "169.254.169.254", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    assert webhooks.tell(url, {}, ()) is None
    assert asked.count("hook.test") == 1, "a second answer could be another address than the one that was checked"
    assert Receiver.hosts == [url.split("/")[2]]


def test_addresses_where_clouds_keep_credentials_are_not_told() -> None:
    for host in ("169.254.169.254", "[::ffff:169.254.169.254]", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200"):
        assert "169.254.169.254" in str(webhooks.tell(f"http://{host}/latest/meta-data", {}, ())), host


def test_webhook_that_is_nowhere_is_a_sentence(ada: User, asked: Model, receiver: Callable[..., str]) -> None:
    assert "could not be reached" in str(webhooks.tell("http://127.0.0.1:9/", {}, (0.0,)))
    with pytest.raises(UserError, match="no address"):
        watching.try_webhook(ada, asked.id)
    watching.set_webhook(ada, asked.id, receiver(404))
    with pytest.raises(UserError, match="404"):
        watching.try_webhook(ada, asked.id)
    watching.try_webhook(ada, asked.id)
    assert Receiver.heard[-1][1]["alarm"] is None


def test_address_must_be_one_that_can_be_told(ada: User, asked: Model) -> None:
    bad = (
        "ftp://x.org",
        "file:///etc/passwd",
        "x.org/hook",
        "http://",
        "https://a:b@x.org",
        "https://:b@x.org",
        "http://[",
        "http://" + "x" * 600,
    )
    for written in bad:
        with pytest.raises(UserError, match="not an address"):
            watching.set_webhook(ada, asked.id, written)


def test_only_the_owner_chooses_who_is_told(ada: User, ben: User, asked: Model) -> None:
    with pytest.raises(Forbidden):
        watching.set_webhook(ben, asked.id, "https://x.org")
    watching.set_webhook(ada, asked.id, " https://x.org/hook ")
    watched = watching.monitored(ben, asked.id).watch
    assert watched is not None
    assert watched.webhook == "https://x.org/hook"
    watching.set_webhook(ada, asked.id, " ")
    emptied = watching.monitored(ben, asked.id).watch
    assert emptied is not None
    assert emptied.webhook is None


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
