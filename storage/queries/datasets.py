"""Data sets, their versions and splits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, case, func, select, update
from sqlalchemy.orm import Session

from storage import tables
from storage.queries.paging import page_of
from storage.records import Dataset, Json, Split, Version, record

Sort = Literal["newest", "oldest", "name"]

ORDER: dict[Sort, tuple[Any, ...]] = {
    "newest": (tables.Dataset.created.desc(), tables.Dataset.id.desc()),
    "oldest": (tables.Dataset.created, tables.Dataset.id),
    "name": (func.lower(tables.Dataset.name), tables.Dataset.id),
}


@dataclass(frozen=True)
class Listed:
    """A line of the list: the data set, its newest version that can be used, or else its newest, how many versions and
    runs there are.
    """

    dataset: Dataset
    latest: Version | None
    versions: int
    runs: int


def add(session: Session, owner: int, name: str) -> int:
    """A new, empty data set; its id."""
    row = tables.Dataset(owner=owner, name=name)
    session.add(row)
    session.flush()
    return row.id


def add_version(session: Session, dataset: int, **values: Any) -> Version:
    """The next version of the lineage, being imported."""
    # Locks the lineage on PostgreSQL; on SQLite the writing transaction is alone anyway.
    session.execute(select(tables.Dataset.id).where(tables.Dataset.id == dataset).with_for_update())
    last = session.scalar(select(func.max(tables.Version.number)).where(tables.Version.dataset == dataset))
    row = tables.Version(dataset=dataset, number=(last or 0) + 1, **values)
    session.add(row)
    session.flush()
    return record(Version, row)


def get(session: Session, id: int) -> Dataset | None:
    """One data set, also from the trash."""
    found = session.execute(_datasets().where(tables.Dataset.id == id)).one_or_none()
    return _dataset(found) if found else None


def by_upload(session: Session, upload: str) -> int | None:
    """The data set that was made from this upload."""
    question = select(tables.Version.dataset).where(tables.Version.upload == upload, tables.Version.number == 1)
    return session.scalars(question).first()


def sample_of(session: Session, owner: int, name: str, filename: str) -> int | None:
    """The data set that this person made from this file under this name, if it is not in the trash."""
    question = (
        select(tables.Dataset.id)
        .join(tables.Version, tables.Version.dataset == tables.Dataset.id)
        .join(tables.Upload, tables.Upload.id == tables.Version.upload)
        .where(
            tables.Dataset.owner == owner,
            tables.Dataset.name == name,
            tables.Dataset.trashed_at.is_(None),
            tables.Version.number == 1,
            tables.Version.status != "failed",
            tables.Upload.filename == filename,
        )
        .order_by(tables.Dataset.id.desc())
    )
    return session.scalars(question).first()


def version(session: Session, id: int) -> Version | None:
    """One version."""
    row = session.get(tables.Version, id)
    return record(Version, row) if row else None


def versions(session: Session, dataset: int) -> list[Version]:
    """All versions, newest first."""
    question = select(tables.Version).where(tables.Version.dataset == dataset).order_by(tables.Version.number.desc())
    return [record(Version, row) for row in session.scalars(question)]


def lineage(session: Session, version: Version) -> list[Version]:
    """The version and those it comes from, newest first."""
    known = {each.id: each for each in versions(session, version.dataset)}
    found = [version]
    while (parent := found[-1].parent) in known:
        found.append(known[parent])
    return found


def page(
    session: Session,
    *,
    search: str = "",
    sort: Sort = "newest",
    trashed: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Listed], int]:
    """A page of the list, and how many data sets the whole list has. Erased ones are in no list."""
    gone = tables.Dataset.trashed_at.is_not(None) if trashed else tables.Dataset.trashed_at.is_(None)
    where: list[ColumnElement[bool]] = [gone, tables.Dataset.erased_at.is_(None)]
    if search:
        where.append(tables.Dataset.name.icontains(search, autoescape=True))
    total = session.scalar(select(func.count()).select_from(tables.Dataset).where(*where)) or 0
    question = _datasets().where(*where).order_by(*ORDER[sort])
    found = session.execute(page_of(question, total, limit=limit, offset=offset)).all()
    return _listed(session, [_dataset(row) for row in found]), total


def of_owner(session: Session, owner: int) -> list[Dataset]:
    """All data sets of a person that are not erased, those in the trash too."""
    question = _datasets().where(tables.Dataset.owner == owner, tables.Dataset.erased_at.is_(None))
    return [_dataset(found) for found in session.execute(question)]


def _listed(session: Session, found: Sequence[Dataset]) -> list[Listed]:
    ids = [dataset.id for dataset in found]
    ready = func.max(case((tables.Version.status == "ready", tables.Version.number)))
    number = func.coalesce(ready, func.max(tables.Version.number)).label("number")
    numbers = (
        select(tables.Version.dataset, number, func.count().label("of"))
        .where(tables.Version.dataset.in_(ids))
        .group_by(tables.Version.dataset)
        .subquery()
    )
    newest = select(tables.Version, numbers.c.of).join(
        numbers, (tables.Version.dataset == numbers.c.dataset) & (tables.Version.number == numbers.c.number)
    )
    latest = {row.dataset: (record(Version, row), of) for row, of in session.execute(newest)}
    counts = (
        select(tables.Run.dataset, func.count())
        .where(tables.Run.dataset.in_(ids), tables.Run.trashed_at.is_(None))
        .group_by(tables.Run.dataset)
    )
    runs = {row[0]: row[1] for row in session.execute(counts)}
    lines = []
    for dataset in found:
        version, of = latest.get(dataset.id, (None, 0))
        lines.append(Listed(dataset, version, of, runs.get(dataset.id, 0)))
    return lines


def change(session: Session, id: int, **values: Any) -> None:
    """Sets columns of a data set, such as its name."""
    session.execute(update(tables.Dataset).where(tables.Dataset.id == id).values(**values))


def trash(session: Session, id: int) -> None:
    """Puts a data set into the trash; one that lies there already keeps its time."""
    question = update(tables.Dataset).where(tables.Dataset.id == id, tables.Dataset.trashed_at.is_(None))
    session.execute(question.values(trashed_at=tables.now()))


def restore(session: Session, id: int) -> bool:
    """Takes a data set out of the trash. False when it was erased."""
    done = session.execute(
        update(tables.Dataset)
        .where(tables.Dataset.id == id, tables.Dataset.erased_at.is_(None))
        .values(trashed_at=None)
        .returning(tables.Dataset.id)
    )
    return done.first() is not None


def ready(session: Session, id: int, **values: Any) -> bool:
    """The version's table is there. False when it was not waited for any more: erased, or ready before."""
    return _end_import(session, id, status="ready", error=None, **values)


