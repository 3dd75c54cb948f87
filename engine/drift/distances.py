"""How far two lots of rows are apart, and how often chance alone would do that. Knows counts, not columns."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc, gammaln, kolmogorov

HALF = 0.5  # of a row in each part, so that an empty one does not make the index infinite


def psi(before: np.ndarray, now: np.ndarray) -> float:
    """The population stability index of counts (parts,): 0 for the same shares, above 0.2 much is called changed."""
    if before.sum() == 0 or now.sum() == 0:
        return 0.0
    p, q = ((counts + HALF) / (counts.sum() + HALF * len(counts)) for counts in (before, now))
    return float(((q - p) * np.log(q / p)).sum())


def kolmogorov_smirnov(before: np.ndarray, now: np.ndarray) -> tuple[float, float]:
    """The largest distance of two distributions that are counted between the same edges, and its chance.

    Counts (parts,), ordered. Taken at the edges only, the distance is never too large, and so the chance never too
    small; with ties the chance is too large as well (Conover 1972). The chance is Smirnov's limit of large samples.
    """
    rows = before.sum(), now.sum()
    if not all(rows):
        return 0.0, 1.0
    gap = float(np.abs(before.cumsum() / rows[0] - now.cumsum() / rows[1]).max())
    return gap, float(kolmogorov(gap * np.sqrt(rows[0] * rows[1] / (rows[0] + rows[1]))))


def chi_squared(before: np.ndarray, now: np.ndarray) -> tuple[float, float]:
    """Half of the sum of the differences of shares, and the chance by Pearson's χ² of a table of two rows (parts,).

    Parts are expected to hold enough rows: see `comparing.FEWEST_EXPECTED`.
    """
    rows = np.array([before.sum(), now.sum()])
    table = np.stack([before, now])[:, before + now > 0].astype(float)
    if not rows.all() or table.shape[1] < 2:
        return 0.0, 1.0
    expected = rows[:, None] * table.sum(axis=0) / rows.sum()
    statistic = ((table - expected) ** 2 / expected).sum()
    gap = float(np.abs(table[0] / rows[0] - table[1] / rows[1]).sum() / 2)
    return gap, float(chdtrc(table.shape[1] - 1, statistic))


def share_chance(before: tuple[int, int], now: tuple[int, int]) -> float:
    """How often two shares, each (hits, rows), would be as far apart by chance: Fisher's exact test, two-sided."""
    hits, rows = before[0] + now[0], before[1] + now[1]
    if not (before[1] and now[1] and 0 < hits < rows):
        return 1.0
    each = np.arange(max(0, hits - before[1]), min(hits, now[1]) + 1)
    ways = _ways(now[1], each) + _ways(before[1], hits - each) - _ways(rows, np.array(hits))
    seen = ways[now[0] - each[0]]
    return float(min(1.0, np.exp(ways[ways <= seen + 1e-7]).sum()))


def _ways(of: int, chosen: np.ndarray) -> np.ndarray:
    """The logarithm of how many ways there are to choose so many of so many."""
    return np.asarray(gammaln(of + 1) - gammaln(chosen + 1) - gammaln(of - chosen + 1))
