"""How good answers were by what people said of them."""

from __future__ import annotations

from engine.results.scores import Metric
from engine.spec import Spec


class Judgement(Spec):
    """The headline metric of some judged answers: those of a version, or of a stretch of time. `name` is its number."""

    name: int
    rows: int
    metric: Metric | None


class Quality(Spec):
    """Of `rows` judged answers; `known` are those of which the correct answer is known, on which metrics rest but the
    headline of anything but numbers, precision and F1.

    `headline` names the metric of `versions` and `times`, which are in their order.
    """

    rows: int
    known: int
    headline: str
    metrics: tuple[Metric, ...]
    versions: tuple[Judgement, ...]
    times: tuple[Judgement, ...]
