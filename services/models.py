"""Named models: a finished run becomes a version; which version answers is moved with one step, and written down.

Of each model one version is production: it answers whoever asks the model by its name. Another may be the candidate.
Every change is one transaction with its line of history: it holds from the next request on, or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.errors import NotFound, UserError
from services import access, keys, names
from services.access import User
from services.house import house
from services.serving import client
from storage.queries import models, runs
from storage.queries.models import Candidate, Listed, Sort
from storage.records import Answering, Model, ModelChange, ModelVersion, Run

__all__ = [
    "Answering",
    "Candidate",
    "Listed",
    "Model",
    "ModelChange",
    "ModelPage",
    "ModelVersion",
    "ModelView",
    "Places",
    "Sort",
    "Standing",
]

PAGE = 25


@dataclass(frozen=True)
class ModelPage:
    """A page of the list; `total` counts the whole list."""

    lines: tuple[Listed, ...]
    total: int


@dataclass(frozen=True)
class Standing:
    """A version of a model and the run that it is."""

    version: ModelVersion
    run: Run


@dataclass(frozen=True)
class ModelView:
    """A model, its versions and its history, newest first. `before` is where rolling back leads, None when nowhere."""

    model: Model
    versions: tuple[Standing, ...]
    changes: tuple[ModelChange, ...]
    before: int | None

    @property
    def production(self) -> Standing:
        """The version that answers."""
        return next(each for each in self.versions if each.version.number == self.model.production)

    @property
    def candidate(self) -> Standing | None:
        """The version that may answer next."""
        return next((each for each in self.versions if each.version.number == self.model.candidate), None)


@dataclass(frozen=True)
class Places:
    """What a run may become: version 1 of a new model, for which `name` is free, or the next one of `models`.

    `versions` are what it is already; models in the trash do not count.
    """

    name: str
    models: tuple[Model, ...]
    versions: tuple[ModelVersion, ...]


def list_models(user: User, search: str = "", sort: Sort = "newest", trashed: bool = False, page: int = 0) -> ModelPage:
    """A page of the models on this server; `page` counts from 0."""
    access.require(user, "list")
    with house().database.read() as session:
        lines, total = models.page(
            session, search=names.search(search), sort=sort, trashed=trashed, limit=PAGE, offset=max(page, 0) * PAGE
        )
    return ModelPage(tuple(lines), total)


def titles(user: User) -> dict[int, str]:
    """The names of all models on this server by id, newest first, to choose from."""
    access.require(user, "list")
    with house().database.read() as session:
        return models.titles(session)


def candidates(user: User) -> list[Candidate]:
    """This person's models whose candidate waits for their decision, by name."""
    access.require(user, "list")
    with house().database.read() as session:
        return models.candidates(session, user.id)


def model(user: User, model_id: int) -> ModelView:
    """One model, also from the trash."""
    access.require(user, "read", "model", model_id)
    with house().database.read() as session:
        found = models.get(session, model_id)
        versions, changes = models.versions(session, model_id), models.changes(session, model_id)
        learned = runs.several(session, [version.run for version in versions])
    if found is None:
        raise NotFound(access.WORDS["model"])
    standing = tuple(Standing(version, learned[version.run]) for version in versions)
    return ModelView(found, standing, tuple(changes), _before(changes))


def answering(user: User, name: str) -> Answering:
    """Which version answers for the model of that name now. Raises NotFound when there is no such model."""
    access.require(user, "list")
    with house().database.look() as connection:
        found = models.answering(connection, _key(names.visible(name)))
    if found is None:
        raise NotFound("There is no model called “{name}”.", name=name)
    access.require_of(user, "predict", "model", found.owner)
    return found


def is_called(version: Answering, name: str) -> bool:
    """Whether its model has that name, in whatever case. Asks no permission itself."""
    return _key(version.model_name) == _key(names.visible(name))


def places(user: User, run_id: int) -> Places:
    """What a finished run may become for this person, and what it is already."""
    access.require(user, "read", "run", run_id)
    with house().database.read() as session:
        run = runs.get(session, run_id)
        if run is None:
            raise NotFound(access.WORDS["run"])
        return Places(
            name=_free_name(session, run.name),
            models=tuple(models.like(session, run, user.id)),
            versions=tuple(models.of_runs(session, [run_id], trashed=False)),
        )


