"""The model and what it is measured against: the same word and colour on every chart."""

from __future__ import annotations

from pages.components.charts.style import Ground
from pages.components.words import _


def predictor_title(name: str) -> str:
    """A predictor as the reader knows it."""
    return {"model": _("this model"), "baseline": _("simpler method"), "guess": _("guessing")}.get(name, name)


def predictor_colour(name: str, ground: Ground) -> str:
    """The same colour for the same predictor on every chart."""
    return {"model": ground.model, "baseline": ground.baseline}.get(name, ground.guess)
