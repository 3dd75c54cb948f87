"""Forgets what nobody wants any more: what lay long in the trash, uploads that were read or never came whole, requests
that no page of monitoring shows any more.

Called by the supervisor now and then, and by whoever erases something at once. Asks no permission itself.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from engine.errors import UserError
from services import keys
from services.house import House
from services.work import folders
from storage.queries import calls, datasets, models, runs, uploads
from storage.tables import now

EXPORTS_SECONDS = 86_400
CALLS_DAYS = 31  # Monitoring looks back 30 days, in whole parts
CALLS_AT_ONCE = 10_000  # requests removed in one transaction, so that answers need not wait for it long


class InUse(UserError):
    """Something that others still need: a data set from which a run learns, a run that is a version of a model."""


def sweep(home: House) -> None:
    """Erases what is due. Harmless when called twice or by two processes."""
    trash_before = now() - timedelta(days=home.settings.trash_days)
    with home.database.read() as session:
        due_models = [model.id for model in models.trashed_before(session, trash_before)]
        due_runs = [run.id for run in runs.trashed_before(session, trash_before)]
        due_datasets = [dataset.id for dataset in datasets.trashed_before(session, trash_before)]
    for model_id in due_models:
        erase_model(home, model_id)
    for run_id in due_runs:
        with suppress(InUse):  # it stays in the trash for as long as its model is there
            erase_run(home, run_id)
    for dataset_id in due_datasets:
        with suppress(InUse):  # the next sweep comes soon
            erase_dataset(home, dataset_id)
    _sweep_uploads(home)
    _sweep_calls(home)
    _sweep_files(home)


def erase_model(home: House, model_id: int) -> None:
    """A model with its versions and history, for good. The runs stay."""
    with home.database.write() as session:
        models.erase(session, model_id)


def erase_run(home: House, run_id: int) -> None:
    """A run with its model, predictions and feedback, for good. Raises InUse while it is a version of a model."""
    with home.database.write() as session:
        runs.lock(session, run_id)
        require_no_version(session, [run_id])
        runs.erase(session, run_id)
    home.files.remove(keys.run(run_id))


def erase_dataset(home: House, dataset_id: int) -> None:
    """All tables of a data set, for good. Its name and sizes stay for the runs that were made from it.

    Raises InUse while a run learns from it, or waits to.
    """
    with home.database.write() as session:
        require_unused(session, [dataset_id])
        sent = [version.upload for version in datasets.versions(session, dataset_id) if version.upload]
        datasets.erase(session, dataset_id)
    home.files.remove(keys.dataset(dataset_id))
    shutil.rmtree(folders.prepared_of(home, dataset_id), ignore_errors=True)
    for upload_id in sent:
        _forget_upload(home, upload_id)


def require_unused(session: Session, dataset_ids: Sequence[int], but: Collection[int] = ()) -> None:
    """Raises InUse while a run learns from one of these data sets, or waits to; the runs in `but` do not matter."""
    for run in runs.under_way(session, dataset_ids):
        if run.id not in but:
            raise InUse(
                "“{dataset}” cannot be erased now, because the run “{run}” of {owner} learns from it. "
                "Stop that run or wait until it has ended, then try again; nothing was erased.",
                dataset=run.dataset_name, run=run.name, owner=run.owner_name,
            )  # fmt: skip


def require_no_version(session: Session, run_ids: Sequence[int], but: Collection[int] = ()) -> None:
    """Raises InUse while one of these runs is a version of a model; the models in `but` do not matter."""
    for version in models.of_runs(session, run_ids):
        run, model = runs.get(session, version.run), models.get(session, version.model)
        if version.model not in but and run is not None and model is not None:
            raise InUse(
                "The run “{run}” cannot be erased, because it is version {n} of the model “{model}” of {owner}. "
                "Restore the run, or erase that model first, then try again; nothing was erased.",
                run=run.name, n=version.number, model=model.name, owner=model.owner_name,
            )  # fmt: skip


def _sweep_uploads(home: House) -> None:
    before = now() - timedelta(days=home.settings.upload_days)
    with home.database.read() as session:
        due = uploads.unused_since(session, before)
    for upload in due:
        _forget_upload(home, upload.id)


def _forget_upload(home: House, upload_id: str) -> None:
    with home.database.write() as session:
        uploads.cancel(session, upload_id)
    home.files.remove(keys.upload(upload_id))
    (home.incoming / upload_id).unlink(missing_ok=True)


def _sweep_calls(home: House) -> None:
    before, removed = now() - timedelta(days=CALLS_DAYS), CALLS_AT_ONCE
    while removed == CALLS_AT_ONCE:
        with home.database.write() as session:
            removed = calls.forget(session, before, CALLS_AT_ONCE)


def _sweep_files(home: House) -> None:
    """Halves that a killed server or job left, exports that were fetched long ago, pictures in files that were answered
    long ago.
    """
    oldest = time.time() - home.settings.upload_days * 86_400
    home.files.remove_drafts(oldest)
    home.files.remove_older(keys.ALL_BATCH_PICTURES, oldest)
    for part in home.incoming.iterdir():
        _remove_older(part, oldest)
    for file in home.files.path(keys.EXPORTS).rglob("*"):
        _remove_older(file, time.time() - EXPORTS_SECONDS)


def _remove_older(path: Path, before: float) -> None:
    with suppress(FileNotFoundError):  # it arrived, or went, while we looked
        if path.is_file() and path.stat().st_mtime < before:
            path.unlink()
