"""How long a process was silent, whatever clocks do; what is kept of what processes say."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.work import detached
from services.work.detached import open_log
from services.work.launchers import Slot, Work
from storage.queries import jobs
from storage.records import Job
from tests.services.place import Place


@pytest.fixture
def job(place: Place) -> Job:
    with place.home.database.write() as session:
        return jobs.add(session, "watch", "data", place.owner)


@pytest.fixture
def work(job: Job, tmp_path: Path) -> Iterator[Work]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield Work(job, Slot("data", 0), process, tmp_path / "log", tmp_path / "sign")
    process.kill()
    process.wait()


def test_clock_that_was_set_makes_nobody_silent(work: Work) -> None:
    work.sign.touch()
    assert work.silent() < 1
    for at in (time.time() - 600, time.time() + 600):  # as a sign looks once the clock was set, or after a night
        os.utime(work.sign, (at, at))
        assert work.silent() < 1
    time.sleep(0.2)
    assert work.silent() >= 0.2, "nothing new was seen meanwhile"


def test_log_that_has_grown_large_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detached, "LOG_BYTES", 10)
    for said in (b"the first of all", b"second", b", third"):
        with open_log(tmp_path / "starting.log") as log:
            log.write(said)
    assert (tmp_path / "starting.old.log").read_bytes() == b"the first of all"
    assert (tmp_path / "starting.log").read_bytes() == b"second, third"
