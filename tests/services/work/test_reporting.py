"""What a job tells arrives in few writes, and only while its attempt holds the job."""

from __future__ import annotations

import math
import os
import time
from datetime import timedelta

import pytest

from engine.events import Advanced, Began, Entered, Note, Point, Stage, Wish
from services.work import queue, reporting
from services.work.reporting import Reporter
from storage.queries import jobs, progress
from storage.queries.jobs import Superseded
from storage.records import Job
from tests.services.place import Place, recipe, wait_for


@pytest.fixture
def job(place: Place) -> Job:
    place.start(place.version(20), recipe())
    return claim(place, "a", 30)


def claim(place: Place, worker: str, seconds: float) -> Job:
    with place.home.database.write() as session:
        claimed = jobs.claim(session, "train", worker, timedelta(seconds=seconds))
    assert claimed is not None
    return claimed


def reporter(place: Place, job: Job) -> Reporter:
    return Reporter(place.home, job, place.folder / "sign", os.getppid())


def point(step: int) -> Point:
    return Point(
        step=step, epoch=step, seconds=1.0, loss=0.5, validation_loss=0.5, score=0.5, learning_rate=0.1, best=True
    )


def test_everything_told_is_there_when_the_report_ends(place: Place, job: Job) -> None:
    with reporter(place, job) as report:
        report.emit(Entered(stage=Stage.TRAINING))
        for step in range(1, 200):
            report.emit(point(step))
            report.emit(Advanced(fraction=step / 200, seconds_left=1.0))
        report.emit(Note(text="{n} rows", values={"n": 20}))
        report.device(Note(text="CPU"))
    run = place.run(1)
    assert (run.stage, run.fraction, run.device) == ("training", 199 / 200, {"text": "CPU", "values": {}})
    with place.home.database.read() as session:
        assert len(progress.points(session, 1)) == 199
        assert [note.values for note in progress.notes(session, 1)] == [{"n": 20}]


def test_curve_of_a_training_that_was_given_up_is_forgotten(place: Place, job: Job) -> None:
    with reporter(place, job) as report:
        report.emit(point(5))
        wait_for(lambda: steps_of(place) == [5], 10)
        with report._lock:  # so that all this is written at once
            report._curve += [point(7), Began(), point(6), Began(), point(1), point(2)]
        report.emit(Note(text="Memory ran out."))
    assert steps_of(place) == [1, 2]
    assert notes_of(place) == ["Memory ran out."]


def steps_of(place: Place) -> list[int]:
    with place.home.database.read() as session:
        return [point.step for point in progress.points(session, 1)]


def test_wish_reaches_the_job_within_a_second(place: Place, job: Job) -> None:
    with reporter(place, job) as report:
        assert report.wishes() is Wish.GO_ON
        with place.home.database.write() as session:
            queue.ask(session, 1, Wish.FINISH)
        wait_for(lambda: report.wishes() is not Wish.GO_ON, 5)
        assert report.wishes() is Wish.FINISH


@pytest.mark.slow
def test_sign_of_life_comes_from_work_alone(place: Place, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "BUSY", math.inf)  # this test computes, too
    monkeypatch.setattr(reporting, "SIGN_EVERY", 0.2)
    with reporter(place, job) as report:
        report.emit(Advanced(fraction=0.1))
        wait_for(lambda: place.run(1).fraction > 0 and not report._touched, 10)
        time.sleep(1.0)
        idle = place.run(1).last_sign
        time.sleep(1.0)
        assert place.run(1).last_sign == idle
        report.wishes()
        wait_for(lambda: place.run(1).last_sign != idle, 10)


def test_superseded_attempt_cannot_tell_anything_more(place: Place, job: Job) -> None:
    report = reporter(place, job)
    with place.home.database.write() as session:
        jobs.give_back(session, job.id, job.attempts, counted=True)
    claim(place, "b", 30)
    report.emit(Advanced(fraction=0.9))
    with pytest.raises(Superseded):
        report._write()
    assert place.run(1).fraction == 0.0


def test_sign_that_cannot_be_written_ends_no_reporting(place: Place, job: Job) -> None:
    report = Reporter(place.home, job, place.folder / "not yet there" / "sign", os.getppid())
    with report:
        report.emit(Note(text="first"))
        wait_for(lambda: notes_of(place), 10)
        report._sign.parent.mkdir()
        report.emit(Note(text="second"))
        wait_for(report._sign.exists, 10)
    assert notes_of(place) == ["first", "second"]


def notes_of(place: Place) -> list[str]:
    with place.home.database.read() as session:
        return [note.text for note in progress.notes(session, 1)]
