"""Recipe: the frozen, versioned description of one run. Everything follows from it and the data.

    what to predict · from which columns · which family · how to read texts and pictures · how to fit · how to split ·
    how long

It knows no data set: the same recipe can be carried out on a later version, or on another table with these columns.
"""

from __future__ import annotations

from typing import Literal, Self

import yaml
from pydantic import ValidationError

from engine.encoders import AnyImageEncoder, AnyTextEncoder, Encoder, NGrams, ResidualCNN
from engine.errors import BadRecipe
from engine.fitting import Fitting
from engine.models import AnyFamily, ResidualMLP
from engine.spec import Spec, setting

Answer = Literal["binary", "multiclass", "labels", "number"]


class Input(Spec):
    """One input column and the kind it is read as."""

    name: str
    kind: str


class Split(Spec):
    """How rows are parted into training, validation and test rows."""

    method: Literal["random", "stratified", "time", "group", "given"] = setting(
        "stratified",
        "Split",
        "Stratified keeps the shares of the answers the same in each part; by time tests on the latest rows; "
        "by group keeps rows that belong together in one part; given reads the part of each row from a column.",
    )
    column: str | None = setting(
        None,
        "Split column",
        "The date for a split by time, the group for a split by group, or the column that says train and test.",
    )
    validation: float = setting(
        0.15,
        "Validation share",
        "Rows to steer the training by: when to stop, how sure to be.",
        ge=0.02,
        le=0.4,
        step=0.01,
    )
    test: float = setting(
        0.15, "Test share", "Rows kept aside until the end, for an honest score.", ge=0.02, le=0.4, step=0.01
    )
    seed: int = setting(0, "Split seed", "Another number gives another random split.", ge=0, le=2**31 - 1)


class Effort(Spec):
    """How much time a run may take, from its start to its finished report."""

    name: Literal["quick", "balanced", "best", "own"] = "balanced"
    seconds: int = setting(120, "Time budget", "The whole run is done within this time.", unit="s", ge=5, le=7 * 86_400)


EFFORTS = (
    Effort(name="quick", seconds=30),
    Effort(name="balanced", seconds=120),
    Effort(name="best", seconds=600),
)


class Recipe(Spec):
    """The whole description of a run."""

    format: Literal[1] = 1
    target: str
    answer: Answer
    inputs: tuple[Input, ...]
    model: AnyFamily = ResidualMLP()
    text: AnyTextEncoder = NGrams()
    image: AnyImageEncoder = ResidualCNN()
    fitting: Fitting = Fitting()
    split: Split = Split()
    effort: Effort = EFFORTS[1]
    seed: int = setting(
        0,
        "Seed",
        "The same seed on the same machine gives the same result, unless the time budget ends the training early.",
        ge=0,
        le=2**31 - 1,
    )

    @property
    def encoders(self) -> dict[str, Encoder]:
        """How columns are read whose kind leaves a choice, by kind; only of kinds that are learned from."""
        there = {column.kind for column in self.inputs}
        return {kind: encoder for kind, encoder in (("text", self.text), ("image", self.image)) if kind in there}

    def to_yaml(self) -> str:
        """The recipe as a person reads it. Family and settings at their defaults are written too."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """Raises BadRecipe, naming each field that is wrong."""
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise BadRecipe("This is not YAML: {problem}", problem=str(error).replace("\n", " ")) from error
        if not isinstance(data, dict):
            raise BadRecipe("A recipe is a list of names and values, such as “target: price”.")
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise BadRecipe("The recipe does not hold together. {faults}", faults=faults) from error
