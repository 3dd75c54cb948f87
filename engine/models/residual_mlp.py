"""The default network: dense blocks with a way around each."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from engine.layers import MOMENTUM
from engine.models._network import NetworkFamily
from engine.models.mlp import Activation
from engine.spec import setting


class ResidualMLP(NetworkFamily):
    """Blocks of normalise → widen → activation → dropout → narrow, each added to its own input.

    ResNet for tables, Gorishniy et al. 2021 (Revisiting Deep Learning Models for Tabular Data).
    """

    family: Literal["residual mlp"] = "residual mlp"
    width: int = setting(128, "Width", "Units that are handed from block to block.", ge=4, le=4096)
    blocks: int = setting(2, "Blocks", "How many blocks, one after the other.", ge=1, le=64)
    widening: float = setting(2.0, "Widening", "How much wider a block is inside.", ge=0.25, le=8, step=0.25)
    activation: Activation = setting("relu", "Activation", "How a unit answers to its inputs.")
    dropout: float = setting(
        0.15,
        "Dropout",
        "The share of units left out at random in each step, against learning by heart.",
        ge=0,
        lt=1,
        step=0.05,
    )

    title: ClassVar[str] = "Residual network"
    advice: ClassVar[str] = "Choose it for most tables: it learns more than a plain network in the same time."

    def trunk(self, features: Any) -> Any:
        """Dense → blocks → normalisation → activation."""
        from keras import layers

        flow = layers.Dense(self.width)(features)
        for _ in range(self.blocks):
            inside = layers.BatchNormalization(momentum=MOMENTUM)(flow)
            inside = layers.Dense(int(self.width * self.widening), activation=self.activation)(inside)
            inside = layers.Dropout(self.dropout)(inside)
            flow = layers.Add()([flow, layers.Dense(self.width)(inside)])
        return layers.Activation(self.activation)(layers.BatchNormalization(momentum=MOMENTUM)(flow))