def create(user: User, run_id: int, name: str) -> Model:
    """A new model whose version 1, this run, answers at once. A second click gives the same model.

    Raises UserError when the run is not finished or another model has that name.
    """
    access.require(user, "predict", "run", run_id)
    title = names.name(name)

    def add(session: Session) -> Model:
        run = _usable(session, run_id)
        known = models.by_name(session, _key(title))
        if known is None:
            return models.add(session, title, _key(title), run, user.id)
        first = models.version(session, known.id, 1)
        if known.owner == user.id and first is not None and first.run == run_id:
            return known
        raise _taken(known)

    return house().database.write_once(add)


def add_version(user: User, model_id: int, run_id: int) -> ModelVersion:
    """The run as the model's next version, which is its candidate from now on.

    Raises UserError when the run is not finished, predicts something else, or is a version of it already.
    """
    access.require(user, "change", "model", model_id)
    access.require(user, "predict", "run", run_id)

    def add(session: Session) -> ModelVersion:
        run, found = _usable(session, run_id), _held(session, model_id)
        _require_alike(found, run)
        known = next((each for each in models.versions(session, model_id) if each.run == run_id), None)
        if known is not None:
            raise UserError(
                "“{run}” is version {n} of “{model}” already.", run=run.name, n=known.number, model=found.name
            )
        added = models.add_version(session, model_id, run, user.id)
        models.nominate(session, found, added.number, user.id)
        return added

    return house().database.write_once(add)


def promote(user: User, model_id: int, number: int, seen: int, why: str = "") -> None:
    """Makes a version production. `seen` is the one that was production when the person decided.

    Raises UserError when somebody moved it meanwhile. A second click changes nothing.
    """
    access.require(user, "change", "model", model_id)
    _warm_up(model_id, number)
    with house().database.write() as session:
        found = _held(session, model_id)
        _version(session, found, number)
        if found.production != number:
            _require_unmoved(session, found, seen)
            models.promote(session, found, number, user.id, names.note(why))


def roll_back(user: User, model_id: int, seen: int, why: str = "") -> None:
    """Makes production what it was before version `seen` took its place.

    Raises UserError when nothing was, or when somebody moved it meanwhile. A second click changes nothing.
    """
    access.require(user, "change", "model", model_id)
    _warm_up(model_id, model(user, model_id).before)
    with house().database.write() as session:
        found = _held(session, model_id)
        changes = models.changes(session, model_id)
        last = _last_of_production(changes)
        if last.rolled_back and last.from_version == seen:
            return
        _require_unmoved(session, found, seen)
        before = _before(changes)
        if before is None:
            raise UserError("Version {n} is the first that answered: there is none to go back to.", n=seen)
        models.promote(session, found, before, user.id, names.note(why), rolled_back=True)


def set_candidate(user: User, model_id: int, number: int | None, why: str = "") -> None:
    """Makes a version the candidate, or leaves none. Raises UserError when it is production."""
    access.require(user, "change", "model", model_id)
    with house().database.write() as session:
        found = _held(session, model_id)
        if number is not None:
            _version(session, found, number)
        if number == found.production:
            raise UserError("Version {n} is production already.", n=number)
        if number != found.candidate:
            models.nominate(session, found, number, user.id, names.note(why))


def rename(user: User, model_id: int, name: str) -> None:
    """Another name, by which it is asked from now on. Raises UserError when another model has it."""
    access.require(user, "change", "model", model_id)
    title = names.name(name)

    def change(session: Session) -> None:
        _require_free(session, model_id, _key(title))
        models.change(session, model_id, name=title, name_key=_key(title))

    house().database.write_once(change)


def trash(user: User, model_id: int) -> None:
    """Puts it into the trash: nobody can ask it any more. Its runs stay where they are."""
    access.require(user, "change", "model", model_id)
    with house().database.write() as session:
        models.trash(session, model_id)


