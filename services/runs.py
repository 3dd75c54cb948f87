"""Runs: start, watch, steer, find, put away. What they found out: `services.results`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pandas as pd
from sqlalchemy.orm import Session

from engine.errors import OutOfResources, UserError
from engine.events import Note, Wish
from engine.recipe import Answer, Recipe
from engine.results import Evaluation
from engine.table.target import check_target
from services import access, columns, names, recipes, results
from services.access import User
from services.house import house
from services.results import Difference, RunComparison
from services.work import ensure_supervisor, folders, queue
from storage.queries import drafts, runs
from storage.queries import progress as reported
from storage.queries.runs import RunTitle, Sort
from storage.records import Run, RunNote, RunPoint, RunStatus, Version
from storage.tables import now

__all__ = [
    "Difference",
    "Progress",
    "Run",
    "RunComparison",
    "RunFilter",
    "RunNote",
    "RunPage",
    "RunPoint",
    "RunStatus",
    "RunTitle",
]

PAGE = 50
SILENT_SECONDS = 60
GIGA = 1_000_000_000


@dataclass(frozen=True)
class RunFilter:
    """Which runs a list shows, and how. Empty fields do not filter; `page` counts from 0."""

    search: str = ""
    status: RunStatus | Literal["active"] | None = None
    dataset: int | None = None
    version: int | None = None
    target: str | None = None
    owner: int | None = None
    tag: str | None = None
    starred: bool = False
    trashed: bool = False
    sort: Sort = "newest"
    page: int = 0


@dataclass(frozen=True)
class RunPage:
    """A page of the list; `total` counts the whole list."""

    runs: tuple[Run, ...]
    total: int


@dataclass(frozen=True)
class Progress:
    """Where a run is. `elapsed` and `seconds_left` in seconds; `queue_place` counts the jobs that wait before it.

    `wish` is what was asked of it and has not happened yet. `points` and `notes` are those after the ones asked from.
    `message` says what is unusual, such as a long silence.
    """

    run: Run
    queue_place: int | None
    wish: Wish
    stage: str | None
    fraction: float
    elapsed: float
    seconds_left: float | None
    points: tuple[RunPoint, ...]
    notes: tuple[RunNote, ...]
    last_sign: datetime | None
    device: Note | None
    message: Note | None


def suggest(user: User, version_id: int, target: str, answer: Answer | None = None, effort: str = "balanced") -> Recipe:
    """A recipe to begin with. Raises BadTable when there is no such column or it cannot be predicted."""
    access.require(user, "train", "version", version_id)
    version = columns.version_of(version_id)
    schema, facts = columns.schema_of(version), columns.facts_of(version)
    return recipes.suggest(schema, facts, columns.values_of(version, target), target, answer, effort)


def check(user: User, version_id: int, recipe: Recipe) -> tuple[Note, ...]:
    """All that keeps the recipe from being carried out on this version, in words. Empty: nothing does."""
    access.require(user, "train", "version", version_id)
    version = columns.version_of(version_id)
    schema = columns.schema_of(version)
    values = columns.values_of(version, recipe.target) if recipe.target in schema else None
    return recipes.faults(recipe, schema, values)


def advice(user: User, version_id: int, recipe: Recipe) -> tuple[Note, ...]:
    """What will be awkward about this recipe, though it can be carried out: rows without an answer, little memory.

    Raises BadTable when the target cannot be predicted, OutOfResources when the machine has too little memory.
    """
    access.require(user, "train", "version", version_id)
    version = columns.version_of(version_id)
    schema = columns.schema_of(version)
    notes = check_target(columns.values_of(version, recipe.target), schema, recipe.target, recipe.answer)
    return (*notes, *_memory(version, recipe))


def _memory(version: Version, recipe: Recipe) -> tuple[Note, ...]:
    """A warning when the run would take more memory than is free now. Raises OutOfResources beyond what there is."""
    needed = recipes.memory_needed(recipe, version.rows or 0)
    total, free = recipes.memory_there()
    values = {"needed": round(needed / GIGA, 1), "total": round(total / GIGA, 1), "free": round(free / GIGA, 1)}
    if needed > total:
        raise OutOfResources(
            "This run needs about {needed} GB of memory and the machine has {total} GB. "
            "Choose fewer columns, or a data set with fewer rows.",
            **values,
        )
    if needed > free:
        return (Note(text="This run needs about {needed} GB of memory; {free} GB are free now.", values=values),)
    return ()


def start_run(user: User, version_id: int, recipe: Recipe, name: str, request_key: str) -> Run:
    """Queues a run. The same person's same `request_key`, as from a second click, gives the same run.

    Raises BadRecipe with all that is wrong, OutOfResources when the machine has not enough memory.
    """
    access.require(user, "train", "version", version_id)
    recipes.refuse(check(user, version_id, recipe))
    _memory(columns.version_of(version_id), recipe)
    version, title = columns.version_of(version_id), names.name(name or recipe.target)

    def add(session: Session) -> Run:
        known = runs.by_request(session, user.id, request_key)
        if known is not None:
            return known
        added = runs.add(
            session,
            owner=user.id,
            dataset=version.dataset,
            version=version_id,
            name=title,
            recipe=recipe.model_dump(mode="json"),
            target=recipe.target,
            answer=recipe.answer,
            family=recipe.model.family,
            request_key=request_key,
        )
        queue.train(session, added)
        drafts.discard(session, user.id, version_id)
        return added

    started = house().database.write_once(add)
    ensure_supervisor()
    return started


def run(user: User, run_id: int) -> Run:
    """One run, also from the trash."""
    access.require(user, "read", "run", run_id)
    return results.run_of(run_id)


def progress(user: User, run_id: int, after_step: int = -1, after_note: int = -1) -> Progress:
    """Where the run is, and what came after this point of its curve and this sentence of its log."""
    access.require(user, "read", "run", run_id)
    found = results.run_of(run_id)
    with house().database.read() as session:
        points = reported.points(session, run_id, after_step)
        notes = reported.notes(session, run_id, after_note)
        place = queue.place(session, run_id) if found.status == "queued" else None
        wish = queue.wished(session, run_id)
    end = found.finished or now()
    return Progress(
        run=found,
        queue_place=place,
        wish=wish,
        stage=found.stage,
        fraction=found.fraction,
        elapsed=(end - found.started).total_seconds() if found.started else 0.0,
        seconds_left=found.seconds_left,
        points=tuple(points),
        notes=tuple(notes),
        last_sign=found.last_sign,
        device=Note.model_validate(found.device) if found.device else None,
        message=_silence(found),
    )


def stop_run(user: User, run_id: int) -> bool:
    """Gives a run up; nothing of it is kept but its log. False: it is not under way."""
    access.require(user, "change", "run", run_id)
    return _ask(run_id, Wish.STOP)


def finish_run(user: User, run_id: int) -> bool:
    """Ends training now and keeps the best so far. False: it is not under way."""
    access.require(user, "change", "run", run_id)
    return _ask(run_id, Wish.FINISH)


def retry_run(user: User, run_id: int) -> Run:
    """Queues a failed run once more, to go on from what it had learned, or a stopped one, to begin anew.

    Raises UserError when it is neither.
    """
    access.require(user, "change", "run", run_id)
    home = house()
    with home.database.write() as session:
        before = runs.get(session, run_id)
        if before is not None and before.status == "stopped":
            folders.remove(home, run_id)
        again = runs.requeue(session, run_id)
        if again is not None:
            queue.train(session, again)
    if again is None:
        raise UserError("Only a run that failed or was stopped can be tried again.")
    ensure_supervisor()
    return again


def rename_run(user: User, run_id: int, name: str) -> None:
    """Another name."""
    access.require(user, "change", "run", run_id)
    _change(run_id, name=names.name(name))


def describe_run(user: User, run_id: int, notes: str) -> None:
    """Other notes."""
    access.require(user, "change", "run", run_id)
    _change(run_id, notes=names.note(notes))


def star_run(user: User, run_id: int, starred: bool = True) -> None:
    """Marks it, or takes the mark away."""
    access.require(user, "change", "run", run_id)
    _change(run_id, starred=starred)


def tag_run(user: User, run_id: int, tags: Sequence[str]) -> None:
    """Other tags, in place of those it had."""
    access.require(user, "change", "run", run_id)
    _change(run_id, tags=names.tags(list(tags)))


def trash_runs(user: User, run_ids: Sequence[int]) -> None:
    """Puts runs into the trash; those under way are stopped."""
    access.require(user, "change", "run", *run_ids)
    with house().database.write() as session:
        for run_id in run_ids:
            queue.ask(session, run_id, Wish.STOP)
        runs.trash(session, run_ids)


def restore_runs(user: User, run_ids: Sequence[int]) -> None:
    """Takes runs out of the trash."""
    access.require(user, "change", "run", *run_ids)
    with house().database.write() as session:
        runs.change(session, run_ids, trashed_at=None)


def list_runs(user: User, wanted: RunFilter = RunFilter()) -> RunPage:
    """A page of the runs on this server; the last one, when the list has become shorter than was asked for."""
    access.require(user, "list")
    statuses: tuple[RunStatus, ...] = ()
    if wanted.status is not None:
        statuses = ("queued", "running") if wanted.status == "active" else (wanted.status,)
    asked = runs.Wanted(
        search=names.search(wanted.search),
        status=statuses,
        dataset=wanted.dataset,
        version=wanted.version,
        target=wanted.target,
        owner=wanted.owner,
        tag=wanted.tag,
        starred=wanted.starred,
        trashed=wanted.trashed,
    )
    with house().database.read() as session:
        found, total = runs.page(session, asked, wanted.sort, limit=PAGE, offset=max(wanted.page, 0) * PAGE)
    return RunPage(tuple(found), total)


def titles(user: User) -> list[RunTitle]:
    """All finished runs on this server, newest first, to choose from."""
    access.require(user, "list")
    with house().database.read() as session:
        return runs.titles(session)


def targets(user: User) -> list[str]:
    """What the runs on this server predict, for a filter."""
    access.require(user, "list")
    with house().database.read() as session:
        return runs.targets(session)


def evaluation(user: User, run_id: int) -> Evaluation:
    """How good a finished run is. Raises NotFound when it is not finished."""
    access.require(user, "read", "run", run_id)
    return results.evaluation_of(results.run_of(run_id))


def test_rows(user: User, run_id: int) -> pd.DataFrame:
    """Each test row's truth and answer: `__row__`, truth, answer, probability or low and high, loss."""
    access.require(user, "read", "run", run_id)
    return results.test_rows_of(results.run_of(run_id))


def compare(user: User, run_ids: Sequence[int], labels: Sequence[str] = ()) -> RunComparison:
    """Two to five finished runs side by side; without `labels` they go by their names.

    Raises UserError when they cannot be compared.
    """
    access.require(user, "read", "run", *run_ids)
    return results.compare([results.run_of(run_id) for run_id in run_ids], labels)


def _ask(run_id: int, wish: Wish) -> bool:
    with house().database.write() as session:
        return queue.ask(session, run_id, wish)


def _change(run_id: int, **values: object) -> None:
    with house().database.write() as session:
        runs.change(session, [run_id], **values)


def _silence(found: Run) -> Note | None:
    """What a long silence means: the job itself gives the signs, so a stuck one is seen to be stuck."""
    if found.status != "running" or found.last_sign is None:
        return None
    silent = (now() - found.last_sign).total_seconds()
    if silent < SILENT_SECONDS:
        return None
    return Note(
        text="No sign of life for {minutes} minutes: the machine may be overloaded or was asleep. "
        "If it stays silent, the run begins again from where it was.",
        values={"minutes": round(silent / 60)},
    )
