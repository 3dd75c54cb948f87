"""Data sets: bring them in, list them, clean them, put them away. What is in their columns: `services.columns`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath

import pandas as pd

from engine.errors import BadTable, NotFound, UserError
from engine.table import reading
from engine.table.columns import ROW, Schema
from engine.table.facts import Association, ColumnFacts
from engine.table.frames import read_slice
from engine.table.options import ReadOptions
from engine.table.reading import Inspection
from engine.table.steps import Step, after, apply
from engine.table.telling import ClassWords
from engine.table.warnings import Finding
from samples import SAMPLES
from services import access, columns, downloads, keys, names, uploads
from services.access import User
from services.downloads import Download, Format
from services.house import house
from services.versions import STEPS
from services.work import ensure_supervisor, queue
from storage.queries import datasets, jobs, runs
from storage.queries import uploads as sent
from storage.queries.datasets import Listed, Sort
from storage.records import Dataset, Run, Version

__all__ = ["Dataset", "DatasetPage", "DatasetView", "ImportProgress", "Listed", "Run", "Sort", "Version"]

PAGE = 25
MOST = 5000  # data sets among which one is chosen in a box that searches


@dataclass(frozen=True)
class DatasetView:
    """A data set with its versions, newest first. `latest` is the newest that is ready, or else the newest."""

    dataset: Dataset
    versions: tuple[Version, ...]
    latest: Version


@dataclass(frozen=True)
class DatasetPage:
    """A page of the list; `total` counts the whole list, `page` counts from 0."""

    lines: tuple[Listed, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class ImportProgress:
    """How far the making of a version is. `fraction` 0…1; `waiting` while nobody has begun."""

    version: Version
    fraction: float
    waiting: bool


def inspect(user: User, upload_id: str, options: ReadOptions | None = None) -> Inspection:
    """What a file that was sent looks like under these options; what is None in them is found out. Raises BadFile."""
    access.require(user, "read", "upload", upload_id)
    found = uploads.upload(user, upload_id)
    return _inspect(uploads.path_of(found), found.filename, options)


def import_dataset(user: User, upload_id: str, name: str = "", options: ReadOptions | None = None) -> Dataset:
    """A new data set from a file that was sent; its first version is made in the background.

    The same file asked for again, as by a second click, gives the same data set.
    """
    access.require(user, "read", "upload", upload_id)
    found = uploads.upload(user, upload_id)
    uploads.path_of(found)
    kept = (options or ReadOptions()).model_dump(mode="json")
    title = names.name(name or PurePath(found.filename).stem or found.filename)
    with house().database.write() as session:
        sent.lock(session, upload_id)
        known = datasets.by_upload(session, upload_id)
        if known is None:
            dataset_id = datasets.add(session, user.id, title)
            version = datasets.add_version(session, dataset_id, upload=upload_id, options=kept)
            queue.make_version(session, version, user.id)
        else:
            dataset_id = known
    ensure_supervisor()
    return _dataset(dataset_id)


def import_sample(user: User, sample_name: str) -> Dataset:
    """A new data set from data that ship with Loam; the one from last time if this person still has it."""
    access.require(user, "create")
    sample = SAMPLES.get(sample_name)
    if sample is None:
        raise NotFound("There is no sample “{name}”.", name=sample_name)
    with house().database.read() as session:
        known = datasets.sample_of(session, user.id, sample.title, sample.file)
    if known is not None:
        return _dataset(known)
    return import_dataset(user, uploads.copy_in(user, sample.path).id, sample.title)


def list_datasets(
    user: User, search: str = "", sort: Sort = "newest", trashed: bool = False, page: int = 0
) -> DatasetPage:
    """A page of the data sets on this server, or of those in the trash."""
    access.require(user, "list")
    with house().database.read() as session:
        lines, total = datasets.page(
            session, search=names.search(search), sort=sort, trashed=trashed, limit=PAGE, offset=max(page, 0) * PAGE
        )
    return DatasetPage(tuple(lines), total, max(page, 0), max(1, -(-total // PAGE)))


def ready_datasets(user: User) -> tuple[Listed, ...]:
    """The data sets whose latest version can be learned from, newest first; at most MOST are looked at."""
    access.require(user, "list")
    with house().database.read() as session:
        lines, _total = datasets.page(session, limit=MOST)
    return tuple(line for line in lines if line.latest is not None and line.latest.status == "ready")


def dataset(user: User, dataset_id: int) -> DatasetView:
    """One data set, also from the trash."""
    access.require(user, "read", "dataset", dataset_id)
    with house().database.read() as session:
        found, versions = datasets.get(session, dataset_id), datasets.versions(session, dataset_id)
    if found is None or not versions:
        raise NotFound(access.WORDS["dataset"])
    return DatasetView(found, tuple(versions), next((v for v in versions if v.status == "ready"), versions[0]))


def version(user: User, version_id: int) -> Version:
    """One version."""
    access.require(user, "read", "version", version_id)
    return columns.version_of(version_id)


def import_progress(user: User, version_id: int) -> ImportProgress:
    """How far the making of a version is."""
    access.require(user, "read", "version", version_id)
    found = columns.version_of(version_id)
    with house().database.read() as session:
        job = jobs.latest(session, version=version_id)
    if found.status != "importing" or job is None:
        return ImportProgress(found, 1.0, waiting=False)
    return ImportProgress(found, job.fraction, waiting=job.status == "queued")


def rename(user: User, dataset_id: int, name: str) -> None:
    """Another name."""
    access.require(user, "change", "dataset", dataset_id)
    _change(dataset_id, name=names.name(name))


def star(user: User, dataset_id: int, starred: bool = True) -> None:
    """Marks it, or takes the mark away."""
    access.require(user, "change", "dataset", dataset_id)
    _change(dataset_id, starred=starred)


def trash(user: User, dataset_id: int) -> None:
    """Puts it into the trash. Its runs stay where they are."""
    access.require(user, "change", "dataset", dataset_id)
    with house().database.write() as session:
        datasets.trash(session, dataset_id)


def restore(user: User, dataset_id: int) -> None:
    """Takes it out of the trash. Raises NotFound when it was erased meanwhile."""
    access.require(user, "change", "dataset", dataset_id)
    with house().database.write() as session:
        restored = datasets.restore(session, dataset_id)
    if not restored:
        raise NotFound("This data set was erased for good.")


def preview(user: User, version_id: int, offset: int = 0, limit: int = 100) -> pd.DataFrame:
    """Some rows of a version in the order of its file, indexed by row id."""
    access.require(user, "read", "version", version_id)
    path = columns.table_of(columns.version_of(version_id))
    return read_slice(path, max(offset, 0), limit).set_index(ROW)


def rows(user: User, version_id: int, row_ids: Sequence[int]) -> pd.DataFrame:
    """The rows with these ids, in this order, indexed by row id; an id that is not there is left out.

    Raises BadTable when the table is not there any more.
    """
    access.require(user, "read", "version", version_id)
    return columns.rows_of(columns.version_of(version_id), row_ids)


def schema(user: User, version_id: int) -> Schema:
    """The columns of a version, once it is ready."""
    access.require(user, "read", "version", version_id)
    return columns.schema_of(columns.version_of(version_id))


def facts(user: User, version_id: int) -> tuple[ColumnFacts, ...]:
    """What is known of each column, in file order."""
    access.require(user, "read", "version", version_id)
    return columns.facts_of(columns.version_of(version_id))


def associations(user: User, version_id: int, target: str) -> dict[str, Association]:
    """How closely each column goes with the target, by column."""
    access.require(user, "read", "version", version_id)
    return columns.associations_of(columns.version_of(version_id), target)


def telling_words(user: User, version_id: int, column: str, target: str) -> tuple[ClassWords, ...]:
    """The words of a text column that tell each class of the target, where there are any."""
    access.require(user, "read", "version", version_id)
    return columns.telling_words_of(columns.version_of(version_id), column, target)


def findings(user: User, version_id: int, target: str | None = None) -> tuple[Finding, ...]:
    """What is wrong with the columns, in words, each with its remedy."""
    access.require(user, "read", "version", version_id)
    return columns.findings_of(columns.version_of(version_id), target)


def trial(user: User, version_id: int, steps: Sequence[Step], rows: int = 100) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first rows before and after more cleaning steps; nothing is kept. Raises BadTable for an impossible step."""
    access.require(user, "read", "version", version_id)
    found = columns.version_of(version_id)
    before = preview(user, version_id, 0, rows)
    changed, _schema = apply(before, columns.schema_of(found), steps)
    return before, changed


