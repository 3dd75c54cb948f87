"""The contract of a kind of input column."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.order import natural
from engine.spec import Spec

Values: TypeAlias = "pd.Series[Any] | np.ndarray | pa.Array"
"""A column of typed rows, as a frame or an Arrow table holds it: numbers, moments, or words with gaps between them."""


class FormField(Spec):
    """How a form asks for a column, as plain JSON. `low` and `high` are the extremes of the training rows.

    `choices` of a category are its known words, most frequent first; `values` are what a what-if tries, in order.
    """

    name: str
    kind: str
    typical: str | float | int
    choices: tuple[str, ...] = ()
    low: str | float | None = None
    high: str | float | None = None
    whole: bool = False
    values: tuple[str | float | int, ...] = ()

    @property
    def listed(self) -> tuple[str, ...]:
        """The choices where people look for them; “no” and “yes” have an order of their own."""
        return natural(self.choices) if self.kind == "category" else self.choices


class InputColumn(Spec):
    """One input column as it was fitted on training rows: frozen, saved as JSON, without Keras.

    A subclass is a *kind* of column: it knows how to learn its scale or vocabulary from training rows, how to turn
    values into an array, and which Keras layers take that array into the network.
    """

    kind: str
    name: str

    dtype: ClassVar[str] = "float32"
    tabular: ClassVar[bool] = True  # gradient boosting can use it
    categorical: ClassVar[bool] = False  # its numbers are codes, not amounts
    largest_batch: ClassVar[int] = 1024  # rows that a network learns from at once, when nobody says how many

    @classmethod
    @abstractmethod
    def fit(cls, name: str, values: pd.Series[Any], reading: Any = None) -> Self:
        """Learns from training rows only. `reading` is the encoder's (`Encoder.reading`), for kinds that have one."""

    @abstractmethod
    def encode(self, values: Values) -> np.ndarray:
        """Values to an array of shape (rows, width) and of `dtype`. Missing is NaN in amounts, 0 in codes."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Columns of the encoded array."""

    @property
    @abstractmethod
    def field(self) -> FormField:
        """How a form asks for it, beginning with a typical value."""

    @classmethod
    @abstractmethod
    def layers(cls, columns: Sequence[Self], options: Any) -> Any:
        """A Keras layer from the packed arrays of all columns of this kind to features.

        Shape (batch, sum of widths) → (batch, features). `options` is the kind's Encoder if it has one,
        else the family. Imports Keras inside.
        """
