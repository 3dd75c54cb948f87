"""Runs of neighbouring pieces, and which of them each text holds. Works on codes of pieces; knows no column.

A run is written as the code of the run without its last piece, and that piece: a run that is seen often has a beginning
that is seen as often, so that every known run is built from known ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Run = tuple[int, int]


@dataclass(frozen=True)
class Flat:
    """Texts one after the other: `codes` of pieces, 0 where a piece is not known, and the text of each (`rows`)."""

    codes: np.ndarray
    rows: np.ndarray


def flat(texts: Sequence[Sequence[int]]) -> Flat:
    """Lists of codes, a text each."""
    lengths = [len(text) for text in texts]
    codes = np.fromiter((code for text in texts for code in text), dtype=np.int64, count=sum(lengths))
    return Flat(codes, np.repeat(np.arange(len(texts)), lengths))


def holdings(rows: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each text and code that it holds, once, in order; code 0 is left out."""
    there = codes > 0
    pairs = _distinct(_keys(rows[there], codes[there]))
    return pairs >> 32, pairs & 0xFFFFFFFF


class Runs:
    """The known runs: the i-th has the code `first` + i."""

    def __init__(self, known: Sequence[Run], first: int) -> None:
        pairs = np.array(known, dtype=np.int64).reshape(-1, 2)
        keys = _keys(pairs[:, 0], pairs[:, 1])
        order = np.argsort(keys)
        self._keys, self._codes = keys[order], order + first

    def codes(self, texts: Flat, longest: int) -> Flat:
        """All known pieces and runs of up to `longest` pieces."""
        codes, rows = [texts.codes], [texts.rows]
        beginnings = texts.codes
        for length in range(2, longest + 1):
            keys = _extended(texts, beginnings, length)
            at = np.searchsorted(self._keys, keys).clip(max=max(len(self._keys) - 1, 0))
            hit = (keys > 0) & (self._keys[at] == keys) if len(self._keys) else np.zeros(len(keys), dtype=bool)
            beginnings = np.where(hit, self._codes[at] if len(self._codes) else 0, 0)
            codes.append(beginnings)
            rows.append(texts.rows[: len(beginnings)])
        return Flat(np.concatenate(codes), np.concatenate(rows))


def learn(texts: Flat, first: int, longest: int, *, most: int, seen_at_least: int) -> tuple[Run, ...]:
    """The runs of 2 to `longest` pieces that most texts hold, at most `most`. Codes of pieces are below `first`."""
    found = np.empty((0, 2), dtype=np.int64)
    counts = np.empty(0, dtype=np.int64)
    beginnings = texts.codes
    for length in range(2, longest + 1):
        keys = _extended(texts, beginnings, length)
        there = keys > 0
        runs, which = np.unique(keys[there], return_inverse=True)
        held = _distinct(_keys(which, texts.rows[: len(keys)][there]))
        times = np.bincount(held >> 32, minlength=len(runs))
        often = times >= seen_at_least
        found = np.concatenate([found, np.stack([runs[often] >> 32, runs[often] & 0xFFFFFFFF], axis=1)])
        counts = np.concatenate([counts, times[often]])
        # Codes for now: in the order found. What is kept is numbered anew below.
        everything = Runs([(int(a), int(b)) for a, b in found], first)
        beginnings = everything.codes(texts, length).codes[-len(keys) :]
    return _ranked(found, counts, first, most)


def _ranked(found: np.ndarray, counts: np.ndarray, first: int, most: int) -> tuple[Run, ...]:
    """Most frequent first; a stable order keeps a beginning before what goes on from it."""
    order = np.argsort(-counts, kind="stable")[:most]
    place = np.full(len(found), -1)
    place[order] = np.arange(len(order))
    kept = found[order]
    longer = kept[:, 0] >= first
    kept[longer, 0] = first + place[kept[longer, 0] - first]
    return tuple((int(a), int(b)) for a, b in kept)


def _extended(texts: Flat, beginnings: np.ndarray, length: int) -> np.ndarray:
    """Keys of runs of `length` pieces, by where they begin; 0 where there is none."""
    count = max(len(texts.codes) - length + 1, 0)
    last, begun = texts.codes[length - 1 :], beginnings[:count]
    together = (texts.rows[length - 1 :] == texts.rows[:count]) & (last > 0) & (begun > 0)
    return np.where(together, _keys(begun, last), 0)


def _distinct(numbers: np.ndarray) -> np.ndarray:
    """Sorted, each once. numpy's own `unique` hashes, which takes ten times as long where nearly all differ."""
    ordered = np.sort(numbers)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def _keys(beginnings: np.ndarray, last: np.ndarray) -> np.ndarray:
    keys: np.ndarray = (beginnings << 32) | last
    return keys
