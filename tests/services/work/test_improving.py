"""An improvement in real processes: whatever is killed at whatever step, nothing is left half done and it goes on."""

from __future__ import annotations

import time
from contextlib import suppress

import psutil
import pytest
from sqlalchemy import select

from engine.models import GradientBoosting
from services.work import renewal
from services.work.detached import SERVING
from storage.queries import datasets, feedback, improvements, models, runs, watching
from storage.queries.feedback import Wanted
from storage.records import Improvement, Model
from storage.tables import Job
from tests.services.doing import work
from tests.services.feedback_there import accepted
from tests.services.place import Place, is_gone, recipe, wait_for

pytestmark = pytest.mark.slow

ROWS, TAUGHT = 200, 40
STEPS = ("gather", "train", "compare")
WHOLE = {  # one version of the data, one run, one candidate; every row stands where its feedback says
    "improvement": ("finished", None),
    "compared on": {"test", "feedback"},
    "production and candidate": (1, 2),
    "versions of the model": [2, 1],
    "versions of the data": [(2, ROWS + TAUGHT), (1, ROWS)],
    "rows of the feedback": list(range(ROWS, ROWS + TAUGHT)),
    "runs": [2, 1],
}


@pytest.fixture
def model(place: Place) -> Model:
    """A model of a finished run, and accepted feedback on it."""
    learning = place.start(place.version(ROWS), recipe(model=GradientBoosting(trees=10)))
    work("train")  # in this process: it needs no other yet
    run = place.run(learning)
    assert run.status == "finished", run.error
    with place.home.database.write() as session:
        made = models.add(session, "Yes or no", "yes or no", run, place.owner)
    told = [({"a": i / 7, "b": 2.0 - i, "c": 0.5, "d": i * 1.5}, "yes" if i % 3 else "no") for i in range(TAUGHT)]
    accepted(place.home, run, told[::2])
    accepted(place.home, run, told[1::2], "right")
    return made


def latest(place: Place, model: Model) -> Improvement | None:
    with place.home.database.read() as session:
        return improvements.latest(session, model.id)


def now(place: Place, model: Model) -> Improvement:
    found = latest(place, model)
    assert found is not None
    return found


def whole(place: Place, model: Model) -> dict[str, object]:
    """What there is once the improvement is over."""
    found = now(place, model)
    with place.home.database.read() as session:
        kept = models.get(session, model.id)
        versions = models.versions(session, model.id)
        made = datasets.versions(session, 1)
        said, _ = feedback.page(session, Wanted(used=True), limit=100)
        learned, _ = runs.page(session, runs.Wanted(), "newest")
    assert kept is not None
    return {
        "improvement": (found.status, found.error),
        "compared on": set(found.comparison or {}),
        "production and candidate": (kept.production, kept.candidate),
        "versions of the model": [version.number for version in versions],
        "versions of the data": [(version.number, version.rows) for version in made],
        "rows of the feedback": sorted(each.used_row or 0 for each in said),
        "runs": [run.id for run in learned],
    }


def under_way(place: Place, kind: str) -> Job | None:
    """The job of this kind, in its first attempt."""
    with place.home.database.read() as session:
        jobs = session.scalars(select(Job).where(Job.kind == kind, Job.status == "running").order_by(Job.id.desc()))
        return next((job for job in jobs if job.attempts == 1 and job.id > 1), None)


def kill_job(place: Place, kind: str) -> None:
    """Kills the process of the first attempt; again, for a job is claimed a moment before a process has it."""
    wait_for(lambda: under_way(place, kind))
    while under_way(place, kind):
        for process in place.supervisor().children():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.3)


def attempts(place: Place) -> list[tuple[str, int]]:
    with place.home.database.read() as session:
        return [(job.kind, job.attempts) for job in session.scalars(select(Job).where(Job.id > 1).order_by(Job.id))]


def test_improvement_begun_by_a_rule_goes_on_when_its_process_is_killed_at_every_step(
    place: Place, model: Model
) -> None:
    """In the last step also the predicting process that it asks."""
    with place.home.database.write() as session:
        watching.change(session, model.id, improve_after=TAUGHT // 2, improve_on_alarm=False)
    place.supervisor()
    for kind in STEPS:
        kill_job(place, kind)
    wait_for(lambda: attempts(place)[-1] == ("compare", 2) and SERVING.pid(place.folder) is not None)
    predicting = psutil.Process(SERVING.pid(place.folder) or 0)
    predicting.kill()
    wait_for(lambda: is_gone(predicting))
    wait_for(lambda: now(place, model).finished)
    assert whole(place, model) == WHOLE
    assert attempts(place) == [(kind, 2) for kind in STEPS]
    assert now(place, model).started_by == "corrections"


def test_improvement_goes_on_when_the_supervisor_is_killed_at_every_step(place: Place, model: Model) -> None:
    with place.home.database.write() as session:
        renewal.begin(session, model.id, place.owner)
    place.supervisor()
    for kind in STEPS:
        wait_for(lambda kind=kind: under_way(place, kind))
        place.kill_supervisor()
        place.supervisor()
    wait_for(lambda: now(place, model).finished)
    assert whole(place, model) == WHOLE
    assert attempts(place) == [(kind, 2) for kind in STEPS]
