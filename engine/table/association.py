"""How closely columns go with a target, each by the measure that suits the two kinds, on one scale from 0 to 1."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from engine.spec import Spec
from engine.table.columns import TABULAR, Schema

SAMPLE = 50_000  # rows looked at
CLASSES = 50  # the most frequent values are told apart; the rest count as one

CLEARLY = 0.1  # what being filled in must tell more than the values do

Method = Literal["cramer", "ratio", "spearman", "filled"]
METHODS: dict[Method, str] = {
    "cramer": "Cramér's V",  # two columns of words; corrected for chance (Bergsma 2013)
    "ratio": "correlation ratio",  # words and ranks of numbers; corrected for chance (Kelley 1935)
    "spearman": "Spearman correlation",  # two columns of numbers, without its sign
    "filled": "whether it is filled in",  # by one of the measures above, where that tells more than the values do
}


class Association(Spec):
    """How closely a column goes with the target: 0 not at all, 1 one tells the other. `method` names the measure.

    `rows` is the number of rows it rests on: those that have both values, or all that have the target's.
    """

    column: str
    strength: float
    method: Method
    rows: int


def associations(frame: pd.DataFrame, schema: Schema, target: str) -> dict[str, Association]:
    """The association of each tabular column with `target`, by name. Raises BadTable when there is no such column."""
    schema[target]
    if len(frame) > SAMPLE:
        frame = frame.sample(SAMPLE, random_state=0)
    goal = _Values(frame[target], schema[target].kind in ("number", "datetime"))
    found = {}
    for column in schema.columns:
        if column.name != target and column.kind in TABULAR:
            values = _Values(frame[column.name], column.kind in ("number", "datetime"))
            strength, method, rows = _strength(values, goal)
            filled = _filled(values, goal)
            if filled[0] > strength + CLEARLY:
                strength, method, rows = filled
            found[column.name] = Association(column=column.name, strength=strength, method=method, rows=rows)
    return found


class _Values:
    """A column as ranks or as class codes; -1 and NaN mark missing ones."""

    def __init__(self, values: pd.Series[Any], ordered: bool) -> None:
        self.ordered = ordered
        self.present = values.notna().to_numpy()
        if ordered:
            numbers = values.to_numpy()
            self.numbers = (numbers.astype(np.int64) if numbers.dtype.kind == "M" else numbers).astype(np.float64)
        else:
            frequent = values.value_counts().index[:CLASSES]
            self.codes = np.where(self.present, frequent.get_indexer(pd.Index(values)), -1)
            self.codes[self.present & (self.codes < 0)] = CLASSES


def _strength(one: _Values, other: _Values) -> tuple[float, Method, int]:
    both = one.present & other.present
    rows = int(both.sum())
    if one.ordered and other.ordered:
        return _spearman(one.numbers[both], other.numbers[both]), "spearman", rows
    if one.ordered:
        return _ratio(one.numbers[both], other.codes[both]), "ratio", rows
    if other.ordered:
        return _ratio(other.numbers[both], one.codes[both]), "ratio", rows
    return _cramer(one.codes[both], other.codes[both]), "cramer", rows


def _filled(one: _Values, other: _Values) -> tuple[float, Method, int]:
    """What it tells that a value is there at all: a date of leaving stands only with those who left."""
    rows = int(other.present.sum())
    there = one.present[other.present].astype(np.int64)
    if other.ordered:
        return _ratio(other.numbers[other.present], there), "filled", rows
    return _cramer(there, other.codes[other.present]), "filled", rows


def _ranks(numbers: np.ndarray) -> np.ndarray:
    return pd.Series(numbers).rank().to_numpy()


def _spearman(one: np.ndarray, other: np.ndarray) -> float:
    if len(one) < 3:
        return 0.0
    a, b = _ranks(one), _ranks(other)
    a, b = a - a.mean(), b - b.mean()
    spread = np.sqrt((a @ a) * (b @ b))
    return _unit(abs(a @ b) / spread) if spread else 0.0


def _ratio(numbers: np.ndarray, codes: np.ndarray) -> float:
    """The square root of the share of the ranks' variance that lies between classes (epsilon squared)."""
    _, codes = np.unique(codes, return_inverse=True)
    counts = np.bincount(codes)
    rows, classes = len(numbers), len(counts)
    if rows <= classes or classes < 2:
        return 0.0
    ranks = _ranks(numbers)
    ranks = ranks - ranks.mean()
    total = ranks @ ranks
    if not total:
        return 0.0
    between = (np.bincount(codes, weights=ranks) ** 2 / counts).sum()
    within = (total - between) / (rows - classes)
    return _unit(np.sqrt(max(1 - within / (total / (rows - 1)), 0)))


def _cramer(one: np.ndarray, other: np.ndarray) -> float:
    _, one = np.unique(one, return_inverse=True)
    _, other = np.unique(other, return_inverse=True)
    if not len(one):
        return 0.0
    height, width, rows = one.max() + 1, other.max() + 1, len(one)
    table = np.bincount(one * width + other, minlength=height * width).reshape(height, width)
    expected = np.outer(table.sum(1), table.sum(0)) / rows
    phi = float(((table - expected) ** 2 / expected).sum() / rows)
    if rows < 2 or min(height, width) < 2:
        return 0.0
    phi = max(0.0, phi - (height - 1) * (width - 1) / (rows - 1))
    least = min(height - (height - 1) ** 2 / (rows - 1), width - (width - 1) ** 2 / (rows - 1)) - 1
    return _unit(np.sqrt(phi / least)) if least > 0 else 0.0


def _unit(strength: float) -> float:
    return float(min(max(strength, 0.0), 1.0))
