"""Columns that give the target away: known only with the answer, they make a model look better than it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

from engine.recipe import Answer
from engine.table.association import CLASSES, associations
from engine.table.columns import Schema

SAMPLE = 10_000  # rows looked at
FOLDS = 3
FOLD_SEED = 0x10A3  # of its own, so that data made with a common seed is not parted along its classes
LEAST = 30  # with fewer rows nothing can be said
RELATED = 0.5  # columns that go less with the target than this are not tried alone
ALONE = 0.98  # ranking or explained variance, out of fold, from which a column gives the target away
FILLED = 0.9  # correlation of being filled in with the answer
FORMULA = 0.99  # share of rows in which two columns make up the target
PAIRED = 30  # columns that are tried in pairs


@dataclass(frozen=True)
class Leak:
    """What gives the target away. `share` is the part of answers right, or of the order explained (numbers)."""

    columns: tuple[str, ...]
    how: Literal["alone", "filled in", "sum", "difference", "product", "quotient"]
    share: float
    rows: int


def find_leaks(frame: pd.DataFrame, schema: Schema, target: str, answer: Answer) -> list[Leak]:
    """Leaks among the columns that can be trained on: alone, by being filled in or not, or two together.

    What a column says about rows it was not learned from must be nearly right; so must a formula of two columns.
    """
    known = frame[frame[target].notna()]
    if len(known) < LEAST or known[target].nunique() < 2:
        return []
    if len(known) > SAMPLE:
        known = known.sample(SAMPLE, random_state=0)
    if answer == "number":
        truth = known[target].to_numpy(dtype=np.float64)
    else:
        truth = _frequent(pd.factorize(known[target], sort=True)[0])
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


def _frequent(codes: np.ndarray) -> np.ndarray:
    """Class codes in which all but the CLASSES most frequent classes count as one."""
    order = np.argsort(-np.bincount(codes), kind="stable")
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order))
    return np.asarray(np.minimum(ranks[codes], CLASSES))


def _filled(known: pd.DataFrame, schema: Schema, target: str, truth: np.ndarray) -> Iterator[Leak]:
    for column in schema.columns:
        empty = known[column.name].isna().to_numpy()
        if column.name != target and not column.ignored and 0 < empty.sum() < len(empty):
            related = abs(np.corrcoef(empty, truth)[0, 1])
            if related >= FILLED:
                right = np.mean(empty == truth)
                yield Leak((column.name,), "filled in", float(max(right, 1 - right)), len(known))


def _alone(values: pd.Series[Any], truth: np.ndarray, answer: Answer) -> tuple[float, float]:
    """The score on unseen rows (area under ROC, balanced accuracy or R² of ranks), and the share to be told."""
    if answer == "number":
        truth = pd.Series(truth).rank().to_numpy()  # a few extreme values would decide otherwise
        guessed = _unseen(values, truth[:, None])[:, 0]
        score = 1 - float(((truth - guessed) ** 2).sum() / ((truth - truth.mean()) ** 2).sum())
        return score, score
    classes = np.eye(int(truth.max()) + 1)[truth]
    likely = _unseen(values, classes)
    guessed = likely.argmax(axis=1)
    counts = classes.sum(axis=0)
    right = float((guessed == truth).mean())
    if answer == "binary":
        ranks = pd.Series(likely[:, 1]).rank().to_numpy()
        above = ranks[truth == 1].sum() - counts[1] * (counts[1] + 1) / 2
        return float(above / (counts[0] * counts[1])), right
    hits = np.bincount(truth[guessed == truth], minlength=len(counts))
    return float((hits / counts).mean()), right


def _unseen(values: pd.Series[Any], truth: np.ndarray) -> np.ndarray:
    """What rows near by in the other folds have (rows, outputs): those with the same word, or with close numbers."""
    words = values.dtype.kind not in "fM"
    places = pd.factorize(values)[0].astype(np.float64) if words else values.to_numpy().astype(np.float64)
    places[values.isna().to_numpy()] = np.nan
    fold = np.random.default_rng(FOLD_SEED).integers(0, FOLDS, len(places))
    guessed = np.empty_like(truth, dtype=np.float64)
    for part in range(FOLDS):
        seen, asked = fold != part, fold == part
        guessed[asked] = _near(places[seen], truth[seen], places[asked], exact=words)
    return guessed


def _near(seen: np.ndarray, truth: np.ndarray, asked: np.ndarray, *, exact: bool) -> np.ndarray:
    """`truth` (seen, outputs) at the places `asked`. Missing places are a place of their own."""
    usual = truth.mean(axis=0)
    gone = np.isnan(seen)
    guessed = np.tile(truth[gone].mean(axis=0) if gone.any() else usual, (len(asked), 1))
    known = ~np.isnan(asked)
    if gone.all():
        return guessed
    at, where, counts = np.unique(seen[~gone], return_inverse=True, return_counts=True)
    for output in range(truth.shape[1]):
        means = np.bincount(where, weights=truth[~gone, output]) / counts
        if exact:
            place = np.searchsorted(at, asked[known]).clip(0, len(at) - 1)
            guessed[known, output] = np.where(at[place] == asked[known], means[place], usual[output])
        else:
            guessed[known, output] = np.interp(asked[known], at, means)
    return guessed


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
