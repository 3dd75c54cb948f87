"""What is a person's own on this server, and how to erase it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.events import Wish
from services import access, retention
from services.access import User
from services.house import house
from services.work import queue
from storage.queries import datasets, models, runs
from storage.records import Dataset, Model, Run


@dataclass(frozen=True)
class Belongings:
    """How many things, where they lie, and how long they stay."""

    datasets: int
    trashed_datasets: int
    runs: int
    trashed_runs: int
    models: int
    trashed_models: int
    folder: Path
    upload_days: int
    trash_days: int
    cookie_days: int

    @property
    def trashed(self) -> int:
        """Things in the trash."""
        return self.trashed_datasets + self.trashed_runs + self.trashed_models

    @property
    def anything(self) -> bool:
        """Whether there is something to erase."""
        return bool(self.datasets + self.runs + self.models)


def of(user: User) -> Belongings:
    """What this person has here."""
    access.require(user, "list")
    settings = house().settings
    own_sets, own_runs, own_models = _datasets(user), _runs(user), _models(user)
    return Belongings(
        datasets=len(own_sets),
        trashed_datasets=sum(dataset.trashed_at is not None for dataset in own_sets),
        runs=len(own_runs),
        trashed_runs=sum(run.trashed_at is not None for run in own_runs),
        models=len(own_models),
        trashed_models=sum(model.trashed_at is not None for model in own_models),
        folder=settings.data,
        upload_days=settings.upload_days,
        trash_days=settings.trash_days,
        cookie_days=settings.cookie_days,
    )


def empty_trash(user: User) -> None:
    """Erases for good what this person put into the trash.

    Raises InUse, and erases nothing, while a run that is not erased too learns from one of the data sets, or one of the
    runs is a version of a model that is not erased too.
    """
    access.require(user, "list")
    _erase(user, only_trash=True)


def erase_all(user: User) -> None:
    """Erases for good everything of this person but the name, which stays on what others made from their things.

    Raises InUse, and erases nothing, while another person's run learns from one of the data sets, or one of the runs
    is a version of another person's model.
    """
    access.require(user, "list")
    _erase(user, only_trash=False)


def _erase(user: User, *, only_trash: bool) -> None:
    home = house()
    own_runs = [run for run in _runs(user) if run.trashed_at is not None or not only_trash]
    own_sets = [dataset for dataset in _datasets(user) if dataset.trashed_at is not None or not only_trash]
    own_models = [model for model in _models(user) if model.trashed_at is not None or not only_trash]
    access.require(user, "change", "model", *(model.id for model in own_models))
    access.require(user, "change", "run", *(run.id for run in own_runs))
    access.require(user, "change", "dataset", *(dataset.id for dataset in own_sets))
    with home.database.write() as session:
        retention.require_unused(session, [dataset.id for dataset in own_sets], but={run.id for run in own_runs})
        retention.require_no_version(session, [run.id for run in own_runs], but={model.id for model in own_models})
        for run in own_runs:
            queue.ask(session, run.id, Wish.STOP)
    for model in own_models:
        retention.erase_model(home, model.id)
    for run in own_runs:
        retention.erase_run(home, run.id)
    for dataset in own_sets:
        retention.erase_dataset(home, dataset.id)


def _datasets(user: User) -> list[Dataset]:
    with house().database.read() as session:
        return datasets.of_owner(session, user.id)


def _models(user: User) -> list[Model]:
    with house().database.read() as session:
        return models.of_owner(session, user.id)


def _runs(user: User) -> list[Run]:
    """All of them, those in the trash too."""
    found: list[Run] = []
    with house().database.read() as session:
        for trashed in (False, True):
            wanted = runs.Wanted(owner=user.id, trashed=trashed)
            _first, total = runs.page(session, wanted, "oldest", limit=1)
            found += runs.page(session, wanted, "oldest", limit=total)[0]
    return found
