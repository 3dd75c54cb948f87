"""Named models: versions and history, keys, alarms, improvements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.records._record import Json

Scope = Literal["predict", "explain", "feedback", "read"]
CallSource = Literal["api", "page"]
CallKind = Literal["predict", "explain", "feedback"]
Pointer = Literal["production", "candidate"]
AlarmKind = Literal["drift", "quality", "errors", "latency"]
StartedBy = Literal["person", "corrections", "alarm"]
ImprovementStatus = Literal["gathering", "training", "comparing", "finished", "failed"]


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


@dataclass(frozen=True)
class Watch:
    """How a model is watched: where alarms are told or why not, what the last check found, what a rule does.

    `refusal` says why the rule could not begin what it asks for, as long as its `production` is: text and values.
    """

    model: int
    webhook: str | None
    problem: Json | None
    checked_at: datetime | None
    report: Json | None
    improve_after: int | None
    improve_on_alarm: bool
    refusal: Json | None


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
