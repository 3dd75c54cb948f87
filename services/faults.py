"""What can go wrong with a request: each kind of error by its short name, HTTP status and title."""

from __future__ import annotations

from typing import NamedTuple

from engine.errors import BadFile, BadRow, BundleError, Forbidden, NotFound, OutOfResources, UserError
from services.api_keys import BadKey
from services.feedback import Contradiction
from services.questions import TooManyRows
from services.uploads import OutOfStep


class Unavailable(OutOfResources):
    """Nobody can answer just now: the predicting process does not start, or takes too long."""


class Fault(NamedTuple):
    """A kind of problem: `slug` names it for programs, `title` for people; `status` is HTTP's."""

    slug: str
    status: int
    title: str


FAULTS: tuple[tuple[type[Exception], Fault], ...] = (
    (BadKey, Fault("bad-key", 401, "No valid key")),
    (Forbidden, Fault("forbidden", 403, "Not allowed")),
    (NotFound, Fault("not-found", 404, "Not found")),
    (OutOfStep, Fault("out-of-step", 409, "Other bytes are expected")),
    (Contradiction, Fault("contradiction", 409, "Not what was said before")),
    (TooManyRows, Fault("too-many-rows", 413, "Too many rows")),
    (BadRow, Fault("bad-rows", 422, "Rows that the model cannot read")),
    (BadFile, Fault("bad-file", 400, "A file that cannot be taken")),
    (Unavailable, Fault("unavailable", 503, "Nobody can answer just now")),
    (OutOfResources, Fault("out-of-resources", 507, "Memory, disk or time ran out")),
    (UserError, Fault("refused", 422, "Not accepted")),
    (BundleError, Fault("broken-model", 500, "The saved model does not answer")),
)
"""The first one that fits an error holds."""

BUG = Fault("bug", 500, "Something went wrong on our side")


def called(slug: str) -> Fault:
    """The kind of problem with this short name; BUG for one that is not known here."""
    return next((fault for _, fault in FAULTS if fault.slug == slug), BUG)


def fault_of(error: Exception) -> Fault:
    """What kind of problem an error is."""
    return next((fault for kind, fault in FAULTS if isinstance(error, kind)), BUG)
