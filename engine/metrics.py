"""The metrics in words: what each is called and what it means. Knows not how they are computed."""

from __future__ import annotations

from typing import Literal

from engine.spec import Spec


class MetricInfo(Spec):
    """A metric in words. `scale`: share is shown in per cent, unit is in the target's own unit, plain has none."""

    name: str
    scale: Literal["share", "unit", "plain"]
    higher_is_better: bool
    title: str
    help: str


_METRICS = (
    MetricInfo(
        name="accuracy",
        scale="share",
        higher_is_better=True,
        title="Right answers",
        help="How many rows of 100 got the right answer.",
    ),
    MetricInfo(
        name="balanced_accuracy",
        scale="share",
        higher_is_better=True,
        title="Right answers, each class counted alike",
        help="The share of right answers in each class, averaged over the classes, "
        "so that a rare class counts as much.",
    ),
    MetricInfo(
        name="log_loss",
        scale="plain",
        higher_is_better=False,
        title="Log loss",
        help="How far the probabilities are from what came true. Being sure and wrong costs most. 0 is perfect.",
    ),
    MetricInfo(
        name="roc_auc",
        scale="plain",
        higher_is_better=True,
        title="Area under the ROC curve",
        help="How often a row that has the class gets a higher probability for it than a row that has not. "
        "0.5 is guessing, 1 is perfect. With more than two classes: the average over them.",
    ),
    MetricInfo(
        name="average_precision",
        scale="plain",
        higher_is_better=True,
        title="Average precision",
        help="How pure the top of the list is when rows are sorted by probability. Guessing gives the share of the "
        "class. With more than two classes: the average over them.",
    ),
    MetricInfo(
        name="f1",
        scale="share",
        higher_is_better=True,
        title="F1",
        help="One figure for precision and recall together; it is high only when both are. "
        "With more than two classes: the average over them.",
    ),
    MetricInfo(
        name="precision",
        scale="share",
        higher_is_better=True,
        title="Precision",
        help="Of 100 rows that were given the class, how many have it. "
        "With more than two classes: the average over them.",
    ),
    MetricInfo(
        name="recall",
        scale="share",
        higher_is_better=True,
        title="Recall",
        help="Of 100 rows that have the class, how many were found. With more than two classes: the average over them.",
    ),
    MetricInfo(
        name="micro_f1",
        scale="share",
        higher_is_better=True,
        title="Labels that match (F1)",
        help="One figure for the labels given that are right and the right labels that were found, all rows and labels "
        "together. It is 100 % only when every row gets exactly its labels.",
    ),
    MetricInfo(
        name="micro_precision",
        scale="share",
        higher_is_better=True,
        title="Labels given that are right",
        help="Of 100 labels that were given, how many the row has.",
    ),
    MetricInfo(
        name="micro_recall",
        scale="share",
        higher_is_better=True,
        title="Right labels that were found",
        help="Of 100 labels that rows have, how many were given.",
    ),
    MetricInfo(
        name="macro_f1",
        scale="share",
        higher_is_better=True,
        title="F1, each label counted alike",
        help="F1 of each label, averaged over the labels, so that a rare label counts as much.",
    ),
    MetricInfo(
        name="jaccard",
        scale="share",
        higher_is_better=True,
        title="Labels in common",
        help="Of the labels that a row has or was given, the share that is both (Jaccard index), averaged over rows.",
    ),
    MetricInfo(
        name="exact_match",
        scale="share",
        higher_is_better=True,
        title="Rows with exactly the right labels",
        help="How many rows of 100 got all their labels and no other.",
    ),
    MetricInfo(
        name="mean_average_precision",
        scale="plain",
        higher_is_better=True,
        title="Mean average precision",
        help="How pure the top of the list is when rows are sorted by the probability of a label, averaged over the "
        "labels. Guessing gives the share of the label, 1 is perfect.",
    ),
    MetricInfo(
        name="brier",
        scale="plain",
        higher_is_better=False,
        title="Brier score",
        help="The mean squared distance between the probabilities and what came true. 0 is perfect.",
    ),
    MetricInfo(
        name="calibration_error",
        scale="share",
        higher_is_better=False,
        title="Calibration error",
        help="How far a stated probability is, on average, from how often it came true. "
        "At 2 %, answers given with 80 % come true 78 to 82 times in 100.",
    ),
    MetricInfo(
        name="mae",
        scale="unit",
        higher_is_better=False,
        title="Mean error",
        help="How far the answer is off, on average.",
    ),
    MetricInfo(
        name="rmse",
        scale="unit",
        higher_is_better=False,
        title="Root mean squared error",
        help="Like the mean error, but large misses count more.",
    ),
    MetricInfo(
        name="r2",
        scale="plain",
        higher_is_better=True,
        title="R²",
        help="How much of the variation is explained: 1 is all of it, "
        "0 is no better than always answering the average.",
    ),
    MetricInfo(
        name="median_error",
        scale="unit",
        higher_is_better=False,
        title="Median error",
        help="Half of the answers are off by less than this.",
    ),
    MetricInfo(
        name="percentage_error",
        scale="share",
        higher_is_better=False,
        title="Mean percentage error",
        help="How far the answer is off, on average, as a share of the true value.",
    ),
)

METRICS = {info.name: info for info in _METRICS}
