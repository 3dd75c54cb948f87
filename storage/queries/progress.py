"""What a working job writes: life, progress, curve, log, outcome. Fenced: see `storage.queries.jobs`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage import records
from storage.queries import jobs, predictions
from storage.records import Json, record
from storage.tables import Run, RunNote, RunPoint, now


@dataclass(frozen=True)
class Headline:
    """A finished run in one line: its score on test rows, with 95 % interval, beside guessing and the baseline."""

    metric: str
    higher_is_better: bool
    value: float
    low: float | None
    high: float | None
    guess: float | None
    baseline: float | None
    test_rows: int
    verdict: Json | None


@dataclass(frozen=True)
class Step:
    """What happened since the last write. A field left None has not changed."""

    stage: str | None = None
    fraction: float | None = None
    seconds_left: float | None = None
    device: Json | None = None  # a sentence: its template and values
    anew: bool = False  # training began from nothing: points of before go
    points: tuple[Json, ...] = ()  # the fields of engine.events.Point
    notes: tuple[tuple[str, Json], ...] = ()  # template, values


def clear(session: Session, job_id: int, attempt: int) -> None:
    """Forgets the curve and the log of an earlier try, before a run begins from nothing."""
    run = _run(session, job_id, attempt)
    session.execute(delete(RunPoint).where(RunPoint.run == run))
    session.execute(delete(RunNote).where(RunNote.run == run))
    session.execute(update(Run).where(Run.id == run).values(fraction=0.0, stage=None, seconds_left=None))


def write(session: Session, job_id: int, attempt: int, step: Step) -> None:
    """Writes a sign of life and what happened. A point that an earlier attempt wrote already is replaced."""
    run = _run(session, job_id, attempt)
    values: dict[str, Any] = {"last_sign": now()}
    for name in ("stage", "fraction", "seconds_left", "device"):
        if getattr(step, name) is not None:
            values[name] = getattr(step, name)
    session.execute(update(Run).where(Run.id == run).values(**values))
    if step.anew:
        session.execute(delete(RunPoint).where(RunPoint.run == run))
    if step.points:
        steps = [point["step"] for point in step.points]
        session.execute(delete(RunPoint).where(RunPoint.run == run, RunPoint.step.in_(steps)))
        session.add_all(RunPoint(run=run, **point) for point in step.points)
    if step.notes:
        last = session.scalar(select(func.max(RunNote.seq)).where(RunNote.run == run))
        first = 0 if last is None else last + 1
        session.add_all(
            RunNote(run=run, seq=first + i, text=text, values=filling) for i, (text, filling) in enumerate(step.notes)
        )


def finish(session: Session, job_id: int, attempt: int, *, bundle_key: str, bundle_hash: str, line: Headline) -> None:
    """The run is finished and its bundle is in place."""
    run = _run(session, job_id, attempt)
    done = {"status": "finished", "finished": now(), "fraction": 1.0, "seconds_left": 0.0, "stage": None, "error": None}
    session.execute(
        update(Run).where(Run.id == run).values(**done, **asdict(line), bundle_key=bundle_key, bundle_hash=bundle_hash)
    )
    jobs.end(session, job_id, attempt, "done")


def answered(session: Session, job_id: int, attempt: int, **values: Any) -> None:
    """The file of rows is answered and its result is in place; `values` say where, and what was odd."""
    job = jobs.require_held(session, job_id, attempt)
    if job.batch is None:
        raise ValueError(f"Job {job_id} has no file of rows.")
    predictions.end_batch(session, job.batch, status="finished", **values)
    jobs.end(session, job_id, attempt, "done")


def advance(session: Session, job_id: int, attempt: int, fraction: float) -> None:
    """How far a job is that has no run: an import, a file of rows to predict."""
    jobs.require_held(session, job_id, attempt).fraction = fraction


def points(session: Session, run_id: int, after_step: int = -1) -> list[records.RunPoint]:
    """The learning curve from `after_step` on, in order."""
    rows = session.scalars(
        select(RunPoint).where(RunPoint.run == run_id, RunPoint.step > after_step).order_by(RunPoint.step)
    )
    return [record(records.RunPoint, row) for row in rows]


def notes(session: Session, run_id: int, after: int = -1) -> list[records.RunNote]:
    """The log from `after` on, in order."""
    rows = session.scalars(select(RunNote).where(RunNote.run == run_id, RunNote.seq > after).order_by(RunNote.seq))
    return [record(records.RunNote, row) for row in rows]


def unfinished(session: Session, run_ids: Sequence[int]) -> set[int]:
    """Those of the runs that may still go on: queued, running, or failed and to be retried. Trashed ones may not."""
    rows = session.scalars(
        select(Run.id).where(
            Run.id.in_(run_ids), Run.status.in_(("queued", "running", "failed")), Run.trashed_at.is_(None)
        )
    )
    return set(rows)


def _run(session: Session, job_id: int, attempt: int) -> int:
    job = jobs.require_held(session, job_id, attempt)
    if job.run is None:
        raise ValueError(f"Job {job_id} has no run.")
    return job.run
