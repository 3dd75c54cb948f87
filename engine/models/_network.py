"""What the neural families share: how encoded columns come in, and how a network is fitted."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, Literal

from engine.models._base import Family, Predictor, Task
from engine.spec import setting


class NetworkFamily(Family):
    """A Keras network: encoders, one a kind of column → `trunk` → the target's head."""

    numbers: Literal["plain", "periodic"] = setting(
        "periodic",
        "Numbers as",
        "Periodic shows each number also as waves, so that the network can bend sharply along it; "
        "plain hands it over as it is.",
    )
    waves: int = setting(16, "Waves", "Waves for each number, when numbers are periodic.", ge=1, le=128)
    category_width: int = setting(8, "Category width", "How many learned numbers stand for each word.", ge=1, le=256)

    @abstractmethod
    def trunk(self, features: Any) -> Any:
        """From all features (batch, n) to what the head reads (batch, m). Imports Keras inside."""

    def fit(self, task: Task) -> Predictor:
        """See the contract."""
        from engine.training import fit_network

        return fit_network(self, task)

    def load(self, folder: Path) -> Predictor:
        """See the contract."""
        from engine.network import NetworkPredictor

        return NetworkPredictor.load(folder)
