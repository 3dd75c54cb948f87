"""The queue in the database: add, claim, extend, end. Every step is atomic, and fenced by the attempt number.

An attempt is claimed for as long as its lease; whoever holds it extends the lease. One whose lease ran out may be
claimed by another worker, with the next attempt number: from then on the old one's writes are refused (Superseded).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage import records
from storage.queries import datasets, improvements, predictions
from storage.records import Json, record
from storage.tables import Batch, Job, Run, now


class Superseded(Exception):
    """This attempt no longer holds its job: it ended, was given back, or another attempt took over."""


@dataclass(frozen=True)
class Held:
    """What a worker has to know of an attempt it holds. `unwanted`: its run was trashed."""

    job: int
    attempt: int
    wish: str
    unwanted: bool


def add(
    session: Session,
    kind: records.JobKind,
    lane: records.Lane,
    owner: int,
    *,
    run: int | None = None,
    version: int | None = None,
    batch: int | None = None,
) -> records.Job:
    """Queues work for one run, version or batch."""
    row = Job(kind=kind, lane=lane, owner=owner, run=run, version=version, batch=batch)
    session.add(row)
    session.flush()
    return record(records.Job, row)


def get(session: Session, job_id: int) -> records.Job | None:
    """The job, None when there is none (any more)."""
    row = session.get(Job, job_id)
    return None if row is None else record(records.Job, row)


def latest(
    session: Session, *, run: int | None = None, version: int | None = None, batch: int | None = None
) -> records.Job | None:
    """The newest job of a run, a version or a batch."""
    asked = ((Job.run, run), (Job.version, version), (Job.batch, batch))
    conditions = [column == value for column, value in asked if value is not None]
    row = session.scalars(select(Job).where(*conditions).order_by(Job.id.desc()).limit(1)).first()
    return None if row is None else record(records.Job, row)


def under_way(session: Session, kind: records.JobKind) -> bool:
    """Whether a job of that kind waits or is being carried out."""
    going = Job.kind == kind, Job.status.in_(("queued", "running"))
    return session.scalar(select(Job.id).where(*going).limit(1)) is not None


def forget(session: Session, kind: records.JobKind) -> None:
    """Removes the jobs of that kind that are over."""
    session.execute(delete(Job).where(Job.kind == kind, Job.status.not_in(("queued", "running"))))


def waiting(session: Session, lane: records.Lane, worker: str) -> bool:
    """Whether `claim` would find something. Reads only."""
    return session.scalar(select(Job.id).where(*_claimable(lane, worker)).limit(1)) is not None


def claim(session: Session, lane: records.Lane, worker: str, lease: timedelta) -> records.Job | None:
    """Takes the next job of a lane for `worker`; no two workers ever get the same attempt. None: nothing waits.

    A worker never takes over from itself: it knows its own processes better than the clock does.
    """
    pick = (
        select(Job.id)
        .where(*_claimable(lane, worker))
        .order_by(Job.priority.desc(), Job.created, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite ignores it: there the writing transaction is exclusive
    )
    picked = session.scalar(pick)
    if picked is None:
        return None
    at = now()
    row = session.scalars(
        update(Job)
        .where(Job.id == picked)
        .values(
            status="running",
            worker=worker,
            lease_until=at + lease,
            attempts=Job.attempts + 1,
            started=func.coalesce(Job.started, at),
        )
        .returning(Job)
    ).one()
    _begin_subject(session, row, at)
    return record(records.Job, row)


def extend(session: Session, worker: str, lease: timedelta) -> None:
    """Extends the leases of all attempts that `worker` holds."""
    session.execute(update(Job).where(Job.worker == worker, Job.status == "running").values(lease_until=now() + lease))


def held(session: Session, worker: str) -> list[Held]:
    """The attempts that `worker` holds, and what is wished of them."""
    rows = session.execute(
        select(Job.id, Job.attempts, Job.wish, Run.trashed_at)
        .join(Run, Run.id == Job.run, isouter=True)
        .where(Job.worker == worker, Job.status == "running")
    )
    return [Held(job, attempt, wish, trashed is not None) for job, attempt, wish, trashed in rows]


def require_held(session: Session, job_id: int, attempt: int) -> Job:
    """The row of a job, locked, if `attempt` still holds it. Raises Superseded otherwise.

    Call it first in every transaction that writes for a job: nothing can then come between.
    """
    row = session.scalars(
        select(Job).where(Job.id == job_id, Job.attempts == attempt, Job.status == "running").with_for_update()
    ).first()
    if row is None:
        raise Superseded(f"Attempt {attempt} of job {job_id} is over.")
    return row


def give_back(session: Session, job_id: int, attempt: int, *, counted: bool) -> None:
    """Puts a job back to the front of its queue. Not `counted`: the attempt was cut short for no fault of its own."""
    row = require_held(session, job_id, attempt)
    row.status, row.worker, row.lease_until = "queued", None, None
    row.priority += 1
    if not counted:
        row.max_attempts += 1
    if row.run is not None:
        session.execute(update(Run).where(Run.id == row.run).values(status="queued", seconds_left=None))


def end(session: Session, job_id: int, attempt: int, status: records.JobStatus, error: Json | None = None) -> None:
    """Ends a job. A failed or stopped one takes its run, version or batch along; `error` says why."""
    row = require_held(session, job_id, attempt)
    _end(session, row, status, error)


def wish(session: Session, run_id: int, what: str) -> bool:
    """Notes what a person wants of a run. One that still waits is ended at once by “stop”. False: nothing is under way.

    A wish to stop is never weakened by a later one.
    """
    row = session.scalars(
        select(Job)
        .where(Job.run == run_id, Job.status.in_(("queued", "running")))
        .order_by(Job.id.desc())
        .limit(1)
        .with_for_update()
    ).first()
    if row is None:
        return False
    if row.wish != "stop":
        row.wish = what
    if row.status == "queued" and row.wish == "stop":
        _end(session, row, "stopped", None)
    return True


def wished(session: Session, run_id: int) -> str | None:
    """What a person last wanted of a run under way, None when it is not under way."""
    under_way = select(Job.wish).where(Job.run == run_id, Job.status.in_(("queued", "running")))
    return session.scalars(under_way.order_by(Job.id.desc()).limit(1)).first()


def place(session: Session, run_id: int) -> int | None:
    """How many jobs wait before a waiting run, None when it does not wait."""
    mine = session.scalars(select(Job).where(Job.run == run_id, Job.status == "queued")).first()
    if mine is None:
        return None
    before = or_(
        Job.priority > mine.priority,
        and_(Job.priority == mine.priority, or_(Job.created < mine.created, _same_time_before(mine))),
    )
    return session.scalar(select(func.count()).where(Job.lane == mine.lane, Job.status == "queued", before)) or 0


def exhausted(session: Session) -> list[records.Job]:
    """Jobs that no worker holds and that were tried as often as they may be."""
    rows = session.scalars(select(Job).where(_abandoned(), Job.attempts >= Job.max_attempts))
    return [record(records.Job, row) for row in rows]


def _claimable(lane: str, worker: str) -> list[ColumnElement[bool]]:
    free = or_(Job.status == "queued", and_(_abandoned(), Job.worker != worker))
    return [Job.lane == lane, free, Job.attempts < Job.max_attempts]


def _abandoned() -> ColumnElement[bool]:
    return and_(Job.status == "running", Job.lease_until < now())


def _same_time_before(job: Job) -> ColumnElement[bool]:
    return and_(Job.created == job.created, Job.id < job.id)


def _begin_subject(session: Session, job: Job, at: datetime) -> None:
    if job.run is not None:
        begun = func.coalesce(Run.started, at)
        values = {"status": "running", "attempt": Run.attempt + 1, "started": begun, "last_sign": at, "error": None}
        session.execute(update(Run).where(Run.id == job.run).values(**values))
    if job.batch is not None:
        session.execute(update(Batch).where(Batch.id == job.batch).values(status="running"))


def _end(session: Session, job: Job, status: records.JobStatus, error: Json | None) -> None:
    at = now()
    job.status, job.error, job.ended, job.lease_until = status, error, at, None
    if status == "done":
        return  # whoever did it wrote the outcome
    subject: dict[str, Any] = {"status": "failed" if status == "failed" else "stopped", "error": error}
    if job.run is not None:
        session.execute(
            update(Run).where(Run.id == job.run).values(**subject, finished=at, seconds_left=None, stage=None)
        )
        improvements.failed(session, error, run=job.run)
    if job.version is not None and job.kind in ("import", "gather"):
        datasets.failed(session, job.version, error)
    if job.version is not None and job.kind in ("gather", "compare"):
        improvements.failed(session, error, version=job.version)
    if job.batch is not None:
        predictions.end_batch(session, job.batch, status="failed", error=error)
