"""What queries return: frozen records, one an entity. Never a live row of the database.

A record has the columns of its table by the same names; some carry a few names from tables beside it, so that a list
can be shown without asking again. Times are aware, in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, TypeVar

Json = dict[str, Any]

VersionStatus = Literal["importing", "ready", "failed"]
UploadStatus = Literal["waiting", "receiving", "received", "cancelled"]
RunStatus = Literal["queued", "running", "finished", "failed", "stopped"]
JobStatus = Literal["queued", "running", "done", "failed", "stopped"]
JobKind = Literal["train", "import", "predict", "watch", "gather", "compare"]
Lane = Literal["train", "data"]
BatchStatus = Literal["queued", "running", "finished", "failed"]
Source = Literal["form", "file", "api", "page"]
Scope = Literal["predict", "explain", "feedback", "read"]
CallSource = Literal["api", "page"]
CallKind = Literal["predict", "explain", "feedback"]
PredictorName = Literal["model", "baseline"]
FeedbackVerdict = Literal["right", "wrong"]
FeedbackSource = Literal["page", "api"]
Review = Literal["waiting", "accepted", "rejected"]
Pointer = Literal["production", "candidate"]
AlarmKind = Literal["drift", "quality", "errors", "latency"]
StartedBy = Literal["person", "corrections", "alarm"]
ImprovementStatus = Literal["gathering", "training", "comparing", "finished", "failed"]


@dataclass(frozen=True)
class User:
    """A person who uses this server."""

    id: int
    name: str
    created: datetime


@dataclass(frozen=True)
class Dataset:
    """A lineage of versions under one name."""

    id: int
    owner: int
    owner_name: str
    name: str
    starred: bool
    trashed_at: datetime | None
    erased_at: datetime | None
    created: datetime


@dataclass(frozen=True)
class Version:
    """One state of a data set. `schema`, `rows`, `columns`, `bytes` and the keys are there once it is ready."""

    id: int
    dataset: int
    number: int
    parent: int | None
    upload: str | None
    status: VersionStatus
    table_key: str | None
    facts_key: str | None
    schema: Json | None
    options: Json
    steps: list[Json]
    notes: list[Json]
    rows: int | None
    columns: int | None
    bytes: int | None
    note: str
    error: Json | None
    created: datetime


@dataclass(frozen=True)
class Split:
    """Where the membership of one way to split a lineage lies."""

    id: int
    dataset: int
    spec_hash: str
    spec: Json
    key: str
    upto_version: int
    created: datetime


@dataclass(frozen=True)
class Upload:
    """A file on its way in. `size` in bytes, as announced; `key` once it has arrived whole."""

    id: str
    owner: int
    filename: str
    size: int
    status: UploadStatus
    key: str | None
    sha256: str | None
    created: datetime
    updated: datetime


@dataclass(frozen=True)
class Draft:
    """What a person has chosen so far on the Train page, for one version."""

    id: int
    owner: int
    version: int
    version_number: int
    dataset: int
    dataset_name: str
    content: Json
    updated: datetime


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


@dataclass(frozen=True)
class Prediction:
    """One answer for one row, and the bundle that gave it; `version` of `model` if a model was asked by its name."""

    id: int
    owner: int
    run: int
    predictor: PredictorName
    bundle_hash: str
    source: Source
    row: Json
    answer: Json
    model: int | None
    version: int | None
    created: datetime


@dataclass(frozen=True)
class Batch:
    """A file of rows to predict. How far it is, its job knows."""

    id: int
    owner: int
    run: int
    predictor: PredictorName
    upload: str | None
    filename: str
    options: Json | None
    status: BatchStatus
    rows: int | None
    bundle_hash: str | None
    result_key: str | None
    notes: list[Json]
    error: Json | None
    created: datetime
    finished: datetime | None


@dataclass(frozen=True)
class Feedback:
    """What a person said about one answer, and what became of it."""

    id: int
    owner: int
    owner_name: str
    run: int
    run_name: str
    target: str
    model: int | None
    model_name: str | None
    prediction: int | None
    batch: int | None
    row_number: int | None
    row: Json
    answer: Json
    verdict: FeedbackVerdict
    correct: str | None
    comment: str
    bundle_hash: str
    source: FeedbackSource
    request_key: str | None
    review: Review
    reviewer: int | None
    reviewer_name: str | None
    reviewed_at: datetime | None
    accepted: str | None
    used_in: int | None
    used_row: int | None
    created: datetime


@dataclass(frozen=True)
class Model:
    """A line of versions under one name. `production` and `candidate` are numbers of its versions."""

    id: int
    owner: int
    owner_name: str
    name: str
    target: str
    answer: str
    production: int
    candidate: int | None
    trashed_at: datetime | None
    created: datetime


@dataclass(frozen=True)
class ModelVersion:
    """A finished run as a version of a model; the owner is who added it."""

    id: int
    model: int
    model_name: str
    number: int
    run: int
    bundle_hash: str
    owner: int
    owner_name: str
    created: datetime


@dataclass(frozen=True)
class Answering:
    """The version of a model that answers at one moment, and where its saved model lies; the owner is the model's."""

    model: int
    owner: int
    model_name: str
    number: int
    run: int
    bundle_key: str
    bundle_hash: str


@dataclass(frozen=True)
class ModelChange:
    """A pointer of a model was moved, by its owner; None is no version."""

    id: int
    model: int
    owner: int
    owner_name: str
    pointer: Pointer
    from_version: int | None
    to_version: int | None
    rolled_back: bool
    why: str
    created: datetime


@dataclass(frozen=True)
class Watch:
    """How a model is watched: where alarms are told or why not, what the last check found, what a rule does."""

    model: int
    webhook: str | None
    problem: Json | None
    checked_at: datetime | None
    report: Json | None
    improve_after: int | None
    improve_on_alarm: bool


@dataclass(frozen=True)
class Alarm:
    """Something about a model that is not as it was. `text` and `values` are a sentence; open until it is `closed`."""

    id: int
    model: int
    model_name: str
    kind: AlarmKind
    column: str | None
    text: str
    values: Json
    value: float
    threshold: float
    rows: int
    created: datetime
    closed: datetime | None
    told: datetime | None


@dataclass(frozen=True)
class Improvement:
    """How a model learned again from accepted feedback. `production` and `candidate` are numbers of its versions.

    `rows` counts the accepted rows by what becomes of them: those that train, are held back, are left out.
    """

    id: int
    model: int
    owner: int
    owner_name: str
    started_by: StartedBy
    from_weights: bool
    production: int
    version: int | None
    run: int | None
    candidate: int | None
    status: ImprovementStatus
    rows: Json | None
    comparison: Json | None
    error: Json | None
    created: datetime
    finished: datetime | None


@dataclass(frozen=True)
class ApiKey:
    """A key of a model, without its secret."""

    id: int
    model: int
    owner: int
    owner_name: str
    name: str
    prefix: str
    scopes: list[Scope]
    expires: datetime | None
    revoked_at: datetime | None
    last_used: datetime | None
    created: datetime


R = TypeVar("R")


def record(kind: type[R], row: object, **beside: object) -> R:
    """A record of `kind` from a row of its table; `beside` gives the fields that other tables hold."""
    names = (field.name for field in fields(kind))  # type: ignore[arg-type]
    return kind(**{name: beside[name] if name in beside else getattr(row, name) for name in names})
