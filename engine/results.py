"""What an evaluation and an explanation say: frozen records without NaN, saved as JSON, drawn by pages.

Knows nothing of how the figures are made, see engine/evaluation and engine/explanation.py; comparisons of runs stand in
engine/comparison.py.

    Evaluation ── metrics by predictor · differences · verdict · best, worst and uncertain rows · importance
               ├─ classes: ClassReport    confusion · roc · precision_recall · reliability · thresholds
               ├─ labels: LabelReport     each label · reliability
               └─ numbers: NumberReport   predicted_true · residuals · by_range · coverage
    Contributions       why one row got its answer

Sentences are `engine.events.Note`: an English template and its values, with figures already written out ("11,200").
Intervals hold 95 times in 100, unless said otherwise. They are None where there are too few rows to say.
"""

from __future__ import annotations

from typing import Literal

from engine.events import Note
from engine.spec import Spec

PredictorName = Literal["model", "baseline", "guess"]
Outcome = Literal["better", "alike", "worse", "unknown"]  # unknown: too few rows to tell


class Metric(Spec):
    """One metric on the test rows and its 95 % interval. `name` is a key of `engine.metrics.METRICS`."""

    name: str
    value: float
    low: float | None
    high: float | None
    higher_is_better: bool


class Difference(Spec):
    """`first` minus `second` in one metric on the same rows, from a paired bootstrap.

    In an evaluation first and second are predictors; in a comparison they are the runs' labels.
    `outcome` says how the first does against the second.
    """

    metric: str
    first: str
    second: str
    value: float
    low: float | None
    high: float | None
    outcome: Outcome


class Verdict(Spec):
    """What a reader should know first.

    `headline` "Right 87 times in 100 (86–88)." · `short` the same without the range, for lists · `guessing` and
    `simpler` compare, `sentences` add what else must be said (how many rows it rests on, what to try next).
    """

    headline: Note
    short: Note
    against_guess: Outcome
    against_baseline: Outcome | None  # None when there is no baseline
    guessing: Note
    simpler: Note | None
    sentences: tuple[Note, ...] = ()


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


class PredictedTrue(Spec):
    """Points of the predicted-against-true chart: a seeded sample of the test rows. `of` is the number of all."""

    row_ids: tuple[int, ...]
    truth: tuple[float, ...]
    predicted: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    of: int


class Histogram(Spec):
    """`counts[i]` values lie in [edges[i], edges[i + 1]). `below` and `above` are outside, with the far ones."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int = 0
    above: int = 0


class RangeError(Spec):
    """Test rows whose truth lies in [low, high] : mean error with interval, bias (predicted − true) and coverage."""

    low: float
    high: float
    rows: int
    mae: float
    mae_low: float | None
    mae_high: float | None
    bias: float
    covered: float


class Coverage(Spec):
    """How often the intervals that should hold `promised` of the time held the truth on test rows."""

    promised: float
    held: float
    held_low: float
    held_high: float
    mean_width: float
    median_width: float
    rows: int


class NumberReport(Spec):
    """Charts for numbers, all of the model. Residual = predicted − true."""

    predicted_true: PredictedTrue
    residuals: Histogram
    by_range: tuple[RangeError, ...]
    coverage: Coverage


class RowResult(Spec):
    """One test row. `loss` is the log loss, or the absolute error; `probability` is that of the answer (classes).

    `agreement` is the share of the labels that the row has or was given which are both (labels).
    """

    row_id: int
    truth: str | float
    answer: str | float
    loss: float
    probability: float | None = None
    agreement: float | None = None


class Suspect(Spec):
    """A row whose answer in the data looks wrong."""

    row_id: int
    given: str
    suggested: str
    probability_given: float
    probability_suggested: float


class Suspects(Spec):
    """The rows that look most wrongly labelled, worst first, of the `judged` ones; `found` counts all."""

    judged: int
    found: int
    rows: tuple[Suspect, ...]


class ColumnImportance(Spec):
    """What the headline metric loses when this column is shuffled, averaged over repeats; 95 % interval."""

    name: str
    drop: float
    low: float | None
    high: float | None


class Importance(Spec):
    """Permutation importance (Breiman 2001; Fisher, Rudin & Dominici 2019), largest first.

    `repeats` is how often each column was shuffled; `complete` is False when time ran out and `columns` lacks some.
    """

    metric: str
    rows: int
    of: int
    repeats: int
    complete: bool
    columns: tuple[ColumnImportance, ...]


class Evaluation(Spec):
    """How good a run is on test rows that it had never seen."""

    format: Literal[1] = 1
    answer: str  # kind of target
    target: str
    rows: int
    left_out: int  # test rows whose truth is missing, or a class that training had not seen
    headline: str
    resamples: int
    seed: int
    metrics: dict[PredictorName, tuple[Metric, ...]]
    differences: tuple[Difference, ...]
    verdict: Verdict
    notes: tuple[Note, ...] = ()
    classes: ClassReport | None = None
    labels: LabelReport | None = None
    numbers: NumberReport | None = None
    best_rows: tuple[RowResult, ...] = ()
    worst_rows: tuple[RowResult, ...] = ()
    uncertain_rows: tuple[RowResult, ...] = ()
    importance: Importance | None = None
    suspects: Suspects | None = None  # classes only

    def metric(self, name: str, predictor: PredictorName = "model") -> Metric | None:
        """None when these test rows do not define it, as the ROC area of one class."""
        return next((metric for metric in self.metrics.get(predictor, ()) if metric.name == name), None)


class Contribution(Spec):
    """What one column added to this answer, and the standard error of sampling."""

    name: str
    value: float
    error: float


class Contributions(Spec):
    """Why one row got its answer: base + sum of the contributions = answer, exactly up to rounding of floats.

    `unit` says what is summed: the probability of the class `of`, or the number itself. `base` is the average answer
    over the background rows. `method` names the method in words.
    """

    method: Note
    unit: Literal["probability", "number"]
    of: str | None
    base: float
    answer: float
    columns: tuple[Contribution, ...]
    background_rows: int
    draws: int


class HeatMap(Spec):
    """Which parts of a picture an answer rests on: `cells` line by line, as `engine.heatmap` measures them.

    `answer` is the probability of the class `of`, or the number; `hidden` what is left of it once the warmest cells,
    the share `marked`, are hidden, and `elsewhere` the mean when the same shape is hidden at random places.
    """

    column: str
    of: str | None
    unit: Literal["probability", "number"]
    answer: float
    cells: tuple[tuple[float, ...], ...]
    marked: float
    hidden: float
    elsewhere: float
