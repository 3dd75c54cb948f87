"""What leaves the engine while it works: plain frozen records, handed to a callable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from pydantic import Field

from engine.spec import Spec


class Stage(StrEnum):
    """Where a run is. The order is the order in which they come."""

    PREPARING = "preparing"
    TRAINING = "training"
    BASELINE = "baseline"
    EVALUATING = "evaluating"
    EXPLAINING = "explaining"
    SAVING = "saving"


class Entered(Spec):
    """The run came into a stage."""

    stage: Stage


class Advanced(Spec):
    """How far the whole run is. `fraction` in 0…1; `seconds_left` is an estimate."""

    fraction: float
    seconds_left: float | None = None


class Began(Spec):
    """The model begins to learn from nothing: points told before are of a training that was given up."""


class Point(Spec):
    """One point of the learning curve, after a segment of training.

    `epoch` counts passes over the training rows (2.5 = in the middle of the third); losses are the training loss
    in the units of the optimiser; `score` is the headline metric on validation rows; `best` marks the best so far.
    """

    step: int
    epoch: float
    seconds: float
    loss: float
    validation_loss: float
    score: float
    learning_rate: float
    best: bool


class Note(Spec):
    """A sentence for the run's log: an English template and its values, translated where it is shown."""

    text: str
    values: dict[str, Any] = Field(default_factory=dict)

    def __str__(self) -> str:
        """In English."""
        return self.text.format(**self.values) if self.values else self.text


def listed(names: Sequence[str], most: int = 20) -> str:
    """The first `most` names, quoted, as a value of a sentence; a sign where there are more."""
    quoted = ", ".join(f"“{name}”" for name in names[:most])
    return quoted if len(names) <= most else f"{quoted}, …"


class Sentences(tuple[Note, ...]):
    """Several sentences as one value of another one; each is translated by itself."""

    __slots__ = ()

    def __str__(self) -> str:
        """In English."""
        return " ".join(map(str, self))


Event = Entered | Advanced | Began | Point | Note
Emit = Callable[[Event], None]


class Wish(StrEnum):
    """What a person wants of a running run."""

    GO_ON = "go on"
    FINISH = "finish"  # keep the best so far, evaluate it, save it
    STOP = "stop"  # give up


Wishes = Callable[[], Wish]
