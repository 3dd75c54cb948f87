"""Subwords: parts of words that are learned from texts, so that a word never seen is still cut into known parts.

`learn` makes a vocabulary by merging frequent pairs of neighbours again and again (byte-pair encoding, Sennrich et al.
2016; several pairs a round, as long as they share no part). `cutter` takes the longest known parts, from left to right
(WordPiece, Wu et al. 2016).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from engine.texts import Cut, units

SUBWORDS = 8_000  # more would be whole words again
WORDS_AT_MOST = 30_000  # the most frequent ones teach
LONGEST = 24  # letters of a part
SEEN_AT_LEAST = 2
GROWTH = 0.1  # of the vocabulary, in a round
END = 0  # stands between two words


def learn(texts: Iterable[str], size: int) -> tuple[str, ...]:
    """At most `size` parts, single letters first. Ties are settled by the alphabet."""
    counts = Counter(unit for text in texts for unit in units(text))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))[:WORDS_AT_MOST]
    letters = Counter[str]()
    for word in ranked:
        for letter in word:
            letters[letter] += counts[word]
    parts = sorted((a for a, times in letters.items() if times >= SEEN_AT_LEAST), key=lambda a: (-letters[a], a))[:size]
    code = {letter: i for i, letter in enumerate(parts, 1)}
    flat = np.array([each for word in ranked for each in (*(code.get(a, END) for a in word), END)], dtype=np.int64)
    times = np.repeat([counts[word] for word in ranked], [len(word) + 1 for word in ranked])
    while len(parts) < size:
        wanted = min(size - len(parts), max(1, int(GROWTH * len(parts))))
        pairs = _frequent(flat, times, parts, wanted)
        if not pairs:
            break
        for left, right in pairs:
            parts.append(parts[left - 1] + parts[right - 1])
            flat, times = _merged(flat, times, (left, right), len(parts))
    return tuple(dict.fromkeys(parts))


def _frequent(flat: np.ndarray, times: np.ndarray, parts: list[str], wanted: int) -> list[tuple[int, int]]:
    """The most frequent pairs of neighbours that share no part with each other."""
    base = len(parts) + 1
    inside = (flat[:-1] != END) & (flat[1:] != END)
    keys, which = np.unique((flat[:-1] * base + flat[1:])[inside], return_inverse=True)
    totals = np.bincount(which, times[:-1][inside], len(keys))
    chosen: list[tuple[int, int]] = []
    taken: set[int] = set()
    for at in np.argsort(-totals, kind="stable"):
        if len(chosen) == wanted or totals[at] < SEEN_AT_LEAST:
            break
        left, right = divmod(int(keys[at]), base)
        if not taken & {left, right} and len(parts[left - 1]) + len(parts[right - 1]) <= LONGEST:
            chosen.append((left, right))
            taken |= {left, right}
    return chosen


def _merged(flat: np.ndarray, times: np.ndarray, pair: tuple[int, int], code: int) -> tuple[np.ndarray, np.ndarray]:
    """The words with one part in place of each pair of neighbours."""
    found = (flat[:-1] == pair[0]) & (flat[1:] == pair[1])
    if pair[0] == pair[1]:
        found[1:] &= ~found[:-1]  # of three in a row the first two
    merged = flat.copy()
    merged[:-1][found] = code
    kept = np.append(True, ~found)
    return merged[kept], times[kept]


def cutter(known: Iterable[str]) -> Cut:
    """Cuts texts into the longest of the known parts; a letter that is not known stays alone."""
    parts = frozenset(known)
    longest = max(map(len, parts), default=1)

    @lru_cache(maxsize=1 << 16)
    def cut(unit: str) -> tuple[str, ...]:
        found, at = [], 0
        while at < len(unit):
            ends = range(min(len(unit), at + longest), at, -1)
            end = next((end for end in ends if unit[at:end] in parts), at + 1)
            found.append(unit[at:end])
            at = end
        return tuple(found)

    return lambda text: [piece for unit in units(text) for piece in cut(unit)]
