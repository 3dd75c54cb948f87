"""People and data: what was sent in, and what it became."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.records._record import Json

VersionStatus = Literal["importing", "ready", "failed", "undone"]
UploadStatus = Literal["waiting", "receiving", "received", "cancelled"]


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
    """One state of a data set. `schema`, `rows`, `columns`, `bytes` and the keys are there once it is ready.

    One that was undone has them too, but is no longer what the data set is.
    """

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
