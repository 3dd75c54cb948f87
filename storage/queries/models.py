"""Named models: to make, find and list them, and to move their pointers, which is written down as it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from storage import tables
from storage.queries import runs
from storage.queries.paging import page_of
from storage.records import Answering, Model, ModelChange, ModelVersion, Pointer, Run, record

Sort = Literal["newest", "oldest", "name", "alarmed"]

RINGS = exists().where(tables.Alarm.model == tables.Model.id, tables.Alarm.closed.is_(None))
ORDER: dict[Sort, tuple[Any, ...]] = {
    "newest": (tables.Model.created.desc(), tables.Model.id.desc()),
    "oldest": (tables.Model.created, tables.Model.id),
    "name": (tables.Model.name_key, tables.Model.id),
    "alarmed": (RINGS.desc(), tables.Model.created.desc(), tables.Model.id.desc()),
}

IN_PRODUCTION = (tables.ModelVersion.model == tables.Model.id) & (tables.ModelVersion.number == tables.Model.production)
ANSWERED_BY = (
    tables.Model.id.label("answering_model"),
    tables.Model.owner.label("answering_owner"),
    tables.Model.name.label("answering_name"),
    tables.ModelVersion.number.label("answering_number"),
    tables.Run.id.label("answering_run"),
    tables.Run.bundle_key.label("answering_key"),
    tables.ModelVersion.bundle_hash.label("answering_hash"),
)
"""What `answered_by` reads."""
ANSWERING = (
    select(*ANSWERED_BY)
    .join(tables.ModelVersion, IN_PRODUCTION)
    .join(tables.Run, tables.Run.id == tables.ModelVersion.run)
    .where(tables.Model.name_key == bindparam("name_key"), tables.Model.trashed_at.is_(None))
)
"""Asked with each request to a model, so that the question is made once."""


@dataclass(frozen=True)
class Listed:
    """A line of the list: the model, the run that answers for it and since when, and how many versions it has."""

    model: Model
    run: Run
    promoted: datetime
    versions: int


@dataclass(frozen=True)
class Candidate:
    """A model whose candidate waits for its owner, and whether the candidate is what an improvement made."""

    model: Model
    improved: bool


def add(session: Session, name: str, name_key: str, run: Run, owner: int) -> Model:
    """A new model whose first version, this run, is production. IntegrityError: another one has this name."""
    row = tables.Model(
        owner=owner, name=name, name_key=name_key, target=run.target, answer=run.answer, production=1, candidate=None
    )
    session.add(row)
    session.flush()
    add_version(session, row.id, run, owner)
    session.add(tables.ModelChange(model=row.id, owner=owner, pointer="production", from_version=None, to_version=1))
    return _model(session.execute(_models().where(tables.Model.id == row.id)).one())


def add_version(session: Session, model: int, run: Run, owner: int) -> ModelVersion:
    """The run as the model's next version. IntegrityError: it is one already."""
    lock(session, model)
    last = session.scalar(select(func.max(tables.ModelVersion.number)).where(tables.ModelVersion.model == model))
    row = tables.ModelVersion(
        model=model, number=(last or 0) + 1, run=run.id, bundle_hash=run.bundle_hash or "", owner=owner
    )
    session.add(row)
    session.flush()
    return _version(session.execute(_versions().where(tables.ModelVersion.id == row.id)).one())


def get(session: Session, id: int) -> Model | None:
    """One model, also from the trash."""
    found = session.execute(_models().where(tables.Model.id == id)).one_or_none()
    return _model(found) if found else None


def lock(session: Session, id: int) -> Model | None:
    """The model; whoever else locks it waits until this transaction ends.

    For PostgreSQL; on SQLite the writing transaction is alone anyway.
    """
    session.execute(select(tables.Model.id).where(tables.Model.id == id).with_for_update())
    return get(session, id)


def by_name(session: Session, name_key: str) -> Model | None:
    """The model of that name, in whatever case, that is not in the trash."""
    there = tables.Model.name_key == name_key, tables.Model.trashed_at.is_(None)
    found = session.execute(_models().where(*there)).one_or_none()
    return _model(found) if found else None


