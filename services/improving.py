"""Learning again: what people said of a model's answers, once it is accepted, improves the model.

What waits, how to start, how far it is, how production and candidate compare, and the rule that starts one by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from engine.errors import NotFound, UserError
from engine.events import Note
from engine.recipe import Recipe
from engine.results import Comparison
from services import access
from services.access import User
from services.house import house
from services.work import ensure_supervisor, renewal
from storage.queries import datasets, improvements, jobs, models, runs, watching
from storage.queries.improvements import Waiting
from storage.records import Improvement, Model, Run, Watch

__all__ = ["Improvement", "Outlook", "Rule", "State", "Waiting", "Worth"]

Part = Literal["test", "feedback"]
Worth = Literal["better", "alike", "mixed", "worse", "unknown"]

MOST_CORRECTIONS = 100_000


@dataclass(frozen=True)
class Rule:
    """When an improvement starts by itself: after so many accepted corrections (None: never), on an alarm."""

    after: int | None
    on_alarm: bool


@dataclass(frozen=True)
class Outlook:
    """What an improvement of production would do: its run, whether weights can be gone on from, seconds at most."""

    run: Run
    neural: bool
    seconds: int


@dataclass(frozen=True)
class State:
    """What waits to be learned, whether any feedback was accepted at all, the rule and why it could not begin what it
    asks for, and the newest improvement.

    While that is under way, `fraction` 0…1 is how far its present step is, and `run` what learns.
    """

    model: Model
    waiting: Waiting
    any_accepted: bool
    outlook: Outlook
    rule: Rule
    refusal: Note | None
    latest: Improvement | None
    run: Run | None
    fraction: float

    @property
    def going(self) -> Improvement | None:
        """The improvement under way."""
        return self.latest if self.latest is not None and self.latest.finished is None else None


def state(user: User, model_id: int) -> State:
    """Where learning again stands with a model."""
    access.require(user, "read", "model", model_id)
    with house().database.read() as session:
        model, production = _production(session, model_id)
        learned = datasets.version(session, production.version)
        latest = improvements.latest(session, model_id)
        run = runs.get(session, latest.run) if latest is not None and latest.run is not None else None
        watch = watching.watch(session, model_id)
        recipe = Recipe.model_validate(production.recipe)
        return State(
            model=model,
            waiting=improvements.waiting(session, model_id, learned) if learned is not None else Waiting(0, 0),
            any_accepted=improvements.any_accepted(session, model_id),
            outlook=Outlook(production, recipe.model.neural, recipe.effort.seconds),
            rule=Rule(watch.improve_after, watch.improve_on_alarm) if watch is not None else Rule(None, on_alarm=False),
            refusal=_refusal(watch, model),
            latest=latest,
            run=run,
            fraction=_fraction(session, latest, run),
        )


def start(user: User, model_id: int, from_weights: bool = False) -> Improvement:
    """Makes a candidate that has learned from accepted feedback too, by production's recipe, in the background.

    `from_weights`: from what production has learned, instead of from nothing. While one is under way, a second click
    gives that one. Raises UserError when nothing waits, or when this person may not add rows to production's data.
    """
    access.require(user, "change", "model", model_id)

    def begin(session: Session) -> Improvement:
        _model, production = _production(session, model_id)
        if from_weights and not Recipe.model_validate(production.recipe).model.neural:
            raise UserError("This method cannot go on from what it learned before. Let it learn from the beginning.")
        return renewal.begin(session, model_id, user.id, from_weights=from_weights)

    begun = house().database.write_once(begin)
    ensure_supervisor()
    return begun


def compare_again(user: User, model_id: int) -> Improvement:
    """Compares production and candidate once more, in the background, after the comparison of the last improvement
    failed. A second click gives the one under way. Raises UserError when none failed.
    """
    access.require(user, "change", "model", model_id)
    begun = house().database.write_once(lambda session: renewal.compare_again(session, model_id, user.id))
    ensure_supervisor()
    return begun


def set_rule(user: User, model_id: int, after: int | None, on_alarm: bool) -> None:
    """Another rule. Raises UserError for a number of corrections that is none, and for a rule that could never act:
    when the model's owner may not add rows to production's data.
    """
    access.require(user, "change", "model", model_id)
    if after is not None and not 1 <= after <= MOST_CORRECTIONS:
        raise UserError("Choose a number of corrections from 1 to {most}.", most=MOST_CORRECTIONS)

    def change(session: Session) -> None:
        model = models.get(session, model_id)
        if model is not None and (after is not None or on_alarm):
            renewal.answering(session, model, model.owner)
        watching.change(session, model_id, improve_after=after, improve_on_alarm=on_alarm, refusal=None)

    house().database.write_once(change)
    ensure_supervisor()


def compared(found: Improvement, titles: Mapping[str, str]) -> dict[Part, Comparison]:
    """How the candidate compares on the old test rows and on feedback that was held back; `titles` of the two sides."""
    return {
        part: Comparison.model_validate(found.comparison[part]).named(titles)
        for part in ("test", "feedback")
        if found.comparison is not None and part in found.comparison
    }


def worth(comparisons: Collection[Comparison]) -> Worth:
    """What the candidate is worth, all rows considered: mixed when it is better on some and worse on others."""
    outcomes = {each.outcome for each in comparisons}
    if "better" in outcomes:
        return "mixed" if "worse" in outcomes else "better"
    if "worse" in outcomes:
        return "worse"
    return "unknown" if "unknown" in outcomes or not outcomes else "alike"


def _production(session: Session, model_id: int) -> tuple[Model, Run]:
    model = models.get(session, model_id)
    version = models.version(session, model_id, model.production) if model is not None else None
    run = runs.get(session, version.run) if version is not None else None
    if model is None or run is None:
        raise NotFound(access.WORDS["model"])
    return model, run


def _refusal(watch: Watch | None, model: Model) -> Note | None:
    """Why the rule could not begin an improvement of what is production now."""
    said = watch.refusal if watch is not None else None
    if said is None or said["production"] != model.production:
        return None
    return Note(text=said["text"], values=said["values"])


def _fraction(session: Session, latest: Improvement | None, run: Run | None) -> float:
    """How far the present step of an improvement is."""
    if latest is None or latest.finished is not None:
        return 1.0
    if latest.status == "training":
        return run.fraction if run is not None else 0.0
    job = jobs.latest(session, version=latest.version) if latest.version is not None else None
    return job.fraction if job is not None else 0.0