def restore(user: User, model_id: int) -> None:
    """Takes it out of the trash. Raises UserError when another model has its name by now."""
    access.require(user, "change", "model", model_id)

    def change(session: Session) -> None:
        found = models.lock(session, model_id)
        if found is None:
            raise NotFound(access.WORDS["model"])
        _require_free(session, model_id, _key(found.name))
        models.change(session, model_id, trashed_at=None)

    house().database.write_once(change)


def _key(name: str) -> str:
    return name.casefold()


def _free_name(session: Session, name: str) -> str:
    """The name, with a number behind it if a model has it already."""
    tried, n = name, 1
    while models.by_name(session, _key(tried)) is not None:
        n += 1
        tried = f"{name[: names.LONGEST - 10]} {n}"
    return tried


def _usable(session: Session, run_id: int) -> Run:
    """The run, which stays as it is until the transaction ends. Raises UserError when it cannot be a version."""
    run = runs.lock(session, run_id)
    if run is None:
        raise NotFound(access.WORDS["run"])
    if run.trashed_at is not None:
        raise UserError("The run “{name}” lies in the trash. Restore it first.", name=run.name)
    if run.status != "finished" or run.bundle_hash is None:
        raise UserError("The run “{name}” is not finished: only what it found out can be a version.", name=run.name)
    return run


def _held(session: Session, model_id: int) -> Model:
    """The model, which stays as it is until the transaction ends."""
    found = models.lock(session, model_id)
    if found is None:
        raise NotFound(access.WORDS["model"])
    if found.trashed_at is not None:
        raise UserError("The model “{name}” lies in the trash. Restore it first.", name=found.name)
    return found


def _version(session: Session, found: Model, number: int) -> None:
    if models.version(session, found.id, number) is None:
        raise NotFound("“{name}” has no version {n}.", name=found.name, n=number)


def _warm_up(model_id: int, number: int | None) -> None:
    """Has the version opened that is to answer, so that the first request after the change does not wait for it."""
    with house().database.read() as session:
        found = models.version(session, model_id, number) if number is not None else None
        run = runs.get(session, found.run) if found is not None else None
    if run is not None and run.bundle_key is not None:
        client.warm_up(client.Asked(run.bundle_key, keys.run_pictures(run.id)))


def _require_alike(found: Model, run: Run) -> None:
    if run.target != found.target:
        raise UserError(
            "“{model}” predicts {known} and “{run}” predicts {other}. A version answers the same question as those "
            "before it; make a new model of this run.",
            model=found.name, known=found.target, run=run.name, other=run.target,
        )  # fmt: skip
    if run.answer != found.answer:
        raise UserError(
            "“{model}” and “{run}” both predict {target}, but give answers of another kind. Whoever asks the model "
            "counts on one kind; make a new model of this run.",
            model=found.name, run=run.name, target=run.target,
        )  # fmt: skip


def _require_unmoved(session: Session, found: Model, seen: int) -> None:
    if found.production != seen:
        last = _last_of_production(models.changes(session, found.id))
        raise UserError(
            "Meanwhile {who} made version {n} of “{name}” production, so nothing was changed. Look at it and decide "
            "again.",
            who=last.owner_name, n=found.production, name=found.name,
        )  # fmt: skip


def _require_free(session: Session, model_id: int, key: str) -> None:
    other = models.by_name(session, key)
    if other is not None and other.id != model_id:
        raise _taken(other)


def _taken(other: Model) -> UserError:
    return UserError(
        "There is a model called “{name}” already, by {who}. Choose another name.",
        name=other.name, who=other.owner_name,
    )  # fmt: skip


def _last_of_production(changes: Sequence[ModelChange]) -> ModelChange:
    return next(change for change in changes if change.pointer == "production")


def _before(changes: Sequence[ModelChange]) -> int | None:
    """Where rolling back leads: each promotion remembers what it replaced, each roll-back uses that up."""
    replaced: list[int | None] = []
    for change in reversed(changes):
        if change.pointer == "production" and change.rolled_back:
            replaced.pop()
        elif change.pointer == "production":
            replaced.append(change.from_version)
    return replaced[-1]
