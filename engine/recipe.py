"""Recipe: the frozen, versioned description of one run. Everything follows from it and the data.

    what to predict · from which columns · which family · how to fit · how to split · how long

It knows no data set: the same recipe can be carried out on a later version, or on another table with these columns.
"""

from __future__ import annotations

import math
from typing import Literal, Self

import yaml
from pydantic import ValidationError

from engine.errors import BadRecipe
from engine.models import AnyFamily, ResidualMLP
from engine.spec import Spec, setting

UPDATES_PER_SECOND = 100
Answer = Literal["binary", "multiclass", "number"]


class Input(Spec):
    """One input column and the kind it is read as."""

    name: str
    kind: str


class Fitting(Spec):
    """How the network is fitted."""

    loss: Literal["auto", "mse", "mae", "huber", "focal"] = setting(
        "auto",
        "Loss",
        "What training makes small. Auto takes cross-entropy for classes and squared error for numbers; "
        "absolute and Huber errors care less about outliers, focal loss cares more about rare classes.",
    )
    label_smoothing: float = setting(
        0.0, "Label smoothing", "Keeps the network from being too sure of itself. Classes only.",
        ge=0, lt=0.5, step=0.01,
    )
    optimizer: Literal["adamw", "adam", "sgd", "rmsprop", "lion"] = setting(
        "adamw", "Optimiser", "The rule that turns errors into changes of the network. AdamW suits most tables."
    )
    learning_rate: float = setting(
        2e-3, "Learning rate", "The size of each change. Too large and it never settles; too small and it takes long.",
        gt=0, le=1, step=0.0005,
    )
    schedule: Literal["plateau", "cosine", "constant"] = setting(
        "plateau", "Learning rate schedule",
        "Plateau goes back to the best so far and makes smaller changes whenever nothing is gained; cosine makes them "
        "smaller and smaller to the end of training; constant keeps them.",
    )
    weight_decay: float = setting(
        0.01, "Weight decay", "Pulls weights towards zero at each step, against learning by heart.",
        ge=0, le=1, step=0.005,
    )
    batch_size: int | None = setting(
        None, "Batch size", "Rows that are learned from at once. Empty: chosen by the number of rows.",
        unit="rows", ge=1, le=65536,
    )
    epochs: int | None = setting(
        None, "Epochs", "Times through the training rows at most. Empty: chosen by the number of rows and the effort.",
        ge=1, le=10_000,
    )
    patience: int | None = setting(
        16, "Early stopping", "Stop after this many validations without a gain. Empty: never stop early.", ge=1, le=1000
    )
    class_weights: Literal["none", "balanced"] = setting(
        "none", "Class weights", "Balanced lets rare answers count as much as frequent ones. Classes only."
    )
    precision: Literal["auto", "float32", "mixed"] = setting(
        "auto", "Precision", "Mixed precision is faster on a GPU. Auto uses it where there is one."
    )

    def resolve(self, rows: int, seconds: float) -> Self:
        """With batch size and epochs chosen where they are open, for `rows` training rows and a budget of `seconds`.

        They follow from the recipe and the rows alone, not from the machine: a slower one learns the same, given the
        time. The number of updates is in proportion to the budget.
        """
        batch = self.batch_size or min(max(32, 2 ** round(math.log2(max(rows, 1) / 150))), 1024)
        batch = max(1, min(batch, rows))
        epochs = self.epochs or min(max(5, math.ceil(seconds * UPDATES_PER_SECOND * batch / rows)), 100)
        return self.model_copy(update={"batch_size": batch, "epochs": epochs})


class Split(Spec):
    """How rows are parted into training, validation and test rows."""

    method: Literal["random", "stratified", "time", "group"] = setting(
        "stratified", "Split",
        "Stratified keeps the shares of the answers the same in each part; by time tests on the latest rows; "
        "by group keeps rows that belong together in one part.",
    )
    column: str | None = setting(
        None, "Split column", "The date for a split by time, or the group for a split by group."
    )
    validation: float = setting(
        0.15, "Validation share", "Rows to steer the training by: when to stop, how sure to be.",
        ge=0.02, le=0.4, step=0.01,
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
    fitting: Fitting = Fitting()
    split: Split = Split()
    effort: Effort = EFFORTS[1]
    seed: int = setting(0, "Seed", "The same seed on the same machine gives the same result.", ge=0, le=2**31 - 1)

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
