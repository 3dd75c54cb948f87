"""Runs, what they said of themselves, and the jobs that carry work out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.records._record import Json

RunStatus = Literal["queued", "running", "finished", "failed", "stopped"]
JobStatus = Literal["queued", "running", "done", "failed", "stopped"]
JobKind = Literal["train", "import", "predict", "watch", "gather", "compare"]
Lane = Literal["train", "data"]


@dataclass(frozen=True)
class Run:
    """A recipe being carried out, and its outcome. Scores are of `metric` on test rows, `low`–`high` at 95 %."""

    id: int
    owner: int
    owner_name: str
    dataset: int
    dataset_name: str
    version: int
    version_number: int
    name: str
    notes: str
    tags: list[str]
    starred: bool
    trashed_at: datetime | None
    recipe: Json
    target: str
    answer: str
    family: str
    request_key: str
    status: RunStatus
    attempt: int
    stage: str | None
    fraction: float
    seconds_left: float | None
    device: Json | None
    last_sign: datetime | None
    metric: str | None
    higher_is_better: bool | None
    value: float | None
    low: float | None
    high: float | None
    guess: float | None
    baseline: float | None
    test_rows: int | None
    verdict: Json | None
    error: Json | None
    bundle_key: str | None
    bundle_hash: str | None
    created: datetime
    started: datetime | None
    finished: datetime | None


@dataclass(frozen=True)
class RunPoint:
    """One point of a learning curve; the fields of `engine.events.Point`."""

    run: int
    step: int
    epoch: float
    seconds: float
    loss: float
    validation_loss: float
    score: float
    learning_rate: float
    best: bool


@dataclass(frozen=True)
class RunNote:
    """One sentence of a run's log: a template and its values."""

    run: int
    seq: int
    at: datetime
    text: str
    values: Json


@dataclass(frozen=True)
class Job:
    """Queued work for one run, version or batch."""

    id: int
    kind: JobKind
    lane: Lane
    owner: int
    run: int | None
    version: int | None
    batch: int | None
    status: JobStatus
    priority: int
    attempts: int
    max_attempts: int
    lease_until: datetime | None
    worker: str | None
    wish: str
    fraction: float
    created: datetime
    started: datetime | None
    ended: datetime | None
    error: Json | None
