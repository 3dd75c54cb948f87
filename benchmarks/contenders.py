"""The methods that Loam is compared with, as scikit-learn's own guide sets them up.

Each gets the training and validation rows together, because each keeps aside what it needs to stop early by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from engine.recipe import Answer

RAREST = 20  # a word in fewer training rows shares a column with the other rare ones


def guess(answer: Answer) -> Any:
    """Always the same answer: the shares of the classes, or the mean."""
    from sklearn.dummy import DummyClassifier, DummyRegressor

    return DummyRegressor() if answer == "number" else DummyClassifier(strategy="prior")


def linear(answer: Answer) -> Any:
    """Logistic or ridge regression on scaled numbers and one column a word."""
    from sklearn.linear_model import LogisticRegression, RidgeCV

    return RidgeCV(np.logspace(-3, 3, 13)) if answer == "number" else LogisticRegression(max_iter=1000)


def network(answer: Answer) -> Any:
    """scikit-learn's multi-layer perceptron, two layers, early stopping."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPRegressor if answer == "number" else MLPClassifier
    return kind(hidden_layer_sizes=(128, 64), early_stopping=True, max_iter=200, random_state=0)


def trees(answer: Answer) -> Any:
    """Histogram gradient boosting as it comes: native categories, early stopping from 10,000 rows."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if answer == "number" else HistGradientBoostingClassifier
    return kind(categorical_features="from_dtype", random_state=0)


CONTENDERS: dict[str, Callable[[Answer], Any]] = {
    "Guessing": guess,
    "Linear (scikit-learn)": linear,
    "MLP (scikit-learn)": network,
    "Gradient boosting (scikit-learn)": trees,
}


def fit_and_predict(name: str, fitting: pd.DataFrame, testing: pd.DataFrame, target: str, answer: Answer) -> np.ndarray:
    """Answers for `testing`: probabilities (rows, classes) in the order of the sorted classes, or values (rows,)."""
    model = CONTENDERS[name](answer)
    prepare = _codes if name.startswith("Gradient") else _columns
    truth = fitting[target].to_numpy()
    mean, scale = (truth.mean(), truth.std()) if name.startswith("MLP") and answer == "number" else (0.0, 1.0)
    known, asked = prepare(fitting.drop(columns=target), testing.drop(columns=target))
    model.fit(known, (truth - mean) / scale if answer == "number" else truth)
    if answer == "number":
        return np.asarray(model.predict(asked)) * scale + mean
    return np.asarray(model.predict_proba(asked))


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates become seconds; words stay."""
    dates = frame.select_dtypes("datetime").columns
    return frame.assign(**{name: frame[name].astype("int64") / 1e6 for name in dates})


def _columns(fitting: pd.DataFrame, testing: pd.DataFrame) -> tuple[Any, Any]:
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    words = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RAREST)
    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), make_column_selector(dtype_include="number")),
        (words, make_column_selector(dtype_exclude="number")),
    )
    return prepare.fit_transform(_numbers(fitting)), prepare.transform(_numbers(testing))


def _codes(fitting: pd.DataFrame, testing: pd.DataFrame) -> tuple[Any, Any]:
    """Words as categories: the 254 most frequent each for themselves, the others together."""
    fitting, testing = _numbers(fitting), _numbers(testing)
    for name in fitting.select_dtypes(exclude="number").columns:
        kept = fitting[name].value_counts().index[:254]
        kinds = pd.CategoricalDtype([*kept, "(other)"] if len(kept) == 254 else kept)
        for frame in (fitting, testing):
            values = frame[name]
            if len(kept) == 254:
                values = values.where(values.isna() | values.isin(kept), "(other)")
            frame[name] = values.astype(kinds)
    return fitting, testing
