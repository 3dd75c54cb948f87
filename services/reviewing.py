"""What people said is reviewed before anything learns from it: accepted, accepted with another answer, or rejected.

The owner of the model that was asked decides, or of the run where no model was. Who decided, and when, is kept with the
feedback. Each step can be undone until a version of a data set holds what was accepted. Also finds the answers that are
most worth a look: the doubtful ones that nobody has judged.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.doubt import doubt
from engine.errors import NotFound, UserError
from services import access, corrections, results
from services.access import User
from services.feedback import FeedbackFilter
from services.house import house
from storage.queries import feedback, models, predictions
from storage.queries.feedback import Wanted
from storage.queries.predictions import Unjudged
from storage.records import Prediction, Review
from storage.tables import now

__all__ = ["Decision", "Review", "Reviews"]

ALL = FeedbackFilter()
RECENT = 500  # answers among which the most doubtful are looked for
AT_ONCE = 25  # of these, whose rows are read at once: few are shown


@dataclass(frozen=True)
class Decision:
    """What a review decided of how many, and how many it left, because they do not say what would be right.

    `at` is the moment by which it can be undone.
    """

    review: Review
    decided: int
    left: int
    at: datetime


@dataclass(frozen=True)
class Reviews:
    """How many wait for a review, and how many were accepted and rejected."""

    waiting: int
    accepted: int
    rejected: int


def counts(user: User, wanted: FeedbackFilter = ALL) -> Reviews:
    """How far the review is, of the list's whole."""
    access.require(user, "list")
    with house().database.read() as session:
        return Reviews(**feedback.reviews(session, wanted))


def mine(user: User, wanted: FeedbackFilter = ALL, review: Review = "waiting") -> FeedbackFilter:
    """The same filter for what this person may decide now: nobody accepts unseen what comes in while they read."""
    access.require(user, "list")
    with house().database.read() as session:
        return replace(wanted, review=review, decider=user.id, used=False, upto=feedback.last(session))


def accept(user: User, wanted: FeedbackFilter) -> Decision:
    """Accepts all that is meant as it was said, of what this person may decide; it may teach from now on."""
    access.require(user, "review", "feedback", *wanted.ids)
    return _decide(user, wanted, "accepted")


def reject(user: User, wanted: FeedbackFilter) -> Decision:
    """Rejects all that is meant, of what this person may decide; it is kept, and teaches nothing."""
    access.require(user, "review", "feedback", *wanted.ids)
    return _decide(user, wanted, "rejected")


def change(user: User, feedback_id: int, answer: str | Sequence[str]) -> Decision:
    """Accepts one with another answer than was said. Raises UserError for what the model cannot answer."""
    access.require(user, "review", "feedback", feedback_id)
    with house().database.read() as session:
        found = feedback.get(session, feedback_id)
    if found is None:
        raise NotFound(access.WORDS["feedback"])
    right = corrections.checked(results.run_of(found.run), answer, str(found.answer["answer"]))
    if right is None:
        raise UserError("Say which answer is right, or reject the feedback.")
    return _decide(user, FeedbackFilter(ids=(feedback_id,)), "accepted", right)


def undo(user: User, at: datetime) -> int:
    """What this person decided at that moment waits again; how many these are. What was learned from stays as it is."""
    access.require(user, "list")
    with house().database.write() as session:
        return feedback.undecide(session, user.id, at)


def doubtful(user: User, model_id: int, limit: int = 20) -> list[Prediction]:
    """The most doubtful of a model's last answers that nobody has judged, most doubtful first; the same row once."""
    access.require(user, "read", "model", model_id)
    with house().database.read() as session:
        model, found = models.get(session, model_id), predictions.unjudged(session, model_id, limit=RECENT)
    between = _separators(found) if model is not None and model.answer == "labels" else {}
    ordered = sorted(found, key=lambda each: doubt(each.answer, between.get(each.run, "")), reverse=True)
    once: dict[str, Prediction] = {}
    for begin in range(0, len(ordered), AT_ONCE):
        for each in _whole(ordered[begin : begin + AT_ONCE]):
            once.setdefault(json.dumps(each.row, sort_keys=True), each)
        if len(once) >= limit:
            break
    return list(once.values())[:limit]


def _whole(some: Sequence[Unjudged]) -> list[Prediction]:
    """These answers with their rows, in their order."""
    with house().database.read() as session:
        known = predictions.several(session, [each.id for each in some])
    return [known[each.id] for each in some if each.id in known]


def _separators(made: Sequence[Unjudged]) -> dict[int, str]:
    """What stands between the labels of an answer, by run."""
    asked = {each.run for each in made}
    return {run: results.choices_of(results.manifest_of(results.run_of(run)))[1] for run in asked}


def _decide(user: User, wanted: Wanted, review: Review, answer: str | None = None) -> Decision:
    own, at = replace(wanted, decider=user.id), now()
    with house().database.write() as session:
        decided = feedback.decide(session, own, review, reviewer=user.id, at=at, answer=answer)
        left = feedback.unanswered(session, own)
    return Decision(review, decided, left if review == "accepted" else 0, at)
