"""What of each kind of column is watched as an amount. Categories and booleans are watched as words instead.

A vocabulary knows the texts that taught it better than any others. So that this is not taken for drift, the words of
training texts count as known only where the other training texts alone would have taught them (leave one out).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from engine.errors import BadFile
from engine.inputs.datetime import days
from engine.inputs.text import LETTERS_A_PIECE, SEEN_AT_LEAST, Text
from engine.results.drift import Aspect
from engine.subwords import cutter
from engine.table.pictures import load, measure
from engine.texts import words

Amounts = dict[Aspect, np.ndarray]
"""By aspect: (rows,) float64, NaN where there is none."""

SMALL = (32, 32)  # pixels are enough to see how bright a picture is
MOST_ROWS = {"text": 5_000, "image": 1_000}  # of kinds that take long to read; of the others all rows are taken


def _values(column: Any, values: pd.Series[Any], taught: bool) -> Amounts:  # noqa: ARG001
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    return {"values": np.where(np.isfinite(numbers), numbers, np.nan)}


def _moments(column: Any, values: pd.Series[Any], taught: bool) -> Amounts:  # noqa: ARG001
    return {"values": days(values)}


def _texts(column: Text, values: pd.Series[Any], taught: bool) -> Amounts:
    cut = words if column.pieces == "words" else cutter(column.known)
    fewest = SEEN_AT_LEAST + taught
    known = {piece for piece, held in zip(column.known, column.held, strict=False) if held >= fewest}
    lengths, shares = np.full(len(values), np.nan), np.full(len(values), np.nan)
    for row, text in enumerate(values):
        if isinstance(text, str):
            pieces = cut(text[: LETTERS_A_PIECE * column.read])[: column.read]
            lengths[row] = len(pieces)
            shares[row] = sum(piece in known for piece in pieces) / len(pieces) if pieces else np.nan
    return {"length": lengths, "known": shares}


def _pictures(column: Any, values: pd.Series[Any], taught: bool) -> Amounts:  # noqa: ARG001
    brightness, sizes = np.full(len(values), np.nan), np.full(len(values), np.nan)
    for row, path in enumerate(values):
        if isinstance(path, str):
            try:
                brightness[row] = load(path, SMALL, 1).mean() / 255
                sizes[row] = max(measure(path)[:2])
            except BadFile:  # gone meanwhile: as good as missing
                continue
    return {"brightness": brightness, "size": sizes}


WATCHED: dict[str, Callable[[Any, pd.Series[Any], bool], Amounts]] = {
    "number": _values,
    "datetime": _moments,
    "text": _texts,
    "image": _pictures,
}
"""By kind: the fitted column, typed values (pictures as paths), and whether these rows taught it → amounts.

Brightness is 0…1, a size the longer side in pixels, a length in words, a moment in days since 1970.
"""
