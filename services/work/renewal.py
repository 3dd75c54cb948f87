"""Begins improvements: for a person, or because a rule asks for one. Promotion stays with a person.

begin           in one transaction: what waits is taken into a new version, and its making is queued
compare_again   the last step of one that failed there, once more
begin_due       asked by the supervisor now and then; cheap when no rule asks for anything. What it could not begin it
                keeps with the rule, for the model's page, and leaves until something changes
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.errors import NotFound, UserError
from engine.recipe import Recipe
from engine.table.columns import Schema
from services import access, recipes
from services.house import House
from services.work import queue
from storage.queries import datasets, improvements, models, runs, watching
from storage.records import Improvement, Model, Run, StartedBy, Version

log = logging.getLogger(__name__)


def begin(
    session: Session, model_id: int, owner: int, *, started_by: StartedBy = "person", from_weights: bool = False
) -> Improvement:
    """The improvement of this model that is under way, begun now if there is none.

    Raises UserError when nothing waits to be learned, or when this person may not add rows to production's data.
    IntegrityError: another process just began one.
    """
    model = models.lock(session, model_id)
    if model is None:
        raise NotFound(access.WORDS["model"])
    going = improvements.latest(session, model_id)
    if going is not None and going.finished is None:
        return going
    run = answering(session, model, owner)
    parent = _parent(session, run)
    begun = improvements.begin(session, model, parent, owner, started_by=started_by, from_weights=from_weights)
    version = datasets.version(session, begun.version) if begun and begun.version else None
    if begun is None or version is None:
        raise UserError("There is no accepted feedback that version {n} has not learned from.", n=model.production)
    queue.gather(session, version, owner)
    return begun


def compare_again(session: Session, model_id: int, owner: int) -> Improvement:
    """The last improvement of this model, whose comparison failed, once more at comparing; or the one under way.

    Raises UserError when no comparison failed.
    """
    model, last = models.lock(session, model_id), improvements.latest(session, model_id)
    if model is None or last is None:
        raise NotFound(access.WORDS["model"])
    if last.finished is None:
        return last
    version = datasets.version(session, last.version) if last.version is not None else None
    if last.status != "failed" or last.candidate is None or version is None:
        raise UserError("No comparison of “{name}” failed, so there is none to make again.", name=model.name)
    improvements.step(session, last.id, "failed", status="comparing", error=None, finished=None)
    queue.compare(session, version, owner)
    return replace(last, status="comparing", error=None, finished=None)


def begin_due(home: House) -> None:
    """Begins what rules ask for, in the name of the models' owners. Cheap when no rule asks for anything."""
    with home.database.read() as session:
        due = improvements.due(session)
    for each in due:
        try:
            with home.database.write() as session:
                model = models.get(session, each.model)
                if model is not None:
                    begun = begin(session, each.model, model.owner, started_by=each.started_by)
                    log.info("Improvement %s of model %s begins: %s", begun.id, each.model, each.started_by)
        except UserError as error:
            log.info("Model %s is not improved: %s", each.model, error)
            home.database.write_once(partial(_refuse, model=each.model, error=error))
        except IntegrityError:
            log.info("Another process just began the improvement of model %s.", each.model)


def answering(session: Session, model: Model, owner: int) -> Run:
    """Production's run, whose data this person may add rows to. Raises UserError when that is not so."""
    if model.trashed_at is not None:
        raise UserError("The model “{name}” lies in the trash. Restore it first.", name=model.name)
    version = models.version(session, model.id, model.production)
    run = runs.get(session, version.run) if version else None
    dataset = datasets.get(session, run.dataset) if run else None
    if run is None or dataset is None:
        raise NotFound(access.WORDS["run"])
    if dataset.erased_at is not None:
        text = "The data set “{name}”, from which version {n} learned, was erased: there is nothing to add rows to."
        raise UserError(text, name=dataset.name, n=model.production)
    if dataset.owner != owner:
        text = "Feedback becomes rows of the data set “{name}”, which only {owner} may change."
        raise UserError(text, name=dataset.name, owner=dataset.owner_name)
    return run


def _parent(session: Session, run: Run) -> Version:
    """The data that accepted feedback joins: the newest version that came, by cleaning and correcting alone, of the one
    production learned from, and that production's recipe still fits. So nothing that people mended is lost.
    """
    recipe, learned = Recipe.model_validate(run.recipe), datasets.version(session, run.version)
    if learned is None:
        raise NotFound(access.WORDS["version"])
    target = Schema.model_validate(learned.schema)[recipe.target]
    for version in datasets.versions(session, run.dataset):
        if version.status != "ready" or version.table_key is None:
            continue
        came = [each.id for each in datasets.lineage(session, version)]
        schema = Schema.model_validate(version.schema)
        if (
            learned.id in came
            and not any(improvements.of_version(session, each) for each in came[: came.index(learned.id)])
            and recipes.fits(recipe, schema)
            and schema[recipe.target].kind == target.kind
        ):
            return version
    return learned


def _refuse(session: Session, *, model: int, error: UserError) -> None:
    """Keeps why a rule could not begin an improvement of what is production now."""
    found = models.get(session, model)
    if found is not None:
        refusal = {"text": error.text, "values": error.values, "production": found.production}
        watching.change(session, model, refusal=refusal)
