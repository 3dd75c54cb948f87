"""The contract of a family of models, and of what it fits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from engine.encoding import Encoded
from engine.errors import BadRecipe
from engine.events import Emit, Wishes
from engine.spec import Spec

if TYPE_CHECKING:
    from engine.encoders import Encoder
    from engine.feeding import Fed
    from engine.fitting import Fitting
    from engine.inputs import InputColumn
    from engine.targets import AnyTarget


class Predictor(ABC):
    """Something fitted that gives scores. Needs no table and no database, only encoded rows."""

    @abstractmethod
    def predict(self, encoded: Encoded) -> np.ndarray:
        """Scores (rows, outputs), float32."""

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Writes into an empty folder. Never with pickle."""

    @classmethod
    @abstractmethod
    def load(cls, folder: Path) -> Predictor:
        """Raises BundleError when the folder does not hold one."""


@dataclass(frozen=True)
class Task:
    """All that a family needs to fit."""

    inputs: tuple[InputColumn, ...]
    encoders: dict[str, Encoder]
    target: AnyTarget
    fitting: Fitting
    seed: int
    training: Fed
    validation: Fed
    began: float  # on the monotonic clock, so that importing Keras counts
    seconds: float  # wall-clock time that fitting may take from then on
    folder: Path  # where a resume finds what was reached
    emit: Emit
    wishes: Wishes
    weights: Path | None = None  # where what was learned elsewhere lies
    start: Path | None = None  # where a predictor of the same family and columns was saved, to go on from


class Family(Spec):
    """A family's own settings; its instance fits predictors."""

    family: str

    title: ClassVar[str]
    advice: ClassVar[str]  # one sentence: when to choose it
    neural: ClassVar[bool] = True  # and so able to go on from the weights of an earlier one

    @classmethod
    def reads(cls, kind: type[InputColumn]) -> bool:
        """Whether it can learn from columns of this kind; it leaves out the others."""
        return True

    def refuse_unless_it_reads(self, columns: Iterable[InputColumn]) -> None:
        """Raises BadRecipe when there is no column that it can learn from."""
        if not any(self.reads(type(column)) for column in columns):
            text = "“{family}” cannot learn from any of the chosen columns. Choose another family, or other columns."
            raise BadRecipe(text, family=self.title)

    @abstractmethod
    def fit(self, task: Task) -> Predictor:
        """Fits, going on from `task.folder` where an earlier attempt left off, or telling that it `Began` from nothing.

        Raises Stopped when the person gave up, OutOfResources when memory ran out at the smallest step.
        """

    @abstractmethod
    def load(self, folder: Path) -> Predictor:
        """The predictor that this family fitted, from the folder where it was saved. Raises BundleError."""
