"""The queue: claimed once, extended, taken over, fenced. On SQLite and, where it is installed, PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database
from storage.queries import datasets, jobs, progress, runs, users
from storage.queries.jobs import Superseded
from storage.records import Job, Run

LEASE = timedelta(seconds=30)
OVER = timedelta(seconds=-1)


@pytest.fixture
def owner(database: Database) -> int:
    with database.write() as session:
        return users.add(session, "Ada", "ada").id


def add_run(session: Session, owner: int, key: str = "click") -> Job:
    dataset = tables.Dataset(owner=owner, name="data")
    session.add(dataset)
    session.flush()
    version = tables.Version(dataset=dataset.id, number=1)
    session.add(version)
    session.flush()
    run = runs.add(
        session, owner=owner, dataset=dataset.id, version=version.id, name="run", recipe={}, target="y",
        answer="binary", family="mlp", request_key=key,
    )  # fmt: skip
    return jobs.add(session, "train", "train", owner, run=run.id)


@pytest.fixture
def queued(database: Database, owner: int) -> Job:
    with database.write() as session:
        return add_run(session, owner)


def claim(database: Database, worker: str, lease: timedelta = LEASE) -> Job | None:
    with database.write() as session:
        return jobs.claim(session, "train", worker, lease)


def the_run(database: Database, job: Job) -> Run:
    with database.read() as session:
        run = runs.get(session, job.run or 0)
    assert run is not None
    return run


def test_job_is_claimed_once_and_its_run_is_running(database: Database, queued: Job) -> None:
    claimed = claim(database, "a")
    assert claimed is not None
    assert (claimed.id, claimed.attempts, claimed.worker) == (queued.id, 1, "a")
    assert claim(database, "b") is None
    assert the_run(database, queued).status == "running"


def claim_all(database: Database, worker: str) -> list[int]:
    taken = []
    while (job := claim(database, worker)) is not None:
        taken.append(job.id)
    return taken


CLAIMER = """
import json, sys
from storage.database import Database
from tests.storage.test_jobs import claim_all
print(json.dumps(claim_all(Database(sys.argv[1]), sys.argv[2])))
"""


@pytest.fixture
def forty(database: Database, owner: int) -> list[int]:
    with database.write() as session:
        return [add_run(session, owner, f"click {i}").id for i in range(40)]


def test_threads_never_claim_the_same_job(database: Database, forty: list[int]) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = [job for each in pool.map(lambda i: claim_all(database, f"w{i}"), range(4)) for job in each]
    assert sorted(taken) == forty


@pytest.mark.slow
def test_processes_never_claim_the_same_job(database: Database, forty: list[int]) -> None:
    root = Path(__file__).parents[2]
    processes = [
        subprocess.Popen([sys.executable, "-c", CLAIMER, database.url, f"p{i}"], cwd=root, stdout=subprocess.PIPE)
        for i in range(2)
    ]
    taken = [job for process in processes for job in json.loads(process.communicate(timeout=60)[0])]
    assert sorted(taken) == forty


def test_job_is_taken_over_once_its_lease_is_over(database: Database, queued: Job) -> None:
    claim(database, "a", OVER)
    assert claim(database, "a") is None, "a worker does not take over from itself"
    again = claim(database, "b")
    assert again is not None
    assert again.attempts == 2


def test_extended_lease_keeps_the_job(database: Database, queued: Job) -> None:
    claim(database, "a", OVER)
    with database.write() as session:
        jobs.extend(session, "a", LEASE)
    assert claim(database, "b") is None


def test_stale_attempt_can_write_nothing(database: Database, queued: Job) -> None:
    claim(database, "a", OVER)
    claim(database, "b")
    step = progress.Step(fraction=0.9, notes=(("late", {}),))
    for write in (
        lambda session: progress.write(session, queued.id, 1, step),
        lambda session: progress.clear(session, queued.id, 1),
        lambda session: jobs.end(session, queued.id, 1, "failed", {"text": "late"}),
        lambda session: jobs.give_back(session, queued.id, 1, counted=True),
        lambda session: progress.finish(session, queued.id, 1, bundle_key="k", bundle_hash="h", line=HEADLINE),
    ):
        with pytest.raises(Superseded), database.write() as session:
            write(session)
    run = the_run(database, queued)
    assert (run.status, run.fraction, run.bundle_key) == ("running", 0.0, None)


HEADLINE = progress.Headline("accuracy", True, 0.9, 0.8, 0.95, 0.5, None, 100, None)


def test_finished_run_has_its_headline_and_its_job_is_done(database: Database, queued: Job) -> None:
    claim(database, "a")
    with database.write() as session:
        progress.finish(session, queued.id, 1, bundle_key="runs/1/bundle-1", bundle_hash="h", line=HEADLINE)
    run = the_run(database, queued)
    assert (run.status, run.metric, run.value, run.bundle_key) == ("finished", "accuracy", 0.9, "runs/1/bundle-1")
    with database.read() as session:
        job = jobs.get(session, queued.id)
    assert job is not None
    assert job.status == "done"


def test_job_given_back_waits_in_front(database: Database, forty: list[int]) -> None:
    first = claim(database, "a")
    assert first is not None
    with database.write() as session:
        jobs.give_back(session, first.id, 1, counted=True)
    again = claim(database, "a")
    assert again is not None
    assert (again.id, again.attempts, again.max_attempts) == (first.id, 2, 3)


def test_uncounted_attempts_do_not_use_up_the_job(database: Database, queued: Job) -> None:
    for attempt in range(1, 6):
        assert claim(database, "a") is not None
        with database.write() as session:
            jobs.give_back(session, queued.id, attempt, counted=False)
    assert claim(database, "a") is not None


def test_job_is_not_tried_more_often_than_allowed(database: Database, queued: Job) -> None:
    for worker in ("a", "b", "c"):
        assert claim(database, worker, OVER) is not None
    assert claim(database, "d") is None
    with database.read() as session:
        assert [job.id for job in jobs.exhausted(session)] == [queued.id]


def test_waiting_run_stops_at_once(database: Database, queued: Job) -> None:
    with database.write() as session:
        assert jobs.wish(session, queued.run or 0, "stop")
    assert the_run(database, queued).status == "stopped"
    assert claim(database, "a") is None
    with database.write() as session:
        assert not jobs.wish(session, queued.run or 0, "stop")


def test_wish_to_stop_is_not_weakened(database: Database, queued: Job) -> None:
    claim(database, "a")
    with database.write() as session:
        jobs.wish(session, queued.run or 0, "stop")
        jobs.wish(session, queued.run or 0, "finish")
    with database.read() as session:
        assert [one.wish for one in jobs.held(session, "a")] == ["stop"]


def test_trashed_run_is_unwanted(database: Database, queued: Job) -> None:
    claim(database, "a")
    with database.write() as session:
        runs.change(session, [queued.run or 0], trashed_at=tables.now())
    with database.read() as session:
        assert [one.unwanted for one in jobs.held(session, "a")] == [True]


def test_place_counts_what_waits_before(database: Database, forty: list[int], owner: int) -> None:
    claim(database, "a")
    with database.read() as session:
        places = [jobs.place(session, run) for run in range(1, 41)]
    assert places == [None, *range(39)]


def test_points_of_a_repeated_segment_replace_each_other_and_notes_go_on(database: Database, queued: Job) -> None:
    point = {
        "step": 8, "epoch": 1.0, "seconds": 1.0, "loss": 0.5, "validation_loss": 0.6, "score": 0.7,
        "learning_rate": 0.1, "best": True,
    }  # fmt: skip
    claim(database, "a")
    for loss in (0.5, 0.4):
        with database.write() as session:
            step = progress.Step(points=({**point, "loss": loss},), notes=(("one {n}", {"n": 1}), ("two", {})))
            progress.write(session, queued.id, 1, step)
    with database.read() as session:
        assert [point.loss for point in progress.points(session, queued.run or 0)] == [0.4]
        assert [note.seq for note in progress.notes(session, queued.run or 0)] == [0, 1, 2, 3]
    with database.write() as session:
        progress.clear(session, queued.id, 1)
    with database.read() as session:
        assert progress.points(session, queued.run or 0) == []


def test_reading_the_queue_does_not_wait_for_a_writer(database: Database, queued: Job) -> None:
    began, over = threading.Event(), threading.Event()

    def hold() -> None:
        with database.write() as session:
            session.add(tables.User(name="B", name_key="b"))
            session.flush()
            began.set()
            over.wait(10)

    writer = threading.Thread(target=hold)
    writer.start()
    began.wait(10)
    before = time.monotonic()
    with database.read() as session:
        assert jobs.waiting(session, "train", "a")
    assert time.monotonic() - before < 5  # the writer holds on for ten
    over.set()
    writer.join()


@pytest.fixture(autouse=True)
def closed(database: Database) -> Iterator[None]:
    yield
    database.close()


def test_job_that_ends_badly_after_its_work_was_done_undoes_nothing(database: Database, owner: int) -> None:
    with database.write() as session:
        version = datasets.add_version(session, datasets.add(session, owner, "data"))
        job = jobs.add(session, "import", "train", owner, version=version.id)
    assert claim(database, "a") is not None
    with database.write() as session:
        datasets.ready(session, version.id, rows=3)
        jobs.end(session, job.id, 1, "failed", {"text": "killed"})
        found = datasets.version(session, version.id)
    assert found is not None
    assert (found.status, found.error) == ("ready", None)
