"""An improvement in real processes: whatever is killed at whatever step, nothing is left half done and it goes on."""

from __future__ import annotations

import signal

import psutil
import pytest
from sqlalchemy import select

from services.work import renewal
from services.work.detached import SERVING
from storage.queries import datasets, feedback, improvements, models, runs, watching
from storage.queries.feedback import Wanted
from storage.records import Improvement, Model
from storage.tables import Job
from tests.services.feedback_there import accepted
from tests.services.place import Place, is_gone, recipe, wait_for

pytestmark = pytest.mark.slow

TAUGHT = 40
STEPS = ("gather", "train", "compare")


@pytest.fixture
def model(place: Place) -> Model:
    """A model of a finished run, and accepted feedback on it."""
    learning = place.start(place.version(400), recipe())
    place.supervisor()
    run = place.wait(learning, "finished", "failed")
    assert run.status == "finished", run.error
    with place.home.database.write() as session:
        made = models.add(session, "Yes or no", "yes or no", run, place.owner)
    told = [({"a": i / 7, "b": 2.0 - i, "c": 0.5, "d": i * 1.5}, "yes" if i % 3 else "no") for i in range(TAUGHT)]
    accepted(place.home, run, told)
    return made


def begin(place: Place, model: Model) -> None:
    with place.home.database.write() as session:
        renewal.begin(session, model.id, place.owner)


def latest(place: Place, model: Model) -> Improvement | None:
    with place.home.database.read() as session:
        return improvements.latest(session, model.id)


def now(place: Place, model: Model) -> Improvement:
    found = latest(place, model)
    assert found is not None
    return found


def is_whole(place: Place, model: Model) -> None:
    """There is one version of the data, one run, one candidate, and every row stands where its feedback says."""
    found = now(place, model)
    assert (found.status, found.error) == ("finished", None)
    assert found.comparison is not None
    assert set(found.comparison) == {"test", "feedback"}
    with place.home.database.read() as session:
        kept = models.get(session, model.id)
        versions = models.versions(session, model.id)
        made = datasets.versions(session, 1)
        said, total = feedback.page(session, Wanted(used=True), limit=100)
        learned, _ = runs.page(session, runs.Wanted(), "newest")
    assert kept is not None
    assert (kept.production, kept.candidate) == (1, 2)
    assert [version.number for version in versions] == [2, 1]
    assert [(version.number, version.rows) for version in made] == [(2, 400 + TAUGHT), (1, 400)]
    assert sorted(each.used_row or 0 for each in said) == list(range(400, 400 + TAUGHT))
    assert total == TAUGHT
    assert [run.id for run in learned] == [found.run, versions[-1].run]


def under_way(place: Place, kind: str) -> Job | None:
    """The job of this kind, in its first attempt."""
    with place.home.database.read() as session:
        jobs = session.scalars(select(Job).where(Job.kind == kind, Job.status == "running").order_by(Job.id.desc()))
        return next((job for job in jobs if job.attempts == 1 and job.id > 1), None)


def attempts(place: Place) -> list[tuple[str, int]]:
    with place.home.database.read() as session:
        return [(job.kind, job.attempts) for job in session.scalars(select(Job).where(Job.id > 1).order_by(Job.id))]


def test_improvement_begun_by_a_rule_goes_on_when_its_process_is_killed_at_every_step(
    place: Place, model: Model
) -> None:
    with place.home.database.write() as session:
        watching.change(session, model.id, improve_after=TAUGHT, improve_on_alarm=False)
    for kind in STEPS:
        wait_for(lambda kind=kind: under_way(place, kind))
        for process in place.supervisor().children():
            process.kill()
    wait_for(lambda: now(place, model).finished)
    is_whole(place, model)
    assert attempts(place) == [(kind, 2) for kind in STEPS]
    assert now(place, model).started_by == "corrections"


def test_improvement_goes_on_when_the_supervisor_is_killed_at_every_step(place: Place, model: Model) -> None:
    begin(place, model)
    for kind in STEPS:
        wait_for(lambda kind=kind: under_way(place, kind))
        place.kill_supervisor()
        place.supervisor()
    wait_for(lambda: now(place, model).finished)
    is_whole(place, model)
    assert attempts(place) == [(kind, 2) for kind in STEPS]


def test_comparison_goes_on_when_the_predicting_process_is_killed(place: Place, model: Model) -> None:
    begin(place, model)
    wait_for(lambda: now(place, model).status == "comparing" and SERVING.pid(place.folder) is not None)
    predicting = psutil.Process(SERVING.pid(place.folder) or 0)
    predicting.send_signal(signal.SIGKILL)
    wait_for(lambda: is_gone(predicting))
    wait_for(lambda: now(place, model).finished)
    is_whole(place, model)