def page(
    session: Session,
    *,
    search: str = "",
    sort: Sort = "newest",
    trashed: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Listed], int]:
    """A page of the list, and how many models the whole list has."""
    gone = tables.Model.trashed_at.is_not(None) if trashed else tables.Model.trashed_at.is_(None)
    where: list[ColumnElement[bool]] = [gone]
    if search:
        words = tables.Model.name.icontains(search, autoescape=True)
        where.append(words | tables.Model.target.icontains(search, autoescape=True))
    total = session.scalar(select(func.count()).select_from(tables.Model).where(*where)) or 0
    question = _lines().where(*where).order_by(*ORDER[sort])
    found = session.execute(page_of(question, total, limit=limit, offset=offset)).all()
    known = runs.several(session, [line[2] for line in found])
    return [Listed(_model(line[:2]), known[line[2]], line[3], line[4]) for line in found], total


def titles(session: Session) -> dict[int, str]:
    """The names of all models by id, newest first; none in the trash."""
    question = select(tables.Model.id, tables.Model.name).where(tables.Model.trashed_at.is_(None))
    return {row[0]: row[1] for row in session.execute(question.order_by(*ORDER["newest"]))}


def like(session: Session, run: Run, owner: int) -> list[Model]:
    """A person's models that predict what the run predicts and do not have it yet, by name; none in the trash."""
    versions = select(tables.ModelVersion.model).where(tables.ModelVersion.run == run.id)
    question = _models().where(
        tables.Model.owner == owner,
        tables.Model.target == run.target,
        tables.Model.answer == run.answer,
        tables.Model.trashed_at.is_(None),
        tables.Model.id.not_in(versions),
    )
    return [_model(found) for found in session.execute(question.order_by(*ORDER["name"]))]


def candidates(session: Session, owner: int) -> list[Candidate]:
    """Of a person's models those that have a candidate, by name; none in the trash."""
    improved = exists().where(
        tables.Improvement.model == tables.Model.id, tables.Improvement.candidate == tables.Model.candidate
    )
    question = _models().add_columns(improved).where(
        tables.Model.owner == owner, tables.Model.candidate.is_not(None), tables.Model.trashed_at.is_(None)
    )  # fmt: skip
    return [Candidate(_model(found[:2]), found[2]) for found in session.execute(question.order_by(*ORDER["name"]))]


def of_owner(session: Session, owner: int) -> list[Model]:
    """All models of a person, those in the trash too."""
    return [_model(found) for found in session.execute(_models().where(tables.Model.owner == owner))]


def version(session: Session, model: int, number: int) -> ModelVersion | None:
    """One version."""
    one = tables.ModelVersion.model == model, tables.ModelVersion.number == number
    found = session.execute(_versions().where(*one)).one_or_none()
    return _version(found) if found else None


def versions(session: Session, model: int) -> list[ModelVersion]:
    """All versions, newest first."""
    question = _versions().where(tables.ModelVersion.model == model).order_by(tables.ModelVersion.number.desc())
    return [_version(found) for found in session.execute(question)]


def of_runs(session: Session, run_ids: Sequence[int], *, trashed: bool = True) -> list[ModelVersion]:
    """The versions that these runs are; `trashed`: also of models in the trash."""
    question = _versions().where(tables.ModelVersion.run.in_(run_ids)).order_by(tables.ModelVersion.id)
    if not trashed:
        question = question.where(tables.Model.trashed_at.is_(None))
    return [_version(found) for found in session.execute(question)]


def bundle_keys(session: Session, model: int) -> list[str]:
    """Where the saved models of all versions lie."""
    question = select(tables.Run.bundle_key).join(tables.ModelVersion, tables.ModelVersion.run == tables.Run.id)
    return [key for key in session.scalars(question.where(tables.ModelVersion.model == model)) if key]


def answering(connection: Connection, name_key: str) -> Answering | None:
    """The production version of the model of that name, as it is at one moment; none from the trash."""
    found = connection.execute(ANSWERING, {"name_key": name_key}).one_or_none()
    return None if found is None else answered_by(found)


def answered_by(found: Sequence[Any]) -> Answering | None:
    """The version whose ANSWERED_BY these are; None when none was joined."""
    model_id, owner, name, number, run_id, bundle_key, bundle_hash = found
    return None if number is None else Answering(model_id, owner, name, number, run_id, bundle_key or "", bundle_hash)


