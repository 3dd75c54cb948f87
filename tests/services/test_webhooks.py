"""What tells alarms to other programs: once, in time, and to nobody who should not hear."""

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

from engine.errors import Forbidden, UserError
from services import checking, models, retention, watching, webhooks
from services.access import User
from services.house import House
from services.work import detached
from storage.records import Model, Run
from storage.tables import now
from tests.services.doing import imported, people, trained
from tests.services.in_use import answered, called
from tests.services.models_there import a_data_set, a_finished_run
from tests.services.watched_there import asked, lasting, model, plain, run, usual

pytestmark = pytest.mark.slow

__all__ = ["asked", "model", "plain", "run"]


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
