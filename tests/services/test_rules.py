"""When judged answers that are numbers are worse than those of the test rows, and when that cannot be said."""

from __future__ import annotations

import numpy as np

from services import rules

LOOKS = 2_000


def rings(test_rows: int, worse: float = 1.0, judged: int = 200) -> float:
    """The share of looks that ring where errors of judged answers are `worse` times those of test rows."""
    random = np.random.default_rng(0)
    found = []
    for _ in range(LOOKS):
        tested = random.exponential(size=test_rows)
        spread = 1.96 * tested.std(ddof=1) / test_rows**0.5
        interval = (tested.mean() - spread, tested.mean() + spread)
        errors = worse * random.exponential(size=judged)
        found += rules.of_errors_in_unit(errors, judged, float(tested.mean()), interval).values()
    return sum(each is not None for each in found) / LOOKS


def test_error_of_few_test_rows_is_not_taken_for_sure() -> None:
    assert rings(1_000) < 0.005
    assert rings(60) < 0.02, "one time in twenty where the error of 60 rows was taken for the true one"


def test_answers_that_are_much_worse_are_told() -> None:
    assert rings(200, worse=2.0) > 0.95
