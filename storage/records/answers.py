"""Answers, and what people say of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.records._record import Json

BatchStatus = Literal["queued", "running", "finished", "failed"]
Source = Literal["form", "file", "api", "page"]
PredictorName = Literal["model", "baseline"]
FeedbackVerdict = Literal["right", "wrong"]
FeedbackSource = Literal["page", "api"]
Review = Literal["waiting", "accepted", "rejected"]


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
    """What a person said about one answer, and what became of it: row `used_row` of version `used_in`, the newest."""

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
    review: Review
    reviewer: int | None
    reviewer_name: str | None
    reviewed_at: datetime | None
    accepted: str | None
    used_in: int | None
    used_row: int | None
    created: datetime
