"""Yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

from engine.inputs._base import FormField, InputColumn, Values

YES = frozenset({"yes", "y", "true", "t", "1", "on", "是", "真", "有"})


def yes_last(words: Sequence[str]) -> tuple[str, str]:
    """Two words, the one that says yes last; when neither does, in alphabetical order."""
    first, second = sorted(words)
    return (second, first) if first.lower() in YES and second.lower() not in YES else (first, second)


class Boolean(InputColumn):
    """Two words, kept as they were written: the first becomes −1, the second 1, anything else is missing."""

    kind: Literal["boolean"] = "boolean"
    words: tuple[str, str]
    usual: str
    has_missing: bool

    @classmethod
    def fit(cls, name: str, values: pd.Series[Any], reading: Any = None) -> Self:
        """Learns from training rows only. One word alone is paired with its absence."""
        counts = values.dropna().astype(str).value_counts()
        words = [str(word) for word in counts.index[:2]]
        while len(words) < 2:
            words.append("no" if "no" not in words else "yes")
        return cls(
            name=name, words=yes_last(words), usual=words[0], has_missing=int(counts.iloc[:2].sum()) < len(values)
        )

    def encode(self, values: Values) -> np.ndarray:
        """(rows, 1) float32; missing is NaN."""
        text = np.asarray(values, dtype=object)
        codes = np.full((len(text), 1), np.nan, dtype="float32")
        for word, code in zip(self.words, (-1, 1), strict=True):
            codes[text == word] = code
        return codes

    @property
    def width(self) -> int:
        """Columns of the encoded array."""
        return 1

    @property
    def field(self) -> FormField:
        """Begins with the more frequent word."""
        return FormField(name=self.name, kind=self.kind, typical=self.usual, choices=self.words, values=self.words)

    @classmethod
    def layers(cls, columns: Sequence[Self], options: Any) -> Any:
        """See the contract."""
        from engine.layers.numbers import NumberEncoder

        return NumberEncoder(missing=[i for i, c in enumerate(columns) if c.has_missing], name="boolean_encoder")
