"""Which rows train, which steer (validation) and which are kept for the end (test). Membership is for the lineage.

Random orders come from a hash of row id and seed, so they do not depend on the order of rows or on other rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from engine.errors import BadRecipe, BadTable
from engine.labels import USUAL, counted, parted, separator_of
from engine.recipe import Answer, Split
from engine.table.columns import no_such_column
from engine.table.paths import part_of

PARTS = ("train", "validation", "test")
STRATA = 10  # ranges of a number that a stratified split keeps in proportion


def assign(
    frame: pd.DataFrame, target: str, split: Split, answer: Answer, inherited: pd.Series[Any] | None = None
) -> pd.Series[Any]:
    """The part of each row: a Series of "train", "validation" or "test", indexed by row id.

    `frame` is indexed by row id. Rows without a target get no part and are not in the result. Rows known to
    `inherited` keep their part; the others are added by the same rule, so that the shares hold for all rows together.
    To keep the membership of a lineage, store `inherited` and the result together (`remember`).

    Raises BadRecipe when the split column is not there or does not fit, BadTable when there are too few rows or groups.
    """
    known = frame[frame[target].notna()].sort_index()
    if len(known) < 3:
        raise BadTable(
            "Too few rows have a value of “{target}”: {rows}. At least 3 are needed to train, to steer and to test.",
            rows=len(known),
            target=target,
        )
    old = _inherited(known, inherited)
    if split.method == "group":
        parts = _by_group(_split_column(known, split), old, split)
    elif split.method == "time":
        parts = _by_time(_split_column(known, split), old, split)
    elif split.method == "given":
        parts = _as_given(_split_column(known, split), _strata(known[target], answer), old, split)
    else:
        strata = _strata(known[target], answer)
        whole = np.zeros(len(known), dtype=np.int64) if split.method == "random" else strata
        parts = _by_hash(known.index.to_numpy(), whole, old, split)
        if split.method == "random" and answer != "number":
            _every_class(parts, strata, old)
    return pd.Series(np.array(PARTS, dtype=object)[parts], index=known.index, name="part")


def remember(inherited: pd.Series[Any] | None, assigned: pd.Series[Any]) -> pd.Series[Any]:
    """The membership to store for the lineage: all rows that ever had a part."""
    if inherited is None:
        return assigned
    fresh = assigned[~assigned.index.isin(inherited.index)]
    return pd.Series(pd.concat([inherited, fresh]).sort_index())


def _inherited(known: pd.DataFrame, inherited: pd.Series[Any] | None) -> np.ndarray:
    """Part index of each row, -1 for new rows."""
    if inherited is None:
        return np.full(len(known), -1, dtype=np.int64)
    codes = pd.Series(pd.Categorical(inherited, categories=list(PARTS)).codes, index=inherited.index)
    return codes.reindex(known.index).fillna(-1).to_numpy(dtype=np.int64)


def _split_column(known: pd.DataFrame, split: Split) -> pd.Series[Any]:
    if split.column is None:
        what = {"time": "date", "given": "part"}.get(split.method, "group")
        raise BadRecipe("A split by {method} needs the column that holds the {what}.", method=split.method, what=what)
    if split.column not in known:
        raise no_such_column(split.column, map(str, known.columns))
    column: pd.Series[Any] = known[split.column]
    return column


def _scramble(keys: np.ndarray, seed: int) -> np.ndarray:
    """A 64-bit hash of each key (splitmix64, Steele et al. 2014), the same on every machine."""
    with np.errstate(over="ignore"):
        x = keys.astype(np.uint64) + np.uint64(seed + 1) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(x ^ (x >> np.uint64(31)))


def _strata(values: pd.Series[Any], answer: Answer) -> np.ndarray:
    """Classes, the rarest label of each row, or the tenth of its range of ranks that a number falls into."""
    if answer == "labels":
        return _rarest(values)
    if answer != "number":
        return pd.factorize(values, sort=True)[0].astype(np.int64)
    ranks = values.rank(method="average").to_numpy(dtype=np.float64)
    return np.asarray((ranks - 0.5) * STRATA // len(ranks), dtype=np.int64)


def _rarest(values: pd.Series[Any]) -> np.ndarray:
    """A code for the label of each row that fewest rows have: so each part gets its share of rare labels too.

    Rows without a label, and those with one of fewer than three rows, go together.
    """
    codes, cells = pd.factorize(values.astype(str))
    rows = dict(zip(cells.tolist(), np.bincount(codes).tolist(), strict=True))
    separator = separator_of(rows) or USUAL
    found = counted(rows, separator)
    places = {label: place for place, (label, times) in enumerate(found.items(), start=1) if times >= 3}
    rarest = [min(parted(cell, separator), key=lambda label: found[label], default="") for cell in rows]
    return np.array([places.get(label, 0) for label in rarest], dtype=np.int64)[codes]


def _by_hash(ids: np.ndarray, strata: np.ndarray, old: np.ndarray, split: Split) -> np.ndarray:
    parts = old.copy()
    order = np.lexsort((_scramble(ids, split.seed), strata))
    starts = np.flatnonzero(np.r_[True, np.diff(strata[order]) != 0])
    for rows in np.split(order, starts[1:]):
        _fill(parts, rows[old[rows] < 0], len(rows), rows, split)
    return parts


def _fill(parts: np.ndarray, fresh: np.ndarray, total: int, rows: np.ndarray, split: Split) -> None:
    """Gives the rows of `fresh`, in this order, to test, then validation, as many as those parts lack; the rest trains.

    Of three rows or more each part gets one; two rows train and test; one row trains.
    """
    least = 1 if total >= 3 else 0
    tests = max(round(total * split.test), least if total != 2 else 1)
    steers = max(round(total * split.validation), least)
    have = np.bincount(parts[rows][parts[rows] >= 0], minlength=3)
    spare = max(len(fresh) - (0 if have[0] else 1), 0)  # one row at least trains
    tests = min(max(tests - int(have[2]), 0), spare)
    steers = min(max(steers - int(have[1]), 0), spare - tests)
    parts[fresh[:tests]] = 2
    parts[fresh[tests : tests + steers]] = 1
    parts[fresh[tests + steers :]] = 0


def _every_class(parts: np.ndarray, classes: np.ndarray, old: np.ndarray) -> None:
    """Moves single new rows so that a class of three rows or more is in each part."""
    counts = np.bincount(classes)
    for code in np.flatnonzero(counts >= 3):
        rows = np.flatnonzero(classes == code)
        have = np.bincount(parts[rows], minlength=3)
        for part in np.flatnonzero(have == 0):
            giver = int(have.argmax())
            movable = rows[(parts[rows] == giver) & (old[rows] < 0)]
            if have[giver] > 1 and len(movable):
                parts[movable[0]] = part
                have[giver] -= 1
                have[part] += 1


def _by_time(times: pd.Series[Any], old: np.ndarray, split: Split) -> np.ndarray:
    """The latest rows test, the ones before them steer. Rows without a time train."""
    if not (pd.api.types.is_datetime64_any_dtype(times) or pd.api.types.is_numeric_dtype(times)):
        raise BadRecipe("“{name}” holds no dates or numbers, so that rows have no order in time.", name=times.name)
    parts = old.copy()
    timed = np.flatnonzero(times.notna().to_numpy())
    if len(timed) < 3:
        raise BadTable(
            "Too few rows have a value of “{name}”: {rows}. At least 3 are needed.", rows=len(timed), name=times.name
        )
    values = times.to_numpy()
    latest = timed[np.lexsort((times.index.to_numpy()[timed], values[timed]))][::-1]
    fresh = latest[old[latest] < 0]
    _fill(parts, fresh, len(timed), timed, split)
    parts[parts < 0] = 0
    return parts


def _as_given(words: pd.Series[Any], strata: np.ndarray, old: np.ndarray, split: Split) -> np.ndarray:
    """As the words say. Rows without a word train; without any to steer, that share of training rows does."""
    read = {word: part_of(str(word)) for word in words.dropna().unique()}
    unknown = [str(word) for word, part in read.items() if part is None]
    if unknown:
        raise BadRecipe(
            "“{name}” holds “{word}”, which says no part. It may hold train, validation and test.",
            name=words.name,
            word=unknown[0],
        )
    parts = np.array([PARTS.index(read.get(word) or "train") for word in words], dtype=np.int64)
    for part in ("train", "test"):
        if not (parts == PARTS.index(part)).any():
            raise BadTable("“{name}” says “{part}” of no row that has an answer.", name=words.name, part=part)
    if not (parts == 1).any():
        train = np.flatnonzero(parts == 0)
        parts[train[_some_of_each(words.index.to_numpy()[train], strata[train], split)]] = 1
    return np.where(old >= 0, old, parts)


def _some_of_each(ids: np.ndarray, strata: np.ndarray, split: Split) -> np.ndarray:
    """The places of the rows that steer: their share of each stratum, one at least of three rows and of all rows."""
    order = np.lexsort((_scramble(ids, split.seed), strata))
    starts = np.flatnonzero(np.r_[True, np.diff(strata[order]) != 0])
    taken = [
        rows[: max(round(len(rows) * split.validation), int(len(rows) >= 3))] for rows in np.split(order, starts[1:])
    ]
    some = np.concatenate(taken)
    return some if len(some) else order[:1]


def _by_group(groups: pd.Series[Any], old: np.ndarray, split: Split) -> np.ndarray:
    """Whole groups go to one part. A row without a group is a group of its own."""
    labels = np.where(groups.notna(), "=" + groups.astype(str), "row " + groups.index.astype(str))
    codes, names = pd.factorize(labels)
    if len(names) < 3:
        raise BadTable(
            "“{name}” has only {count} groups. A split by group needs at least 3.", name=groups.name, count=len(names)
        )
    part_of = np.full(len(names), -1, dtype=np.int64)
    part_of[codes[old >= 0]] = old[old >= 0]
    sizes = np.bincount(codes)
    have = np.array([sizes[part_of == part].sum() for part in range(3)])
    keys = _scramble(pd.util.hash_array(np.asarray(names, dtype=object)), split.seed)
    fresh = np.argsort(keys, kind="stable")
    fresh = fresh[part_of[fresh] < 0]
    reached = np.cumsum(sizes[fresh])
    tests = max(split.test * len(codes) - have[2], 0)
    steers = max(split.validation * len(codes) - have[1], 0)
    middle = reached - sizes[fresh] / 2  # a group goes where most of it lies
    part_of[fresh] = np.select([middle <= tests, middle <= tests + steers], [2, 1], 0)
    _no_part_empty(part_of, sizes)
    return np.where(old >= 0, old, part_of[codes])


def _no_part_empty(part_of: np.ndarray, sizes: np.ndarray) -> None:
    """Few or large groups: a part that got none takes the smallest group of the part with most groups."""
    for part in (0, 2, 1):
        if not (part_of == part).any():
            giver = np.bincount(part_of, minlength=3).argmax()
            mine = np.flatnonzero(part_of == giver)
            part_of[mine[sizes[mine].argmin()]] = part