def promote(
    session: Session, model: Model, number: int, owner: int, why: str = "", *, rolled_back: bool = False
) -> None:
    """Makes a version production, and writes it down. If it was the candidate, there is none any more."""
    at = tables.now()
    _point(session, model, "production", number, owner=owner, why=why, rolled_back=rolled_back, created=at)
    if model.candidate == number:
        _point(session, model, "candidate", None, owner=owner, created=at)


def nominate(session: Session, model: Model, number: int | None, owner: int, why: str = "") -> None:
    """Makes a version the candidate, or leaves none, and writes it down."""
    _point(session, model, "candidate", number, owner=owner, why=why)


def changes(session: Session, model: int) -> list[ModelChange]:
    """How its pointers were moved, newest first."""
    question = (
        select(tables.ModelChange, tables.User.name)
        .join(tables.User, tables.User.id == tables.ModelChange.owner)
        .where(tables.ModelChange.model == model)
        .order_by(tables.ModelChange.id.desc())
    )
    return [record(ModelChange, row, owner_name=name) for row, name in session.execute(question)]


def promoted(session: Session, model: int) -> datetime | None:
    """When its production version became that."""
    moved = tables.ModelChange.model == model, tables.ModelChange.pointer == "production"
    return session.scalar(select(func.max(tables.ModelChange.created)).where(*moved))


def change(session: Session, id: int, **values: Any) -> None:
    """Sets columns of a model, such as its name. Never its pointers. IntegrityError: another one has this name."""
    session.execute(update(tables.Model).where(tables.Model.id == id).values(**values))


def trash(session: Session, id: int) -> None:
    """Puts a model into the trash; one that lies there already keeps its time."""
    question = update(tables.Model).where(tables.Model.id == id, tables.Model.trashed_at.is_(None))
    session.execute(question.values(trashed_at=tables.now()))


def trashed_before(session: Session, before: datetime) -> list[Model]:
    """Models that have lain in the trash since before that time."""
    return [_model(found) for found in session.execute(_models().where(tables.Model.trashed_at < before))]


def erase(session: Session, id: int) -> None:
    """Removes a model, its versions and their history. The runs stay, and the answers that they gave."""
    lock(session, id)
    session.execute(update(tables.Prediction).where(tables.Prediction.model == id).values(model=None, version=None))
    session.execute(delete(tables.Model).where(tables.Model.id == id))


def _point(session: Session, model: Model, pointer: Pointer, to: int | None, **values: Any) -> None:
    session.execute(update(tables.Model).where(tables.Model.id == model.id).values({pointer: to}))
    before = getattr(model, pointer)
    session.add(tables.ModelChange(model=model.id, pointer=pointer, from_version=before, to_version=to, **values))


def _lines() -> Select[tables.Model, str, int, datetime, int]:
    """Each model, its owner's name, the run of its production version, since when it is that, and its versions."""
    version, change = tables.ModelVersion, tables.ModelChange
    of_model = change.model == tables.Model.id, change.pointer == "production"
    promoted = select(func.max(change.created)).where(*of_model).scalar_subquery()
    counted = aliased(version)
    versions = select(func.count()).where(counted.model == tables.Model.id).scalar_subquery()
    answers = (version.model == tables.Model.id) & (version.number == tables.Model.production)
    return _models().add_columns(version.run, promoted, versions).join(version, answers)


def _models() -> Select[tables.Model, str]:
    return select(tables.Model, tables.User.name).join(tables.User, tables.User.id == tables.Model.owner)


def _model(found: Any) -> Model:
    row, owner_name = found
    return record(Model, row, owner_name=owner_name)


def _versions() -> Select[tables.ModelVersion, str, str]:
    return (
        select(tables.ModelVersion, tables.Model.name, tables.User.name)
        .join(tables.Model, tables.Model.id == tables.ModelVersion.model)
        .join(tables.User, tables.User.id == tables.ModelVersion.owner)
    )


def _version(found: Any) -> ModelVersion:
    row, model_name, owner_name = found
    return record(ModelVersion, row, model_name=model_name, owner_name=owner_name)
