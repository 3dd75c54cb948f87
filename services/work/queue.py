"""Asking for work, and for its end. The supervisor finds it in the database; nobody is called.

Takes a session, so that a service queues a run in the transaction that makes it. Call `ensure_supervisor` after it.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from engine.events import Wish
from storage.queries import jobs, models, watching
from storage.records import Batch, Job, Run, Version
from storage.tables import now

CHECK_EVERY = timedelta(minutes=10)
"""A model that is asked all the time is checked so often."""


def train(session: Session, run: Run) -> Job:
    """Queues a run to be carried out, or to be tried again."""
    return jobs.add(session, "train", "train", run.owner, run=run.id)


def make_version(session: Session, version: Version, owner: int) -> Job:
    """Queues the making of a version: an import, or cleaning steps."""
    return jobs.add(session, "import", "data", owner, version=version.id)


def gather(session: Session, version: Version, owner: int) -> Job:
    """Queues the making of a version from accepted feedback, which goes on to train and to compare."""
    return jobs.add(session, "gather", "data", owner, version=version.id)


def compare(session: Session, version: Version, owner: int) -> Job:
    """Queues the comparison of production with the candidate that learned from this version."""
    return jobs.add(session, "compare", "data", owner, version=version.id)


def predict(session: Session, batch: Batch) -> Job:
    """Queues a file of rows to predict."""
    return jobs.add(session, "predict", "data", batch.owner, batch=batch.id)


def check_due(session: Session) -> bool:
    """Whether a model was asked or judged since its last check, and that is some while ago. Reads only."""
    return bool(watching.due(session, now() - CHECK_EVERY)) and not jobs.under_way(session, "watch")


def check(session: Session) -> Job | None:
    """Queues one check of all models that are due, unless one is under way; jobs of earlier checks are forgotten."""
    due = watching.due(session, now() - CHECK_EVERY)
    model = models.lock(session, due[0]) if due else None
    if model is None or jobs.under_way(session, "watch"):
        return None
    jobs.forget(session, "watch")
    return jobs.add(session, "watch", "data", model.owner)


def ask(session: Session, run_id: int, wish: Wish) -> bool:
    """Tells a run under way to stop, or to finish with the best so far. False: it is not under way."""
    return jobs.wish(session, run_id, wish.value)


def wished(session: Session, run_id: int) -> Wish:
    """What was asked of a run under way, which it may not have heard yet."""
    return Wish(jobs.wished(session, run_id) or Wish.GO_ON)


def place(session: Session, run_id: int) -> int | None:
    """How many jobs wait before a waiting run; None when it does not wait."""
    return jobs.place(session, run_id)
