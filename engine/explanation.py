"""Which columns matter, to all answers and to one. Works on encoded rows and a callable; knows no model and no table.

Shuffling or replacing one column is shuffling or replacing its place in the packed arrays: nothing is encoded again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from engine.encoding import Encoded, Place, rows_of, take
from engine.evaluation.intervals import bootstrap, percentiles, resamples_for
from engine.evaluation.rows import known
from engine.events import Note
from engine.results import ColumnImportance, Contribution, Contributions, Importance
from engine.targets import Target

Predict = Callable[[Encoded], np.ndarray]
"""Encoded rows to scores (rows, outputs)."""

REPEATS = 5
CELLS_AT_ONCE = 8_000_000  # of the rows that are made up to explain one


def permutation_importance(
    predict: Predict,
    encoded: Encoded,
    truth: np.ndarray,
    target: Target,
    columns: Sequence[Place],
    *,
    seconds: float = 10.0,
    rows: int = 2000,
    seed: int = 0,
) -> Importance:
    """What the headline metric loses when a column is shuffled among test rows (Breiman 2001; Fisher et al. 2019).

    On a seeded sample of `rows`, each column at most five times, as long as `seconds` last; columns are taken in turn,
    so that each is shuffled equally often. Where the headline metric would hide what the model knows, another is taken,
    see `Answers.telling`. `truth` is encoded.
    """
    began = time.monotonic()
    places = np.flatnonzero(known(truth))
    random = np.random.default_rng(seed)
    sample = np.sort(random.choice(places, min(rows, len(places)), replace=False))
    part = {kind: np.array(array) for kind, array in take(encoded, sample).items()}
    values = target.in_own_unit(truth[sample])
    answers = target.decode(predict(part))
    metric = answers.telling(values)
    before = answers.errors(metric, values)

    def gain(column: Place) -> np.ndarray:
        shuffled = _shuffled(part, column, random.permutation(len(sample)))
        return np.asarray(target.decode(predict(shuffled)).errors(metric, values) - before)

    rounds = _rounds(gain, columns, until=began + seconds)
    drops = np.mean(rounds, axis=0)
    return Importance(
        metric=metric,
        rows=len(sample),
        of=len(places),
        repeats=len(rounds),
        complete=len(drops) == len(columns),
        columns=_importances(drops, columns, seed),
    )


def _rounds(gain: Callable[[Place], np.ndarray], columns: Sequence[Place], *, until: float) -> list[np.ndarray]:
    """What shuffling gains, (columns, rows) a round. A first round that is cut short is kept, a later one is not."""
    rounds: list[np.ndarray] = []
    while len(rounds) < REPEATS:
        gains: list[np.ndarray] = []
        for column in columns:
            # However short the time, one column is tried.
            if (rounds or gains) and time.monotonic() > until:
                return rounds or [np.array(gains)]
            gains.append(gain(column))
        rounds.append(np.array(gains))
    return rounds


def _shuffled(encoded: Encoded, column: Place, order: np.ndarray) -> Encoded:
    array = encoded[column.kind].copy()
    array[:, column.start : column.stop] = array[order, column.start : column.stop]
    return {**encoded, column.kind: array}


def _importances(drops: np.ndarray, columns: Sequence[Place], seed: int) -> tuple[ColumnImportance, ...]:
    """From errors gained (columns, rows), averaged over repeats; intervals from a bootstrap over rows."""
    rows = drops.shape[1]
    draws = bootstrap(lambda weights: drops @ weights / rows, rows, resamples_for(rows), seed)
    found = []
    for i in range(len(drops)):
        drop = float(drops[i].mean())
        low, high = percentiles(drop, draws[:, i]) or (None, None)
        found.append(ColumnImportance(name=columns[i].name, drop=drop, low=low, high=high))
    return tuple(sorted(found, key=lambda each: -each.drop))


def contributions(
    predict: Predict,
    row: Encoded,
    background: Encoded,
    columns: Sequence[Place],
    target: Target,
    *,
    draws: int = 128,
    seed: int = 0,
) -> Contributions:
    """What each column of `row` (one row) added to its answer, compared with the rows of `background`.

    Shapley values by sampling orders of the columns (Štrumbelj & Kononenko 2014), each order together with its
    reverse (antithetic, Mitchell et al. 2022). Going from a background row to `row` one column at a time, each step
    is credited to its column: so the contributions of one walk sum exactly to answer minus start, and on average to
    answer minus base. Each background row starts equally many walks; with fewer pairs of walks than background rows,
    only the first of a seeded order do. `draws` counts walks.

    What is summed is the probability of the class answered, of the most probable label, or the number. `target` is
    calibrated.
    """
    random = np.random.default_rng(seed)
    starts = random.permutation(rows_of(background))[: max(1, draws // 2)]
    pairs = max(1, draws // 2 // len(starts)) * len(starts)
    forth = np.array([random.permutation(len(columns)) for _ in range(pairs)], dtype=np.intp).reshape(pairs, -1)
    order = np.concatenate([forth, forth[:, ::-1]])  # (walks, columns)
    start = np.resize(starts, pairs)

    answers = target.decode(predict(row))
    of = answers.followed()
    walked = _walk(predict, target, of, (row, background), columns, (order, np.concatenate([start, start])))
    steps = np.empty((len(order), len(columns)))
    np.put_along_axis(steps, order, np.diff(walked, axis=1), axis=1)
    # A walk and its reverse are one observation.
    paired = (steps[:pairs] + steps[pairs:]) / 2
    errors = paired.std(axis=0, ddof=1) / np.sqrt(pairs) if pairs > 1 else np.zeros(len(columns))
    means = paired.mean(axis=0)
    text = "Shapley values, from {walks} random orders of the columns and {rows} rows of training data to compare with."
    return Contributions(
        method=Note(text=text, values={"walks": len(order), "rows": len(starts)}),
        unit="number" if of is None else "probability",
        of=None if of is None else answers.choices[of],
        base=float(walked[:, 0].mean()),
        answer=float(walked[:, -1].mean()),
        columns=tuple(
            Contribution(name=column.name, value=float(means[i]), error=float(errors[i]))
            for i, column in enumerate(columns)
        ),
        background_rows=len(starts),
        draws=len(order),
    )


def _walk(
    predict: Predict,
    target: Target,
    of: int | None,
    rows: tuple[Encoded, Encoded],
    columns: Sequence[Place],
    walks: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """Answers along each walk (walks, columns + 1), from its background row (first) to the row itself (last)."""
    (row, background), (order, start) = rows, walks
    rank = np.argsort(order, axis=1)  # (walks, columns): when a column is replaced
    stops = np.arange(len(columns) + 1)
    width = sum(array.shape[1] for array in row.values())
    at_once = max(1, CELLS_AT_ONCE // (len(stops) * max(1, width)))
    found = []
    for first in range(0, len(order), at_once):
        part = slice(first, first + at_once)
        replaced = rank[part, None, :] < stops[None, :, None]  # (walks, stops, columns)
        made = _made_up(row, background, columns, replaced, start[part])
        found.append(target.decode(predict(made)).values(of).reshape(-1, len(stops)))
    return np.concatenate(found)


def _made_up(
    row: Encoded, background: Encoded, columns: Sequence[Place], replaced: np.ndarray, start: np.ndarray
) -> Encoded:
    """Background rows with the `replaced` columns (walks, stops, columns) taken from `row`, a stop a row."""
    walks, stops, _ = replaced.shape
    made = {kind: np.repeat(array[start], stops, axis=0) for kind, array in background.items()}
    flat = replaced.reshape(walks * stops, -1)
    for i, column in enumerate(columns):
        cells = slice(column.start, column.stop)
        made[column.kind][flat[:, i], cells] = row[column.kind][0, cells]
    return made
