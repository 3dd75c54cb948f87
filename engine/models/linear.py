"""The simplest network: every column adds its part."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from engine.models._network import NetworkFamily
from engine.spec import setting


class Linear(NetworkFamily):
    """A weighted sum: logistic regression for classes, linear regression for numbers."""

    family: Literal["linear"] = "linear"
    numbers: Literal["plain", "periodic"] = setting(
        "plain",
        "Numbers as",
        "Plain is a true weighted sum; periodic lets each column bend, but still only adds them up.",
    )

    title: ClassVar[str] = "Linear"
    advice: ClassVar[str] = "Choose it when there are few rows, or when each column must add its part in plain sight."

    def trunk(self, features: Any) -> Any:
        """Nothing between features and head."""
        return features
