"""Quality from judged answers: what is known of them, by version and over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.quality import quality
from engine.results import Quality
from tests.engine.test_comparison import classes, labels, numbers

ROWS = 200


def judged(table: pd.DataFrame) -> pd.DataFrame:
    """A row table as people judged it: all of them said what is right."""
    table = table.drop(columns="__row__")
    table["right"] = table["truth"] == table["answer"]
    table["version"] = [1, 1, 1, 2] * (len(table) // 4)
    table["time"] = np.arange(len(table)) // 50
    return table


def value(found: Quality, name: str) -> float:
    return next(metric.value for metric in found.metrics if metric.name == name)


def test_classes_are_measured_with_intervals() -> None:
    table = judged(classes(range(ROWS), 1.0))
    found = quality(table)
    yes, given = table["truth"] == "yes", table["answer"] == "yes"
    assert (found.rows, found.known, found.headline) == (ROWS, ROWS, "accuracy")
    assert value(found, "accuracy") == pytest.approx(table["right"].mean())
    assert value(found, "precision") == pytest.approx((yes & given).sum() / given.sum())
    assert value(found, "recall") == pytest.approx((yes & given).sum() / yes.sum())
    assert {"f1", "precision", "recall"} <= {m.name for m in found.metrics if m.low is not None}
    assert [(each.name, each.rows) for each in found.versions] == [(1, 150), (2, 50)]
    assert [(each.name, each.rows) for each in found.times] == [(0, 50), (1, 50), (2, 50), (3, 50)]


def test_wrong_one_of_two_means_the_other() -> None:
    table = judged(classes(range(ROWS), 1.0))
    silent = table.assign(truth=table["truth"].where(table["right"], None))
    assert quality(silent).metrics == quality(table).metrics


def test_wrong_answers_without_the_right_one_still_count_as_wrong() -> None:
    table = judged(classes(range(ROWS), 1.0))
    table["probability of maybe"] = 0.0
    silent = table.assign(truth=table["truth"].where(table["right"], None))
    found = quality(silent)
    assert value(found, "accuracy") == pytest.approx(table["right"].mean())
    assert found.known == table["right"].sum()
    precision = [table["right"][table["answer"] == name].mean() for name in ("no", "yes")]
    assert value(found, "precision") == pytest.approx(np.mean(precision)), "they were wrongly given"
    assert value(found, "f1") == pytest.approx(np.mean([2 * share / (1 + share) for share in precision]))
    assert all(
        metric.low < metric.value < metric.high for metric in found.metrics if metric.name in ("precision", "f1")
    )
    assert value(found, "recall") == 1, "of what they are nobody knows"


def test_truth_that_the_model_never_learned_counts_against_the_class_given() -> None:
    table = judged(classes(range(ROWS), 1.0))
    table.loc[table["truth"] == "no", "truth"] = "never learned"
    table["right"] = table["truth"] == table["answer"]
    given = table["answer"] == "yes"
    assert value(quality(table), "precision") == pytest.approx(table["right"][given].mean())


def test_version_that_did_not_know_a_class_is_measured_with_the_others() -> None:
    table = judged(classes(range(ROWS), 1.0))
    table["probability of maybe"] = np.where(table["version"] == 2, 0.0, np.nan)
    assert np.isfinite([metric.value for metric in quality(table).metrics]).all()


def test_numbers_are_off_by_so_much() -> None:
    table = judged(numbers(range(ROWS), 50.0))
    table.loc[::2, "truth"] = None
    found = quality(table.astype({"truth": object}))
    expected = (table["truth"] - table["answer"]).abs().mean()
    assert (found.headline, found.known) == ("mae", ROWS // 2)
    assert value(found, "mae") == pytest.approx(expected)
    assert found.times[0].metric is not None
    assert found.times[0].metric.low is not None


def test_nobody_said_what_is_right() -> None:
    table = judged(numbers(range(ROWS), 50.0)).assign(truth=None)
    found = quality(table)
    assert (found.known, found.metrics) == (0, ())
    assert found.versions[0].metric is None


def test_labels_are_right_as_a_whole() -> None:
    table = judged(labels(range(ROWS), 1.0, "; "))
    found = quality(table)
    assert found.headline == "exact_match"
    assert value(found, "exact_match") == pytest.approx(table["right"].mean())
