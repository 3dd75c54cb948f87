"""Where answers of one of several classes, or of several labels, are right and wrong."""

from __future__ import annotations

from engine.results.scores import PredictorName
from engine.spec import Spec


class Confusion(Spec):
    """`counts[i][j]`: test rows that are class i and were answered j.

    `gathered` > 0: the last row and column hold that many rarer classes together.
    """

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    gathered: int = 0


class Curve(Spec):
    """A ROC curve (x false positive rate, y true positive rate) or precision–recall curve (x recall, y precision).

    `area` is the area under the whole curve, before it was thinned; `share` is the class's share of the test rows.
    `thresholds` is the lowest probability that is still called positive, 1 where nothing is.
    """

    predictor: PredictorName
    positive: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    thresholds: tuple[float, ...]
    area: float
    rows: int
    share: float


class ReliabilityBin(Spec):
    """Rows whose probability lies in [low, high): `stated` on average, `happened` in fact, with its 95 % interval."""

    low: float
    high: float
    rows: int
    stated: float
    happened: float
    happened_low: float
    happened_high: float


class Reliability(Spec):
    """Do stated probabilities come true? `of` is the class that the probabilities are of; None: of the answer given."""

    predictor: PredictorName
    of: str | None
    bins: tuple[ReliabilityBin, ...]
    error: float


class Counts(Spec):
    """How many rows at a threshold: rightly and wrongly called positive, rightly and wrongly called negative."""

    true_positive: int
    false_positive: int
    true_negative: int
    false_negative: int

    def cost(self, false_alarm: float, miss: float) -> float:
        """Cost of all rows, when a wrong positive costs `false_alarm` and an overlooked one `miss`."""
        return false_alarm * self.false_positive + miss * self.false_negative


class ThresholdChoice(Spec):
    """The threshold that was cheapest on validation rows, and what it gives on test rows."""

    threshold: float
    false_alarm: float
    miss: float
    validation: Counts
    test: Counts
    validation_cost_per_row: float
    test_cost_per_row: float


class Thresholds(Spec):
    """Call a row positive when its probability is at least the threshold: what follows, at each of ≤ 101 thresholds."""

    positive: str
    negative: str
    thresholds: tuple[float, ...]
    validation: tuple[Counts, ...]
    test: tuple[Counts, ...]

    def cheapest(self, false_alarm: float = 1.0, miss: float = 1.0) -> ThresholdChoice:
        """Chosen on validation rows only; of equally cheap ones, the nearest to one half."""
        costs = [counts.cost(false_alarm, miss) for counts in self.validation]
        order = range(len(costs))
        best = min(order, key=lambda i: (costs[i], abs(self.thresholds[i] - 0.5)))
        validation, test = self.validation[best], self.test[best]
        return ThresholdChoice(
            threshold=self.thresholds[best],
            false_alarm=false_alarm,
            miss=miss,
            validation=validation,
            test=test,
            validation_cost_per_row=costs[best] / max(1, _total(validation)),
            test_cost_per_row=test.cost(false_alarm, miss) / max(1, _total(test)),
        )


def _total(counts: Counts) -> int:
    return counts.true_positive + counts.false_positive + counts.true_negative + counts.false_negative


class ClassScore(Spec):
    """How one class fares: `rows` of the test part have it, `answered` were given it. None: no such rows."""

    name: str
    rows: int
    answered: int
    precision: float | None
    recall: float | None
    f1: float | None


class ClassReport(Spec):
    """Charts for one of two and one of many. `thresholds` only for one of two."""

    classes: tuple[ClassScore, ...]
    confusion: Confusion
    roc: tuple[Curve, ...]
    precision_recall: tuple[Curve, ...]
    reliability: tuple[Reliability, ...]
    thresholds: Thresholds | None = None
    chosen: ThresholdChoice | None = None  # at equal costs


class LabelScore(Spec):
    """How one label fares: `rows` of the test part have it, `given` were given it. None: no such rows.

    `average_precision` says how pure the top of the list is when rows are sorted by its probability.
    """

    name: str
    rows: int
    given: int
    precision: float | None
    recall: float | None
    f1: float | None
    average_precision: float | None


class LabelReport(Spec):
    """Charts for several of many: labels, most frequent first, given where the probability reaches `threshold`."""

    threshold: float
    labels: tuple[LabelScore, ...]
    reliability: tuple[Reliability, ...]
