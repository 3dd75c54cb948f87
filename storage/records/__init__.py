"""What queries return: frozen records, one an entity. Never a live row of the database.

A record has the columns of its table by the same names; some carry a few names from tables beside it, so that a list
can be shown without asking again. Times are aware, in UTC.
"""

from storage.records._record import Json, record
from storage.records.answers import (
    Batch,
    BatchStatus,
    Feedback,
    FeedbackSource,
    FeedbackVerdict,
    Prediction,
    PredictorName,
    Review,
    Source,
)
from storage.records.data import Dataset, Draft, Split, Upload, UploadStatus, User, Version, VersionStatus
from storage.records.models import (
    Alarm,
    AlarmKind,
    Answering,
    ApiKey,
    CallKind,
    CallSource,
    Improvement,
    ImprovementStatus,
    Model,
    ModelChange,
    ModelVersion,
    Pointer,
    Scope,
    StartedBy,
    Watch,
)
from storage.records.runs import Job, JobKind, JobStatus, Lane, Run, RunNote, RunPoint, RunStatus

__all__ = [
    "Alarm",
    "AlarmKind",
    "Answering",
    "ApiKey",
    "Batch",
    "BatchStatus",
    "CallKind",
    "CallSource",
    "Dataset",
    "Draft",
    "Feedback",
    "FeedbackSource",
    "FeedbackVerdict",
    "Improvement",
    "ImprovementStatus",
    "Job",
    "JobKind",
    "JobStatus",
    "Json",
    "Lane",
    "Model",
    "ModelChange",
    "ModelVersion",
    "Pointer",
    "Prediction",
    "PredictorName",
    "Review",
    "Run",
    "RunNote",
    "RunPoint",
    "RunStatus",
    "Scope",
    "Source",
    "Split",
    "StartedBy",
    "Upload",
    "UploadStatus",
    "User",
    "Version",
    "VersionStatus",
    "Watch",
    "record",
]
