"""What all boosted trees share: the matrix they read, their scores, and a file without pickle."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np

from engine.encoding import Encoded
from engine.errors import BundleError
from engine.inputs import INPUTS
from engine.models._seen import of_all

CODES_AT_MOST = 254  # scikit-learn takes 255 values of a category; later codes are rarer, and join the rare ones
RARE = 1
FIRST_TREES = 10  # they show the pace
TREES_AT_ONCE = 50
TRUSTED = {  # what scikit-learn's boosting is made of, and skops does not know
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
    "functools.partial",
}


def matrix(encoded: Encoded, kinds: Sequence[str]) -> np.ndarray:
    """All amounts and codes side by side (rows, columns) float32; NaN is missing."""
    parts = [
        np.where(encoded[kind] > CODES_AT_MOST, RARE, encoded[kind]) if INPUTS[kind].categorical else encoded[kind]
        for kind in kinds
    ]
    return np.concatenate(parts, axis=1).astype("float32")


def scores_of(model: Any, rows: np.ndarray, outputs: int) -> np.ndarray:
    """(rows, outputs): log-odds, logits or standardised values."""
    scores = model.decision_function(rows) if hasattr(model, "classes_") else model.predict(rows)
    return of_all(np.asarray(scores, dtype="float32").reshape(len(rows), -1), model, outputs)


def at_best(model: Any) -> Any:
    """The fitted `model` as it was when the loss on validation rows was least; scikit-learn keeps what came after too.

    It has one tree at least: without any it is not a model.
    """
    trees = 1 + int(np.argmax(model.validation_score_[1:]))  # the first is that without trees
    best = copy(model)
    best._predictors = model._predictors[:trees]
    best.train_score_, best.validation_score_ = model.train_score_[: trees + 1], model.validation_score_[: trees + 1]
    return best


def save_trees(path: Path, what: Any) -> None:
    """Writes models of scikit-learn and plain values beside them."""
    import skops.io

    path.parent.mkdir(parents=True, exist_ok=True)
    skops.io.dump(what, path)


def load_trees(path: Path) -> Any:
    """What was saved. Raises BundleError when the file is not there, or holds what scikit-learn is not made of."""
    import skops.io

    try:
        unknown = skops.io.get_untrusted_types(file=path)
        strange = [name for name in unknown if name not in TRUSTED]
        if strange:
            raise BundleError("The saved trees hold something foreign: {names}.", names=", ".join(strange))
        return skops.io.load(path, trusted=unknown)
    except OSError as error:
        raise BundleError("The saved trees cannot be read: {problem}", problem=str(error)) from error
