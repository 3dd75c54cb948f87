"""Runs in real processes: they survive the server, are stopped, finished early, killed; their ends are told apart."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from engine.events import Wish
from engine.models import GradientBoosting
from engine.recipe import Input
from services.work import life, queue
from services.work.detached import SOURCE, SUPERVISOR
from services.work.launchers import LocalProcesses, Slot
from services.work.supervisor import Supervisor
from storage.queries import jobs, progress, runs
from storage.tables import Job, now
from tests.services.place import Place, endless, is_gone, recipe, wait_for

pytestmark = pytest.mark.slow


def ask(place: Place, run: int, wish: Wish) -> None:
    with place.home.database.write() as session:
        assert queue.ask(session, run, wish)


def test_run_is_carried_out_while_servers_come_and_go(place: Place) -> None:
    server = "from services import work; work.ensure_supervisor()"
    run = place.start(place.version(), recipe())
    pids = []
    for _ in range(2):
        subprocess.run([sys.executable, "-c", server], cwd=SOURCE, env={**os.environ}, check=True)
        wait_for(lambda: SUPERVISOR.pid(place.folder) is not None)
        pids.append(SUPERVISOR.pid(place.folder))
    done = place.wait(run, "finished", "failed", "stopped")
    assert pids[0] == pids[1]
    assert done.status == "finished", done.error
    assert done.bundle_key is not None
    assert (place.home.files.path(done.bundle_key) / "manifest.json").exists()
    assert done.value is not None
    assert done.guess is not None
    assert done.value > done.guess
    assert done.device == {"text": "CPU, because this method does not use a GPU.", "values": {}}
    assert not list((place.folder / "work" / "runs").glob("*"))


def test_running_run_stops_soon(place: Place) -> None:
    run = place.start(place.version(), endless())
    worker = place.worker()
    wait_for(lambda: place.run(run).stage == "training")
    ask(place, run, Wish.STOP)
    asked = time.monotonic()
    place.wait(run, "stopped")
    assert time.monotonic() - asked < 20, "about a second on a quiet machine; left alone it would go on for minutes"
    assert is_gone(worker)


def test_run_that_is_to_finish_keeps_its_best_model(place: Place) -> None:
    run = place.start(place.version(), endless())
    place.supervisor()
    wait_for(lambda: place.run(run).stage == "training")
    ask(place, run, Wish.FINISH)
    done = place.wait(run, "finished", "failed", "stopped")
    assert (done.status, done.error) == ("finished", None)


def test_trashed_run_is_stopped(place: Place) -> None:
    run = place.start(place.version(), endless())
    worker = place.worker()
    with place.home.database.write() as session:
        runs.change(session, [run], trashed_at=now())
    assert place.wait(run, "stopped").trashed_at is not None
    assert is_gone(worker)


def test_killed_job_is_tried_again(place: Place) -> None:
    run = place.start(place.version(), recipe())
    place.worker().kill()
    done = place.wait(run, "finished", "failed")
    assert (done.status, done.attempt) == ("finished", 2)


def test_job_killed_each_time_fails_and_says_who_can_mend_it(place: Place) -> None:
    run = place.start(place.version(), endless())
    place.supervisor()
    for attempt in (1, 2, 3):
        wait_for(lambda attempt=attempt: place.run(run).attempt == attempt)
        place.worker().kill()
    failed = place.wait(run, "failed")
    assert failed.error is not None
    assert failed.error["kind"] == "killed"
    assert (
        failed.error["text"]
        .format(**failed.error["values"])
        .startswith("The work was ended from outside, 3 times (signal SIGKILL).")
    )


def test_killed_supervisor_takes_its_job_along_and_the_next_goes_on(place: Place) -> None:
    run = place.start(place.version(), recipe())
    worker = place.worker()
    place.kill_supervisor()
    killed = time.monotonic()
    wait_for(lambda: is_gone(worker), 5)
    place.supervisor()
    wait_for(lambda: place.run(run).attempt == 2)
    assert time.monotonic() - killed < 30, "about 6 s on a quiet machine"
    assert place.wait(run, "finished", "failed").status == "finished"


def test_silent_job_is_ended_as_hung(place: Place) -> None:
    run = place.start(place.version(), endless())
    with place.home.database.write() as session:
        session.get_one(Job, 1).max_attempts = 1
    supervisor = Supervisor(place.home, (Slot("train", 0),), LocalProcesses(place.folder, spare=False))

    def is_training() -> bool:
        supervisor.tick()
        return place.run(run).stage == "training"

    wait_for(is_training)
    supervisor.works[0].process.send_signal(signal.SIGSTOP)
    supervisor.hang = 2.0

    def has_failed() -> bool:
        supervisor.tick()
        return place.run(run).status == "failed"

    wait_for(has_failed, 15)
    assert (place.run(run).error or {})["kind"] == "hung"
    supervisor.close()


def test_refused_process_is_asked_for_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    run = place.start(place.version(), recipe())
    supervisor = Supervisor(place.home, (Slot("train", 0),), LocalProcesses(place.folder, spare=False))
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", str(place.folder / "no python here"))
        supervisor.tick()
    assert (place.run(run).status, place.run(run).attempt, supervisor.works) == ("queued", 1, [])
    supervisor.tick()
    assert supervisor.works == [], "it waits a while"
    supervisor._rest_until = 0.0
    supervisor.tick()
    assert (place.run(run).status, place.run(run).attempt, len(supervisor.works)) == ("running", 2, 1)
    supervisor.close()


def test_process_refused_each_time_fails_the_run_with_words(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    run = place.start(place.version(), recipe())
    supervisor = Supervisor(place.home, (Slot("train", 0),), LocalProcesses(place.folder, spare=False))
    monkeypatch.setattr("services.work.supervisor.REST", 0.0)
    monkeypatch.setattr(sys, "executable", str(place.folder / "no python here"))
    for _ in range(3):
        supervisor.tick()
    failed = place.run(run)
    assert (failed.status, failed.attempt) == ("failed", 3)
    assert failed.error is not None
    assert (
        failed.error["text"]
        .format(**failed.error["values"])
        .startswith("This machine could not start a process for the work, 3 times (No such file or directory).")
    )


def test_data_that_cannot_be_learned_from_fails_with_the_engines_words(place: Place) -> None:
    version = place.version()
    run = place.start(version, recipe(inputs=(Input(name="missing", kind="number"),)))
    place.supervisor()
    failed = place.wait(run, "failed")
    assert failed.error is not None
    assert failed.error["kind"] == "data"
    assert failed.error["values"]["name"] == "missing"
    assert failed.attempt == 1


def test_bug_fails_with_a_reference_that_the_log_has(place: Place) -> None:
    version = place.version()
    run = place.start(version, recipe())
    assert version.table_key is not None
    place.home.files.path(version.table_key).write_bytes(b"no table")
    place.supervisor()
    failed = place.wait(run, "failed")
    assert failed.error is not None
    assert failed.error["kind"] == "bug"
    log = place.folder / "logs" / failed.error["values"]["log"]
    assert f"Reference {failed.error['values']['reference']}" in log.read_text()


def test_ended_supervisor_gives_its_job_back_uncounted(place: Place) -> None:
    run = place.start(place.version(), endless())
    worker = place.worker()
    place.supervisor().terminate()
    place.wait(run, "queued")
    wait_for(lambda: is_gone(worker), 5)
    with place.home.database.read() as session:
        job = jobs.latest(session, run=run)
    assert job is not None
    assert job.max_attempts - job.attempts == 3


def test_supervisor_ends_with_its_data_folder(place: Place) -> None:
    supervisor = place.supervisor()
    place.home.database.close()
    shutil.rmtree(place.folder)
    supervisor.wait(20)
    assert not place.folder.exists(), "it made nothing anew"


def test_only_one_supervisor_lives(place: Place) -> None:
    first = place.supervisor()
    second = subprocess.run(
        [sys.executable, "-m", SUPERVISOR.module], cwd=SOURCE, env={**os.environ}, timeout=60, check=True
    )
    assert second.returncode == 0
    assert SUPERVISOR.pid(place.folder) == first.pid


def test_idle_supervisor_hardly_uses_the_processor(place: Place) -> None:
    supervisor = place.supervisor()
    time.sleep(1.0)
    before = supervisor.cpu_times()
    time.sleep(3.0)
    after = supervisor.cpu_times()
    assert (after.user + after.system) - (before.user + before.system) < 0.3


def test_retried_run_forgets_the_curve_of_its_first_try(place: Place) -> None:
    version = place.version()
    run = place.start(version, recipe(model=GradientBoosting(trees=5)))
    place.supervisor()
    place.wait(run, "finished")
    with place.home.database.write() as session:
        found = runs.get(session, run)
        assert found is not None
        queue.train(session, found)
        runs.change(session, [run], status="queued")
    wait_for(lambda: place.run(run).attempt == 2)
    assert place.wait(run, "finished").attempt == 2
    with place.home.database.read() as session:
        texts = [note.text for note in progress.notes(session, run)]
    assert len(texts) == len(set(texts))


def test_processes_give_way_to_the_pages(place: Place) -> None:
    place.start(place.version(), endless())
    worker = place.worker()
    wait_for(lambda: worker.nice() != psutil.Process().nice())
    assert worker.nice() == psutil.Process().nice() + life.NICE
