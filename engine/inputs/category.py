"""Categories: a limited set of words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd

from engine.inputs._base import FormField, InputColumn, Values
from engine.order import natural

MISSING, RARE, FIRST = 0, 1, 2
KNOWN_AT_MOST = 10_000
WHAT_IF_WORDS = 24
SEEN_AT_LEAST = 2  # a word seen once teaches nothing that would help with another row


class Category(InputColumn):
    """Words by their number: 0 missing, 1 rare or never seen, then the known words, most frequent first."""

    kind: Literal["category"] = "category"
    words: tuple[str, ...]

    dtype: ClassVar[str] = "int32"
    categorical: ClassVar[bool] = True

    @classmethod
    def fit(cls, name: str, values: pd.Series[Any], reading: Any = None) -> Self:
        """Learns from training rows only. Ties in frequency are settled by the alphabet."""
        counts = values.dropna().astype(str).value_counts()
        often = counts[counts >= SEEN_AT_LEAST]
        ranked = sorted(often.index, key=lambda word: (-int(often[word]), word))
        return cls(name=name, words=tuple(ranked[:KNOWN_AT_MOST]))

    def encode(self, values: Values) -> np.ndarray:
        """(rows, 1) int32 codes."""
        code, words = self._code, np.asarray(values, dtype=object)
        codes = [code.get(word, RARE) if isinstance(word, str) else MISSING for word in words]
        return np.array(codes, dtype="int32")[:, None]

    @cached_property
    def _code(self) -> dict[str, int]:
        return {word: i for i, word in enumerate(self.words, FIRST)}

    @property
    def width(self) -> int:
        """Columns of the encoded array."""
        return 1

    @property
    def field(self) -> FormField:
        """Begins with the most frequent word; a what-if tries the first few, in the order of words."""
        return FormField(
            name=self.name,
            kind=self.kind,
            typical=self.words[0] if self.words else "",
            choices=self.words,
            values=natural(self.words[:WHAT_IF_WORDS]),
        )

    @classmethod
    def layers(cls, columns: Sequence[Self], options: Any) -> Any:
        """See the contract; `options.category_width` numbers stand for each word."""
        from engine.layers.categories import CategoryEncoder

        return CategoryEncoder(
            sizes=[len(c.words) + FIRST for c in columns], width=options.category_width, name="category_encoder"
        )