def failed(session: Session, id: int, error: Json | None) -> bool:
    """The version could not be made. False when it was not waited for any more."""
    return _end_import(session, id, status="failed", error=error)


def undo(session: Session, id: int) -> None:
    """A version that came of another is not what the data set is any more."""
    version = tables.Version
    known = version.id == id, version.status == "ready", version.parent.is_not(None)
    session.execute(update(version).where(*known).values(status="undone"))


def redo(session: Session, id: int) -> None:
    """A version that was undone is as if it never had been."""
    version = tables.Version
    session.execute(update(version).where(version.id == id, version.status == "undone").values(status="ready"))


def _end_import(session: Session, id: int, **values: Any) -> bool:
    done = session.execute(
        update(tables.Version)
        .where(tables.Version.id == id, tables.Version.status == "importing")
        .values(**values)
        .returning(tables.Version.id)
    )
    return done.first() is not None


def trashed_before(session: Session, before: datetime) -> list[Dataset]:
    """Data sets that have lain in the trash since before that time."""
    question = _datasets().where(tables.Dataset.trashed_at < before, tables.Dataset.erased_at.is_(None))
    return [_dataset(row) for row in session.execute(question)]


def erase(session: Session, id: int) -> None:
    """Forgets what its versions hold. Names, numbers and sizes stay for the runs that were made from them."""
    change(session, id, erased_at=tables.now())
    erased = update(tables.Version).where(tables.Version.dataset == id)
    session.execute(erased.values(table_key=None, facts_key=None, schema=None))
    # A job that is still making one finds that nobody waits for it.
    session.execute(erased.where(tables.Version.status == "importing").values(status="failed"))


def split(session: Session, dataset: int, spec_hash: str) -> Split | None:
    """The stored membership of one way to split this lineage."""
    question = select(tables.Split).where(tables.Split.dataset == dataset, tables.Split.spec_hash == spec_hash)
    row = session.scalars(question).one_or_none()
    return record(Split, row) if row else None


def save_split(session: Session, version: Version, spec_hash: str, spec: Json, key: str) -> None:
    """Keeps or extends a membership, as it is once the rows of `version` have their parts."""
    known = session.scalars(
        select(tables.Split).where(tables.Split.dataset == version.dataset, tables.Split.spec_hash == spec_hash)
    ).one_or_none()
    if known is None:
        known = tables.Split(dataset=version.dataset, spec_hash=spec_hash, spec=spec, upto_version=version.number)
        session.add(known)
    known.key, known.upto_version = key, max(known.upto_version, version.number)


def _datasets() -> Select[tables.Dataset, str]:
    return select(tables.Dataset, tables.User.name).join(tables.User, tables.User.id == tables.Dataset.owner)


def _dataset(found: Any) -> Dataset:
    row, owner_name = found
    return record(Dataset, row, owner_name=owner_name)
