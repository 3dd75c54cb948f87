"""The tables, one file an entity. Importing this knows them all."""

from storage.tables._base import Base, UtcTime, now
from storage.tables.alarm import Alarm, Watch
from storage.tables.api_key import ApiKey
from storage.tables.call import Call
from storage.tables.dataset import Dataset, Version
from storage.tables.draft import Draft
from storage.tables.feedback import Feedback, RequestKey
from storage.tables.improvement import Improvement
from storage.tables.job import Job
from storage.tables.lesson import Lesson
from storage.tables.model import Model, ModelChange, ModelVersion
from storage.tables.prediction import Batch, Prediction
from storage.tables.run import Run, RunNote, RunPoint
from storage.tables.split import Split
from storage.tables.upload import Upload
from storage.tables.user import User

__all__ = [
    "Alarm",
    "ApiKey",
    "Base",
    "Batch",
    "Call",
    "Dataset",
    "Draft",
    "Feedback",
    "Improvement",
    "Job",
    "Lesson",
    "Model",
    "ModelChange",
    "ModelVersion",
    "Prediction",
    "RequestKey",
    "Run",
    "RunNote",
    "RunPoint",
    "Split",
    "Upload",
    "User",
    "UtcTime",
    "Version",
    "Watch",
    "now",
]
