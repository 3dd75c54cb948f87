"""From which probability on to say yes, when a false alarm and a miss cost differently.

Counts are taken on validation rows, to choose with, and on test rows, to report once. Knows no model.
"""

from __future__ import annotations

import numpy as np

from engine.results import Counts, Thresholds

EVEN_STEPS = 51  # from 0 to 1
QUANTILES = 50  # so that there is a choice also where all probabilities are small


def threshold_table(
    validation: tuple[np.ndarray, np.ndarray], test: tuple[np.ndarray, np.ndarray], *, positive: str, negative: str
) -> Thresholds:
    """What follows from each of at most 101 thresholds.

    `validation` and `test` are (probability of `positive` (rows,), truth (rows,) of bool). The thresholds come from
    validation rows alone. `Thresholds.cheapest` chooses among them.
    """
    spread = np.quantile(validation[0], np.linspace(0, 1, QUANTILES)) if len(validation[0]) else np.empty(0)
    # Rounded before they are counted with, so that what is shown is what was applied.
    thresholds = np.unique(np.round(np.concatenate([np.linspace(0, 1, EVEN_STEPS), spread]), 4))
    return Thresholds(
        positive=positive,
        negative=negative,
        thresholds=tuple(thresholds.tolist()),
        validation=_counts(*validation, thresholds),
        test=_counts(*test, thresholds),
    )


def _counts(probability: np.ndarray, truth: np.ndarray, thresholds: np.ndarray) -> tuple[Counts, ...]:
    """Counts at each threshold, from two sorted lists."""
    with_it, without = np.sort(probability[truth]), np.sort(probability[~truth])
    missed = np.searchsorted(with_it, thresholds, side="left").tolist()
    spared = np.searchsorted(without, thresholds, side="left").tolist()
    return tuple(
        Counts(
            true_positive=len(with_it) - fn,
            false_positive=len(without) - tn,
            true_negative=tn,
            false_negative=fn,
        )
        for fn, tn in zip(missed, spared, strict=True)
    )
