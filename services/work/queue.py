"""Asking for work, and for its end. The supervisor finds it in the database; nobody is called.

Takes a session, so that a service queues a run in the transaction that makes it. Call `ensure_supervisor` after it.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.events import Wish
from storage.queries import jobs
from storage.records import Batch, Job, Run, Version


def train(session: Session, run: Run) -> Job:
    """Queues a run to be carried out, or to be tried again."""
    return jobs.add(session, "train", "train", run.owner, run=run.id)


def make_version(session: Session, version: Version, owner: int) -> Job:
    """Queues the making of a version: an import, or cleaning steps."""
    return jobs.add(session, "import", "data", owner, version=version.id)


def predict(session: Session, batch: Batch) -> Job:
    """Queues a file of rows to predict."""
    return jobs.add(session, "predict", "data", batch.owner, batch=batch.id)


def ask(session: Session, run_id: int, wish: Wish) -> bool:
    """Tells a run under way to stop, or to finish with the best so far. False: it is not under way."""
    return jobs.wish(session, run_id, wish.value)


def wished(session: Session, run_id: int) -> Wish:
    """What was asked of a run under way, which it may not have heard yet."""
    return Wish(jobs.wished(session, run_id) or Wish.GO_ON)


def place(session: Session, run_id: int) -> int | None:
    """How many jobs come before a waiting run; None when it does not wait."""
    return jobs.place(session, run_id)