def apply_steps(user: User, version_id: int, steps: Sequence[Step], note: str = "") -> Version:
    """A new version: this one after more cleaning steps, made in the background. The old one stays as it is."""
    access.require(user, "change", "version", version_id)
    parent = columns.version_of(version_id)
    if not steps:
        raise UserError("There is nothing to change yet: choose a step first.")
    after(columns.schema_of(parent), steps)
    with house().database.write() as session:
        made = datasets.add_version(
            session,
            parent.dataset,
            parent=parent.id,
            options=parent.options,
            steps=[*parent.steps, *STEPS.dump_python(tuple(steps), mode="json")],
            note=names.note(note),
        )
        queue.make_version(session, made, user.id)
    ensure_supervisor()
    return made


def undo(user: User, version_id: int) -> None:
    """Takes a version back: the data set is again what it was before. It stays, with what learned from it."""
    access.require(user, "change", "version", version_id)
    with house().database.write() as session:
        datasets.undo(session, version_id)


def redo(user: User, version_id: int) -> None:
    """Makes a version count again that was undone."""
    access.require(user, "change", "version", version_id)
    with house().database.write() as session:
        datasets.redo(session, version_id)


def used_by(user: User, dataset_id: int) -> list[Run]:
    """The newest runs that learned from it, at most 100."""
    access.require(user, "read", "dataset", dataset_id)
    with house().database.read() as session:
        found, _total = runs.page(session, runs.Wanted(dataset=dataset_id), "newest", limit=100)
    return found


def table_download(user: User, version_id: int, format: Format) -> Download:
    """A version as a file. Raises BadFile when Excel cannot hold it."""
    access.require(user, "read", "version", version_id)
    found = columns.version_of(version_id)
    columns.table_of(found)
    if found.table_key is None:
        raise BadTable("This version has no table.")
    title = f"{_dataset(found.dataset).name} version {found.number}"
    kept_at = keys.version(found.dataset, found.number, f"download.{format}")
    return downloads.as_file(found.table_key, kept_at, title, format, leave_out=(ROW,))


@lru_cache(maxsize=8)
def _inspect(path: Path, filename: str, options: ReadOptions | None) -> Inspection:
    """Kept for a while: a page asks again with every click, and what was sent never changes."""
    return reading.inspect(path, filename, options)


def _dataset(dataset_id: int) -> Dataset:
    with house().database.read() as session:
        found = datasets.get(session, dataset_id)
    if found is None:
        raise NotFound(access.WORDS["dataset"])
    return found


def _change(dataset_id: int, **values: object) -> None:
    with house().database.write() as session:
        datasets.change(session, dataset_id, **values)
