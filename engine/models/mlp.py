"""The textbook network: dense layers, one after the other."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from engine.layers import MOMENTUM
from engine.models._network import NetworkFamily
from engine.spec import setting

Activation = Literal["relu", "gelu", "silu", "selu", "tanh"]


class MLP(NetworkFamily):
    """Dense layers with dropout (Srivastava et al. 2014)."""

    family: Literal["mlp"] = "mlp"
    layers: tuple[Annotated[int, Field(ge=1, le=8192)], ...] = setting(
        (256, 128),
        "Layers",
        "Units of each layer, from first to last, separated by commas.",
        min_length=1,
        max_length=32,
    )
    activation: Activation = setting("relu", "Activation", "How a unit answers to its inputs.")
    dropout: float = setting(
        0.1,
        "Dropout",
        "The share of units left out at random in each step, against learning by heart.",
        ge=0,
        lt=1,
        step=0.05,
    )
    l2: float = setting(0.0, "L2", "Punishes large weights through the loss.", ge=0, le=1, step=0.0001)
    normalisation: Literal["none", "batch", "layer"] = setting(
        "none", "Normalisation", "Keeps the numbers between layers in a good range; deep networks need it."
    )

    title: ClassVar[str] = "Multilayer perceptron"
    advice: ClassVar[str] = "Choose it for a well-known network whose every layer you set yourself."

    def trunk(self, features: Any) -> Any:
        """Dense → normalisation → activation → dropout, for each layer."""
        from keras import layers, regularizers

        punish = regularizers.L2(self.l2) if self.l2 else None
        for units in self.layers:
            features = layers.Dense(units, kernel_regularizer=punish)(features)
            if self.normalisation != "none":
                batch = self.normalisation == "batch"
                kind = layers.BatchNormalization(momentum=MOMENTUM) if batch else layers.LayerNormalization()
                features = kind(features)
            features = layers.Activation(self.activation)(features)
            if self.dropout:
                features = layers.Dropout(self.dropout)(features)
        return features
