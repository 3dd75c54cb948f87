"""Columns that give the target away: known only with the answer, they make a model look better than it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

from engine.recipe import Answer
from engine.table.association import associations
from engine.table.columns import Schema

SAMPLE = 10_000  # rows looked at
LEAST = 30  # with fewer rows nothing can be said
RELATED = 0.5  # columns that go less with the target than this are not tried alone
ALONE = 0.98  # ranking or explained variance, out of fold, from which a column gives the target away
FILLED = 0.9  # correlation of being filled in with the answer
FORMULA = 0.99  # share of rows in which two columns make up the target
PAIRED = 30  # columns that are tried in pairs


@dataclass(frozen=True)
class Leak:
    """What gives the target away. `share` is the part of answers right (classes) or of differences explained."""

    columns: tuple[str, ...]
    how: Literal["alone", "filled in", "sum", "difference", "product", "quotient"]
    share: float
    rows: int


def find_leaks(frame: pd.DataFrame, schema: Schema, target: str, answer: Answer) -> list[Leak]:
    """Leaks among the columns that can be trained on: alone, by being filled in or not, or two together.

    A shallow tree on one column, scored on rows it has not seen, must be nearly perfect; so must a plain formula.
    """
    known = frame[frame[target].notna()]
    if len(known) < LEAST or known[target].nunique() < 2:
        return []
    if len(known) > SAMPLE:
        known = known.sample(SAMPLE, random_state=0)
    truth = known[target].to_numpy(dtype=np.float64) if answer == "number" else pd.factorize(known[target], sort=True)[0]
    leaks = list(_filled(known, schema, target, truth)) if answer == "binary" else []
    found = {leak.columns[0] for leak in leaks}
    related = associations(known, schema, target)
    for name, association in related.items():
        if name not in found and association.strength >= RELATED:
            score, share = _alone(known[name], truth, answer)
            if score >= ALONE:
                leaks.append(Leak((name,), "alone", share, len(known)))
                found.add(name)
    if answer == "number":
        ordered = sorted(related, key=lambda name: -related[name].strength)
        numbers = [name for name in ordered if schema[name].kind == "number" and name not in found][:PAIRED]
        leaks += _formulas(known[[*numbers, target]].dropna(), numbers, target)
    return leaks


def _filled(known: pd.DataFrame, schema: Schema, target: str, truth: np.ndarray) -> Iterator[Leak]:
    for column in schema.columns:
        empty = known[column.name].isna().to_numpy()
        if column.name != target and not column.ignored and 0 < empty.sum() < len(empty):
            related = abs(np.corrcoef(empty, truth)[0, 1])
            if related >= FILLED:
                right = np.mean(empty == truth)
                yield Leak((column.name,), "filled in", float(max(right, 1 - right)), len(known))


def _alone(values: pd.Series[Any], truth: np.ndarray, answer: Answer) -> tuple[float, float]:
    """The score out of fold (area under ROC, balanced accuracy or R²), and the share to be told."""
    from sklearn.metrics import accuracy_score, balanced_accuracy_score, r2_score, roc_auc_score
    from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    features = _as_features(values)
    if answer == "number":
        tree = DecisionTreeRegressor(max_leaf_nodes=256, min_samples_leaf=3, random_state=0)
        guessed = cross_val_predict(tree, features, truth, cv=KFold(3, shuffle=True, random_state=0))
        score = float(r2_score(truth, guessed))
        return score, score
    counts = np.bincount(truth)
    usual = counts[truth] >= 3
    if len(np.unique(truth[usual])) < 2:
        return 0.0, 0.0
    features, truth = features[usual], truth[usual]
    tree = DecisionTreeClassifier(max_leaf_nodes=64, min_samples_leaf=3, random_state=0)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    likely = cross_val_predict(tree, features, truth, cv=folds, method="predict_proba")
    classes = np.unique(truth)
    guessed = classes[likely.argmax(axis=1)]
    right = float(accuracy_score(truth, guessed))
    if len(classes) == 2:
        return float(roc_auc_score(truth, likely[:, 1])), right
    return float(balanced_accuracy_score(truth, guessed)), right


def _as_features(values: pd.Series[Any]) -> np.ndarray:
    """One column (rows, 1): numbers, times, or words numbered by how often they come."""
    numbers = values.to_numpy()
    if numbers.dtype.kind == "M":
        ordered = numbers.astype("datetime64[us]").astype(np.float64)
        ordered[values.isna().to_numpy()] = np.nan
    elif numbers.dtype.kind == "f":
        ordered = numbers
    else:
        ordered = values.value_counts().index.get_indexer(values).astype(np.float64)
    return np.asarray(ordered).reshape(-1, 1)


def _formulas(rows: pd.DataFrame, names: list[str], target: str) -> Iterator[Leak]:
    """Pairs of columns whose sum, difference, product or quotient is the target."""
    if len(rows) < LEAST:
        return
    truth = rows[target].to_numpy()
    values = {name: rows[name].to_numpy() for name in names if rows[name].nunique() > 2}
    close = 1e-6 * np.maximum(np.abs(truth), 1)
    for one, other in combinations(values, 2):
        a, b = values[one], values[other]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            tries = (("sum", a + b), ("difference", a - b), ("difference", b - a), ("product", a * b),
                     ("quotient", a / b), ("quotient", b / a))  # fmt: skip
            for how, made in tries:
                share = float(np.mean(np.abs(made - truth) <= close))
                if share >= FORMULA:
                    yield Leak((one, other), how, share, len(rows))  # type: ignore[arg-type]
                    break
