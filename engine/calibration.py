"""Makes scores honest with validation rows: temperature for classes, split-conformal intervals for numbers.

Knows no model, no table and no test rows.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_expit, log_softmax

LOG_TEMPERATURE = (math.log(0.05), math.log(20.0))


def fit_temperature(truth: np.ndarray, logits: np.ndarray) -> float:
    """The temperature T > 0 for which logits / T have the smallest log loss.

    Source: Guo et al. 2017, On Calibration of Modern Neural Networks; a standard normal prior on log T keeps few rows,
    or rows that are all right, from making it sure. `truth` (rows,) class index, -1 is left out; `logits`
    (rows, classes), or (rows, 1) the log-odds of class 1. Lies in 0.05…20; 1.0 when there is nothing to learn from:
    no rows, or scores that say nothing.
    """
    known = truth >= 0
    truth, logits = truth[known].astype(np.intp), logits[known].astype(np.float64)
    if len(truth) == 0 or np.ptp(logits, axis=0).max() == 0:
        return 1.0
    signed = np.where(truth == 1, logits[:, 0], -logits[:, 0])
    rows = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        scale = math.exp(-log_temperature)
        prior = 0.5 * log_temperature**2 / len(truth)
        if logits.shape[1] == 1:
            return prior - float(log_expit(signed * scale).mean())
        return prior - float(log_softmax(logits * scale, axis=1)[rows, truth].mean())

    # The log loss is convex in 1 / T, so one bounded search finds it.
    found = minimize_scalar(loss, bounds=LOG_TEMPERATURE, method="bounded", options={"xatol": 1e-4})
    return math.exp(float(found.x))


def conformal_quantile(absolute_errors: np.ndarray, coverage: float = 0.9) -> float:
    """Half the width of an interval that holds a new row's truth at least `coverage` of the time.

    Source: split-conformal prediction, Vovk et al. 2005; Lei et al. 2018. The rank is ceil((n + 1) · coverage), the
    finite-sample correction; `absolute_errors` (rows,) come from rows that training has not seen, NaN is left out.
    With fewer than coverage / (1 - coverage) rows no finite width is enough in theory: the largest error is given.
    0.0 without rows.
    """
    errors = np.sort(absolute_errors[~np.isnan(absolute_errors)].astype(np.float64))
    if len(errors) == 0:
        return 0.0
    # Rounding first, so that 0.9 · 10 = 9.000000000000002 does not become rank 10.
    rank = math.ceil(round((len(errors) + 1) * coverage, 9))
    return float(errors[min(rank, len(errors)) - 1])
