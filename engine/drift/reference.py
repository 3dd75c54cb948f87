"""The reference: what is kept of training rows, at most a few KB a column, so that later rows can be compared with it.

amounts   how many rows lie between at most 100 edges, which are values that occurred
words     how many rows have each of the most frequent words, any other known one, and one that would be new
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from engine.drift.aspects import MOST_ROWS, WATCHED
from engine.errors import BundleError
from engine.inputs import InputColumn
from engine.inputs.category import SEEN_AT_LEAST
from engine.results.drift import Aspect
from engine.spec import Spec

FILE = "reference.json"
EDGES = 100
MOST_WORDS = 50
LONGEST_WORD = 60  # letters; a longer one is counted with the others
TAUGHT_BY = {"category": SEEN_AT_LEAST, "boolean": 1}  # rows that a word takes to be known


class SpreadReference(Spec):
    """Amounts of one aspect. `counts` are one more than `edges`: up to the first, …, above the last.

    Nothing lies below the first edge or above the last but what is new.
    """

    aspect: Aspect
    edges: tuple[float, ...]
    counts: tuple[int, ...]


class WordsReference(Spec):
    """Words of a column. `counts` are of `words`, `others` of the other known ones.

    `rare` are rows whose word the other rows would not have taught: as many as fresh rows can be expected to have.
    """

    words: tuple[str, ...]
    counts: tuple[int, ...]
    others: int
    rare: int


class ColumnReference(Spec):
    """One column: `missing` of `rows` have no value."""

    name: str
    kind: str
    rows: int
    missing: int
    spreads: tuple[SpreadReference, ...] = ()
    words: WordsReference | None = None


class Reference(Spec):
    """What is kept of a bundle's training rows."""

    format: Literal[1] = 1
    columns: tuple[ColumnReference, ...]


def refer(inputs: Sequence[InputColumn], train: pd.DataFrame) -> Reference:
    """The reference of training rows: typed columns as `inputs` were fitted on, pictures as paths."""
    return Reference(columns=tuple(_column(column, train[column.name]) for column in inputs))


def save_reference(folder: Path, inputs: Sequence[InputColumn], train: pd.DataFrame) -> None:
    """Writes it into a bundle's folder."""
    (folder / FILE).write_text(refer(inputs, train).model_dump_json(), "utf8")


def load_reference(folder: Path) -> Reference | None:
    """The reference of a bundle; None of one that an earlier Loam wrote without. Raises BundleError."""
    try:
        return Reference.model_validate_json((folder / FILE).read_text("utf8"))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise BundleError("“{file}” of the saved model cannot be read.", file=FILE) from error


def _column(column: InputColumn, values: pd.Series[Any]) -> ColumnReference:
    most = MOST_ROWS.get(column.kind, len(values))
    taken = values.sample(most, random_state=0) if len(values) > most else values
    about = ColumnReference(name=column.name, kind=column.kind, rows=len(taken), missing=int(taken.isna().sum()))
    if column.kind in WATCHED:
        amounts = WATCHED[column.kind](column, taken, True)
        return about.model_copy(update={"spreads": tuple(_spread(*each) for each in amounts.items())})
    return about.model_copy(update={"words": _words(column, taken.dropna().astype(str))})


def _spread(aspect: Aspect, amounts: np.ndarray) -> SpreadReference:
    known = amounts[~np.isnan(amounts)]
    if not len(known):
        return SpreadReference(aspect=aspect, edges=(), counts=(0,))
    at = np.quantile(known, np.linspace(0, 1, EDGES - 1), method="inverted_cdf")
    edges = np.unique(np.append(at, math.nextafter(known.min(), -math.inf)))
    return SpreadReference(aspect=aspect, edges=tuple(edges.tolist()), counts=tuple(between(edges, known).tolist()))


def between(edges: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """How many known amounts lie up to the first edge, up to the next, …, above the last: (edges + 1,)."""
    return np.bincount(np.searchsorted(edges, amounts), minlength=len(edges) + 1)


def _words(column: Any, values: pd.Series[Any]) -> WordsReference:
    """Where not all words fit, the most frequent ones are chosen by one half of the rows and counted in the other.

    Chosen and counted in the same rows, they would look more frequent than they are, and all fresh rows unlike them.
    """
    counts = values.value_counts()
    known = counts.index[(counts > TAUGHT_BY[column.kind]) & counts.index.isin(column.words)]
    fitting = [word for word in known if len(word) <= LONGEST_WORD]
    counted = values
    if len(fitting) > MOST_WORDS:
        shuffled, half = values.sample(frac=1.0, random_state=0), len(values) // 2
        often, counted = shuffled.iloc[:half].value_counts(), shuffled.iloc[half:]
        fitting = often.index[often.index.isin(fitting)][:MOST_WORDS].tolist()
    times = counted.value_counts()
    of_words = times.reindex(fitting, fill_value=0)
    rare = int(times[~times.index.isin(known)].sum())
    others = len(counted) - int(of_words.sum()) - rare
    return WordsReference(words=tuple(fitting), counts=tuple(of_words.tolist()), others=others, rare=rare)
