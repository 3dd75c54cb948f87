"""How a network is fitted: the part of the recipe that families read. Knows no family and no data."""

from __future__ import annotations

import math
from typing import Literal, Self

from engine.spec import Spec, setting

UPDATES_PER_SECOND = 100  # of the time budget, when the recipe leaves the epochs open


class Fitting(Spec):
    """How the network is fitted."""

    loss: Literal["auto", "mse", "mae", "huber", "focal"] = setting(
        "auto",
        "Loss",
        "What training makes small. Auto takes cross-entropy for classes and squared error for numbers; "
        "absolute and Huber errors care less about outliers, focal loss cares more about rare classes.",
    )
    label_smoothing: float = setting(
        0.0,
        "Label smoothing",
        "Keeps the network from being too sure of itself. Classes only.",
        ge=0,
        lt=0.5,
        step=0.01,
    )
    optimizer: Literal["adamw", "adam", "sgd", "rmsprop", "lion"] = setting(
        "adamw", "Optimiser", "The rule that turns errors into changes of the network. AdamW suits most tables."
    )
    learning_rate: float = setting(
        2e-3,
        "Learning rate",
        "The size of each change. Too large and it never settles; too small and it takes long.",
        gt=0,
        le=1,
        step=0.0005,
    )
    schedule: Literal["plateau", "cosine", "constant"] = setting(
        "plateau",
        "Learning rate schedule",
        "Plateau goes back to the best so far and makes smaller changes whenever nothing is gained; cosine makes them "
        "smaller and smaller to the end of training; constant keeps them.",
    )
    averaging: float = setting(
        0.0,
        "Weight averaging",
        "The network that is kept is an average of the latest ones, and steadier than each: this share of the average "
        "stays at each step (exponential moving average). 0: no averaging; 0.99 averages about a hundred steps.",
        ge=0,
        lt=1,
        step=0.01,
    )
    weight_decay: float = setting(
        0.01,
        "Weight decay",
        "Pulls weights towards zero at each step, against learning by heart.",
        ge=0,
        le=1,
        step=0.005,
    )
    batch_size: int | None = setting(
        None,
        "Batch size",
        "Rows that are learned from at once. Empty: chosen by the number of rows.",
        unit="rows",
        ge=1,
        le=65536,
    )
    epochs: int | None = setting(
        None,
        "Epochs",
        "Times through the training rows at most. Empty: chosen by the number of rows and the effort.",
        ge=1,
        le=10_000,
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

    def resolve(self, rows: int, seconds: float, most: int = 1024) -> Self:
        """With batch size and epochs chosen where they are open, for `rows` training rows and a budget of `seconds`.

        They follow from the recipe and the rows alone, not from the machine: a slower one learns the same, given the
        time. The number of updates is in proportion to the budget. `most` is the largest batch size to choose.
        """
        batch = self.batch_size or min(max(32, 2 ** round(math.log2(max(rows, 1) / 100))), most)
        batch = max(1, min(batch, rows))
        epochs = self.epochs or min(max(5, math.ceil(seconds * UPDATES_PER_SECOND * batch / rows)), 100)
        return self.model_copy(update={"batch_size": batch, "epochs": epochs})
