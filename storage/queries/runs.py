"""Runs: to make, find, list and change. What a running job writes is in `progress.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, String, case, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from storage import tables
from storage.queries.paging import page_of
from storage.records import Json, Run, RunStatus, record

Sort = Literal["newest", "oldest", "name", "best"]

_goodness = case((tables.Run.higher_is_better.is_(True), tables.Run.value), else_=-tables.Run.value)
ORDER: dict[Sort, tuple[Any, ...]] = {
    "newest": (tables.Run.created.desc(), tables.Run.id.desc()),
    "oldest": (tables.Run.created, tables.Run.id),
    "name": (tables.Run.name, tables.Run.id),
    # Scores of different metrics cannot be compared: each metric's runs stand together.
    "best": (tables.Run.metric.is_(None), tables.Run.metric, _goodness.desc(), tables.Run.id),
}


@dataclass(frozen=True)
class Wanted:
    """Which runs a list shows. Empty fields do not filter."""

    search: str = ""
    status: tuple[RunStatus, ...] = ()
    dataset: int | None = None
    version: int | None = None
    target: str | None = None
    owner: int | None = None
    tag: str | None = None
    starred: bool = False
    trashed: bool = False


@dataclass(frozen=True)
class RunTitle:
    """What a finished run is known by: its name, and its result in a few words, as a template with values."""

    id: int
    name: str
    short: Json | None


def add(session: Session, **values: Any) -> Run:
    """A new run, queued. IntegrityError: this person's request was answered before."""
    row = tables.Run(**values)
    session.add(row)
    session.flush()
    return _run(session.execute(_runs().where(tables.Run.id == row.id)).one())


def get(session: Session, id: int) -> Run | None:
    """One run, also from the trash."""
    found = session.execute(_runs().where(tables.Run.id == id)).one_or_none()
    return _run(found) if found else None


def several(session: Session, ids: Sequence[int]) -> dict[int, Run]:
    """These runs by their ids, also those in the trash."""
    return {run.id: run for run in map(_run, session.execute(_runs().where(tables.Run.id.in_(ids))))}


def lock(session: Session, id: int) -> Run | None:
    """The run; whoever else locks it, or writes what refers to it, waits until this transaction ends.

    For PostgreSQL; on SQLite the writing transaction is alone anyway.
    """
    session.execute(select(tables.Run.id).where(tables.Run.id == id).with_for_update())
    return get(session, id)


def by_request(session: Session, owner: int, request_key: str) -> Run | None:
    """The run that this very click of this person already started."""
    found = session.execute(
        _runs().where(tables.Run.owner == owner, tables.Run.request_key == request_key)
    ).one_or_none()
    return _run(found) if found else None


def page(session: Session, wanted: Wanted, sort: Sort, *, limit: int = 50, offset: int = 0) -> tuple[list[Run], int]:
    """A page of the list, and how many runs the whole list has."""
    where = _where(wanted)
    counted = select(func.count()).select_from(tables.Run)
    if wanted.search:
        counted = counted.join(tables.Dataset, tables.Dataset.id == tables.Run.dataset)
    total = session.scalar(counted.where(*where)) or 0
    question = _runs().where(*where).order_by(*ORDER[sort])
    found = session.execute(page_of(question, total, limit=limit, offset=offset))
    return [_run(row) for row in found], total


def titles(session: Session) -> list[RunTitle]:
    """All finished runs, newest first; none in the trash."""
    run = tables.Run
    question = select(run.id, run.name, run.verdict["short"]).where(run.status == "finished", run.trashed_at.is_(None))
    return [RunTitle(*found) for found in session.execute(question.order_by(*ORDER["newest"]))]


def under_way(session: Session, datasets: Sequence[int]) -> list[Run]:
    """Runs that learn from one of these data sets, or wait to; those in the trash too, until they have stopped."""
    going = tables.Run.dataset.in_(datasets), tables.Run.status.in_(("queued", "running"))
    return [_run(found) for found in session.execute(_runs().where(*going).order_by(tables.Run.id))]


def targets(session: Session) -> list[str]:
    """What the runs outside the trash predict, for the filter of the list."""
    question = select(tables.Run.target).where(tables.Run.trashed_at.is_(None)).distinct().order_by(tables.Run.target)
    return list(session.scalars(question))


def change(session: Session, ids: Sequence[int], **values: Any) -> None:
    """Sets columns of runs, such as the name. Never what only a job may write."""
    session.execute(update(tables.Run).where(tables.Run.id.in_(ids)).values(**values))


def requeue(session: Session, id: int) -> Run | None:
    """Makes a failed or stopped run wait again, as if it had not begun. None: it is neither, or lies in the trash."""
    again = {"status": "queued", "error": None, "started": None, "finished": None, "fraction": 0.0, "stage": None}
    done = session.execute(
        update(tables.Run)
        .where(tables.Run.id == id, tables.Run.status.in_(("failed", "stopped")), tables.Run.trashed_at.is_(None))
        .values(**again, seconds_left=None, last_sign=None)
        .returning(tables.Run.id)
    )
    return get(session, id) if done.first() else None


def trash(session: Session, ids: Sequence[int]) -> None:
    """Puts runs into the trash; those that lie there already keep their time."""
    question = update(tables.Run).where(tables.Run.id.in_(ids), tables.Run.trashed_at.is_(None))
    session.execute(question.values(trashed_at=tables.now()))


def trashed_before(session: Session, before: datetime) -> list[Run]:
    """Runs that have lain in the trash since before that time."""
    return [_run(found) for found in session.execute(_runs().where(tables.Run.trashed_at < before))]


def erase(session: Session, id: int) -> None:
    """Removes the run and all that hangs on it: points, notes, jobs, predictions, feedback."""
    session.execute(delete(tables.Run).where(tables.Run.id == id))


def _runs() -> Select[tables.Run, str, str, int]:
    return (
        select(tables.Run, tables.User.name, tables.Dataset.name, tables.Version.number)
        .join(tables.User, tables.User.id == tables.Run.owner)
        .join(tables.Dataset, tables.Dataset.id == tables.Run.dataset)
        .join(tables.Version, tables.Version.id == tables.Run.version)
    )


def _run(found: Any) -> Run:
    row, owner, dataset, number = found
    return record(Run, row, owner_name=owner, dataset_name=dataset, version_number=number)


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    run = tables.Run
    where: list[ColumnElement[bool]] = [run.trashed_at.is_not(None) if wanted.trashed else run.trashed_at.is_(None)]
    if wanted.search:
        sought = (run.name, run.notes, run.target, tables.Dataset.name, cast(run.tags, String))
        where.append(or_(*(column.icontains(wanted.search, autoescape=True) for column in sought)))
    if wanted.status:
        where.append(run.status.in_(wanted.status))
    for column, value in ((run.dataset, wanted.dataset), (run.version, wanted.version), (run.owner, wanted.owner)):
        if value is not None:
            where.append(column == value)
    if wanted.target is not None:
        where.append(run.target == wanted.target)
    if wanted.tag is not None:
        where.append(cast(run.tags, String).contains(f'"{wanted.tag}"', autoescape=True))
    if wanted.starred:
        where.append(run.starred.is_(True))
    return where
