"""Compares rows with a reference, column by column, and says what is no longer as it was in training.

A side of a column counts as changed when both hold: chance would do that less than once in 1,000 looks (`LIMIT`, shared
out over all sides of all columns: Bonferroni), and the change is large enough to matter (`PSI_MATTERS`,
`SHARE_MATTERS`). The first alone would call every difference a change once there are many rows, the second alone would
take the noise of a few rows for one. `benchmarks/drift.py` measures both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from engine.drift.aspects import MOST_ROWS, WATCHED
from engine.drift.distances import chi_squared, kolmogorov_smirnov, psi, share_chance
from engine.drift.reference import ColumnReference, Reference, SpreadReference, WordsReference, between
from engine.drift.sentences import NEW_WORDS, sentence
from engine.inputs import InputColumn
from engine.results.drift import Aspect, Bar, Change, ColumnDrift, DriftReport, Side

FEWEST = 100  # rows; with fewer nothing is said
LIMIT = 0.001  # of a look, over all that is compared
PSI_MATTERS = 0.2
SHARE_MATTERS = 0.05
GROUPS = 10  # of ordered values, as even as they go
FEWEST_EXPECTED = 5  # rows of a part, in the smaller lot; with fewer it is counted with the others
BARS = 8  # words that are drawn


def drift(inputs: Sequence[InputColumn], reference: Reference, frame: pd.DataFrame) -> DriftReport:
    """Every column of `frame` against the reference of the bundle whose fitted columns are `inputs`.

    `frame` holds typed rows, newest first, pictures as paths; what takes long to read is looked at in the newest alone.
    """
    kept = {column.name: column for column in reference.columns}
    watched = [column for column in inputs if column.name in kept]
    sides = sum(_sides(kept[column.name]) for column in watched)
    limit = LIMIT / max(1, sides)
    columns: tuple[ColumnDrift, ...] = ()
    if len(frame) >= FEWEST:
        columns = tuple(_column(column, kept[column.name], frame[column.name], limit) for column in watched)
    return DriftReport(rows=len(frame), fewest=FEWEST, limit=limit, columns=columns)


def _sides(about: ColumnReference) -> int:
    """How many sides of a column are compared: each spread or its words, new words, and what is missing."""
    return len(about.spreads) + 2 * (about.words is not None) + 1


def _column(column: InputColumn, about: ColumnReference, values: pd.Series[Any], limit: float) -> ColumnDrift:
    taken = values.iloc[: MOST_ROWS.get(column.kind, len(values))]
    now = int(taken.isna().sum()), len(taken)
    sides = [_share("missing", (about.missing, about.rows), now, limit)]
    examples: list[str] = []
    if about.words is not None:
        times = taken.dropna().astype(str).value_counts()
        new = times[~times.index.isin(getattr(column, "words", ()))]
        sides += _words(about.words, times, int(new.sum()), limit)
        examples = new.index[:NEW_WORDS].tolist()
    else:
        amounts = WATCHED[column.kind](column, taken, False)
        sides += [_spread(each, amounts[each.aspect], limit) for each in about.spreads]
    order: tuple[Change, ...] = ("changed", "slight", "same")
    change = min((side.change for side in sides), key=order.index)
    return ColumnDrift(
        name=column.name, kind=column.kind, rows=len(taken), trained=about.rows, sides=tuple(sides), change=change,
        sentence=sentence(column.name, column.kind, len(taken), sides, examples),
    )  # fmt: skip


def _share(aspect: Aspect, before: tuple[int, int], now: tuple[int, int], limit: float) -> Side:
    """A share in training and now, each (hits, rows)."""
    shares = [hits / rows if rows else 0.0 for hits, rows in (before, now)]
    gap, chance = shares[1] - shares[0], share_chance(before, now)
    return Side(
        aspect=aspect, method="exact", gap=gap, value=gap, threshold=SHARE_MATTERS, chance=chance,
        change=_change(abs(gap), SHARE_MATTERS, chance, limit), trained=shares[0], now=shares[1],
    )  # fmt: skip


def _change(value: float, threshold: float, chance: float, limit: float) -> Change:
    if chance >= limit:
        return "same"
    return "changed" if value >= threshold else "slight"


def _spread(about: SpreadReference, amounts: np.ndarray, limit: float) -> Side:
    known = amounts[~np.isnan(amounts)]
    edges, before = np.array(about.edges), np.array(about.counts)
    now = between(edges, known)
    gap, chance = kolmogorov_smirnov(before, now)
    groups = _groups(before)
    few = [np.bincount(groups, counts) for counts in (before, now)]
    index = psi(*few)
    return Side(
        aspect=about.aspect, method="ks", gap=gap, psi=index, value=index, threshold=PSI_MATTERS, chance=chance,
        change=_change(index, PSI_MATTERS, chance, limit),
        trained=_median(edges, before), now=float(np.median(known)) if len(known) else None,
        bars=_ranges(edges, groups, *few),
    )  # fmt: skip


def _groups(counts: np.ndarray) -> np.ndarray:
    """Which of at most GROUPS each part belongs to, so that each has about as many rows; 0, 1, …"""
    middles = (counts.cumsum() - counts / 2) / max(1, counts.sum())
    return np.unique(np.minimum(middles * GROUPS, GROUPS - 1).astype(int), return_inverse=True)[1]


def _median(edges: np.ndarray, counts: np.ndarray) -> float | None:
    return float(edges[np.searchsorted(counts.cumsum(), counts.sum() / 2)]) if counts.sum() else None


def _ranges(edges: np.ndarray, groups: np.ndarray, before: np.ndarray, now: np.ndarray) -> tuple[Bar, ...]:
    ends = np.flatnonzero(np.diff(groups)) if len(groups) > 1 else np.empty(0, int)
    inner = edges[ends].tolist()
    shares = [counts / max(1.0, counts.sum()) for counts in (before, now)]
    return tuple(
        Bar(part="range", low=low, high=high, trained=float(trained), now=float(share))
        for low, high, trained, share in zip([None, *inner], [*inner, None], *shares, strict=True)
    )


def _words(about: WordsReference, times: pd.Series[Any], new: int, limit: float) -> list[Side]:
    """Which of the known words, `times` each, and how many rows whose word the model never learned, `new`."""
    of_words, rows = times.reindex(list(about.words), fill_value=0).to_numpy(), int(times.sum())
    now = np.array([*of_words, rows - of_words.sum() - new])
    before = np.array([*about.counts, about.others])
    few = _large_enough(before, now)
    gap, chance = chi_squared(*few)
    index = psi(*few)
    values = Side(
        aspect="values", method="chi2", gap=gap, psi=index, value=index, threshold=PSI_MATTERS, chance=chance,
        change=_change(index, PSI_MATTERS, chance, limit),
        bars=_word_bars(about.words, [*before, about.rare], [*now, new]),
    )  # fmt: skip
    fresh = _share("new", (about.rare, int(before.sum()) + about.rare), (new, rows), limit)
    if fresh.gap < 0:  # fewer new words than expected are no news
        fresh = fresh.model_copy(update={"change": "same"})
    return [values, fresh]


def _large_enough(before: np.ndarray, now: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts whose parts hold enough rows: smaller ones are counted with the last."""
    both = before + now
    small = both * min(before.sum(), now.sum()) < FEWEST_EXPECTED * both.sum()
    parts = np.where(small, len(both) - 1, np.arange(len(both)))
    there = np.unique(parts)
    return np.bincount(parts, before)[there], np.bincount(parts, now)[there]


def _word_bars(words: Sequence[str], before: Sequence[int], now: Sequence[int]) -> tuple[Bar, ...]:
    """The most frequent words, then the others and the new ones, which `before` and `now` count last."""
    trained, share = (np.array(counts) / max(1, sum(counts)) for counts in (before, now))
    drawn = np.argsort(-np.maximum(trained, share)[: len(words)], kind="stable")[:BARS]
    bars = [Bar(part="word", word=words[i], trained=float(trained[i]), now=float(share[i])) for i in drawn]
    rest = [float(each[:-1].sum() - each[drawn].sum()) for each in (trained, share)]
    if max(rest) > 1e-9:
        bars.append(Bar(part="others", trained=max(0.0, rest[0]), now=max(0.0, rest[1])))
    if trained[-1] + share[-1]:
        bars.append(Bar(part="new", trained=float(trained[-1]), now=float(share[-1])))
    return tuple(bars)
