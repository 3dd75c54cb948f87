"""Texts: sentences, reviews, messages, in any script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd

from engine.encoders import NGrams, Tokens
from engine.inputs._base import FormField, InputColumn
from engine.texts import words

UNKNOWN, FIRST = 1, 2
SEEN_AT_LEAST = 2  # a piece seen once teaches nothing that would help with another text


class Text(InputColumn):
    """Codes of a text's pieces in their order: 0 fills up, 1 never seen, then the known ones, most frequent first."""

    kind: Literal["text"] = "text"
    known: tuple[str, ...]
    length: int
    typical: str

    title: ClassVar[str] = "text"
    dtype: ClassVar[str] = "int32"
    tabular: ClassVar[bool] = False
    categorical: ClassVar[bool] = True

    @classmethod
    def fit(cls, name: str, values: pd.Series[Any], reading: Any = None) -> Self:
        """Learns the vocabulary from training rows only. `reading` is Tokens."""
        tokens: Tokens = reading or NGrams().reading
        texts = values.dropna().astype(str)
        counts: Counter[str] = Counter()
        lengths = []
        for text in texts:
            pieces = words(text)
            counts.update(pieces)
            lengths.append(len(pieces))
        often = sorted((p for p, n in counts.items() if n >= SEEN_AT_LEAST), key=lambda p: (-counts[p], p))
        longest = int(np.percentile(lengths, 99)) if lengths else 1
        return cls(
            name=name,
            known=tuple(often[: tokens.known]),
            length=max(4, min(tokens.length, longest)),
            typical=texts.iloc[0] if len(texts) else "",
        )

    @property
    def codes(self) -> int:
        """How many codes there are."""
        return len(self.known) + FIRST

    def encode(self, values: pd.Series[Any]) -> np.ndarray:
        """(rows, length) int32."""
        code = {piece: i for i, piece in enumerate(self.known, FIRST)}
        encoded = np.zeros((len(values), self.length), dtype="int32")
        for row, text in enumerate(values):
            if isinstance(text, str):
                found = [code.get(piece, UNKNOWN) for piece in words(text)[: self.length]]
                encoded[row, : len(found)] = found
        return encoded

    @property
    def width(self) -> int:
        """Columns of the encoded array."""
        return self.length

    @property
    def field(self) -> FormField:
        """Begins with a text of the training rows."""
        return FormField(name=self.name, kind=self.kind, typical=self.typical)

    @classmethod
    def layers(cls, columns: Sequence[Self], options: Any) -> Any:
        """See the contract; `options` is a TextEncoder."""

        def read(tokens: Any) -> Any:
            from keras import layers

            features, start = [], 0
            for column in columns:
                features.append(options.features(tokens[:, start : start + column.width], column))
                start += column.width
            return layers.Concatenate()(features) if len(features) > 1 else features[0]

        return read
