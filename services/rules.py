"""When something about a model is an alarm: rules on drift, requests and judged answers. Knows no database.

Every rule says nothing below a number of rows or requests; so an alarm is neither raised on a handful nor closed by it.
Each is strict enough to be asked again and again: see `engine.drift`, and `UNLIKELY` for the others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import bdtrc

from engine.drift.distances import share_chance
from engine.results import DriftReport
from storage.records import AlarmKind, Json

UNLIKELY = 0.001  # the chance of an alarm on a look when nothing is wrong

FEWEST_CALLS = 50
TOLERATED, FAILING = 0.01, 0.05  # shares of requests that fail: usual, and too many
FEWEST_BEFORE = 200  # earlier requests, to know what is usual
LAST_CALLS = 100
SLOW = 500.0  # milliseconds; quicker is no alarm, however quick it was before

FEWEST_JUDGED = 50
JUDGED_SHARE = 0.1  # of all answers; a smaller part says more of who judges than of the model
WORSE_SHARE, WORSE_FACTOR = 0.05, 1.2  # how much worse than on test rows matters
Z = 3.09  # of a normal distribution beyond which UNLIKELY lies

Key = tuple[AlarmKind, str | None]
"""What an alarm is of: its kind, and the column that drifts. Rules give a Finding, or None where all is well; what they
cannot judge they leave out.
"""


@dataclass(frozen=True)
class Finding:
    """Something that is an alarm: its sentence, how far it went, and on how many rows or requests that rests."""

    text: str
    values: Json
    value: float
    threshold: float
    rows: int


def of_drift(report: DriftReport) -> dict[Key, Finding | None]:
    """An alarm for each column that changed. Dates go on by themselves: they are shown, and are no alarm."""
    found: dict[Key, Finding | None] = {}
    for column in report.columns:
        worst = column.worst
        if worst is None or (column.kind == "datetime" and worst.aspect == "values"):
            found["drift", column.name] = None
        else:
            said = column.sentence
            found["drift", column.name] = Finding(said.text, said.values, worst.value, worst.threshold, column.rows)
    return found


def of_errors(statuses: Sequence[int]) -> dict[Key, Finding | None]:
    """An alarm when too many of the last requests failed here; those that were refused are the asker's own."""
    rows, failed = len(statuses), sum(status >= 500 for status in statuses)
    if rows < FEWEST_CALLS:
        return {}
    share = failed / rows
    if share < FAILING or bdtrc(failed - 1, rows, TOLERATED) >= UNLIKELY:
        return {("errors", None): None}
    text = "{failed} of the last {rows} requests failed."
    return {("errors", None): Finding(text, {"failed": failed, "rows": rows}, share, FAILING, rows)}


def of_latency(last: Sequence[float], before: Sequence[float]) -> dict[Key, Finding | None]:
    """An alarm when half of the last requests took longer than 95 of 100 did before. Milliseconds.

    Were one request as likely slow as another, that would befall FEWEST_CALLS once in 10 to the power of 19 looks. Slow
    requests come together: when they do, and for this long, it is what the alarm is for.
    """
    if len(last) < FEWEST_CALLS or len(before) < FEWEST_BEFORE:
        return {}
    now, usual = float(np.median(last)), float(np.quantile(before, 0.95))
    if now <= max(usual, SLOW):
        return {("latency", None): None}
    text = "Half of the last {rows} requests took longer than {now} ms; before, 95 of 100 took at most {usual} ms."
    values = {"rows": len(last), "now": round(now), "usual": round(usual)}
    return {("latency", None): Finding(text, values, now, max(usual, SLOW), len(last))}


def of_shares(right: int, judged: int, answered: int, tested: float, test_rows: int) -> dict[Key, Finding | None]:
    """An alarm when judged answers are right less often than on `test_rows`, where `tested` of them were."""
    if judged < FEWEST_JUDGED or judged < JUDGED_SHARE * answered:
        return {}
    share = right / judged
    chance = share_chance((round(tested * test_rows), test_rows), (right, judged))
    if tested - share < WORSE_SHARE or chance >= UNLIKELY:
        return {("quality", None): None}
    text = "Of {rows} judged answers {right} in 100 were right; on the test rows it was {tested}."
    values = {"rows": judged, "right": f"{100 * share:.0f}", "tested": f"{100 * tested:.0f}"}
    return {("quality", None): Finding(text, values, share, tested - WORSE_SHARE, judged)}


def of_errors_in_unit(
    errors: np.ndarray, answered: int, tested: float, interval: tuple[float, float]
) -> dict[Key, Finding | None]:
    """An alarm when judged answers are farther off, `errors` (rows,), than those of test rows were on average.

    That was `tested`, which is no surer than its 95 % `interval`.
    """
    judged = len(errors)
    if judged < FEWEST_JUDGED or judged < JUDGED_SHARE * answered:
        return {}
    mean, own = float(errors.mean()), float(errors.std(ddof=1)) / judged**0.5
    limit, theirs = WORSE_FACTOR * tested, (interval[1] - interval[0]) / (2 * 1.96)
    if mean <= limit or mean - Z * math.hypot(own, theirs) <= tested:
        return {("quality", None): None}
    text = "{rows} judged answers were off by {mean} on average; on the test rows it was {tested}."
    values: dict[str, Any] = {"rows": judged, "mean": float(f"{mean:.4g}"), "tested": float(f"{tested:.4g}")}
    return {("quality", None): Finding(text, values, mean, limit, judged)}
