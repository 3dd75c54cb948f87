"""The families of models. A new one is a file here and a line below."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.models._base import Family, Predictor, Task
from engine.models.gradient_boosting import GradientBoosting
from engine.models.linear import Linear
from engine.models.mlp import MLP
from engine.models.residual_mlp import ResidualMLP
from engine.models.weighted_sum import WeightedSum

FAMILIES: dict[str, type[Family]] = {
    "residual mlp": ResidualMLP,
    "mlp": MLP,
    "linear": Linear,
    "gradient boosting": GradientBoosting,
    "weighted sum": WeightedSum,
}

AnyFamily = Annotated[ResidualMLP | MLP | Linear | GradientBoosting | WeightedSum, Field(discriminator="family")]

__all__ = [
    "FAMILIES", "AnyFamily", "Family", "GradientBoosting", "Linear", "Predictor", "ResidualMLP", "Task", "WeightedSum",
]  # fmt: skip
