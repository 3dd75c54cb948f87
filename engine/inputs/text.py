"""Texts: sentences, reviews, messages, in any script."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd

from engine import ngrams, subwords
from engine.encoders import NGrams, Tokens
from engine.inputs._base import FormField, InputColumn, Values
from engine.texts import Cut, is_character, words

UNKNOWN, FIRST = 1, 2
SEEN_AT_LEAST = 2  # a piece that one text holds teaches nothing that would help with another
MOST_TEXTS, MOST_PIECES = 200_000, 10_000_000  # random texts are enough to learn a vocabulary from
RUNS_OF_WORDS, RUNS_OF_CHARACTERS = 2, 3
TYPICAL_LETTERS = 300
LETTERS_A_PIECE = 32  # more of a text than this for each piece is not even looked at


class Text(InputColumn):
    """Codes of a text's pieces: 0 fills up, 1 never seen, then the known ones, those that most texts hold first.

    With `runs`, codes of pieces and of their runs, each once and in no order (a bag); else pieces in their order.
    `held` says of each code from FIRST on how many of `texts` training texts hold it.
    """

    kind: Literal["text"] = "text"
    pieces: Literal["words", "subwords"]
    known: tuple[str, ...]
    neighbours: int  # 0: pieces in their order
    runs: tuple[ngrams.Run, ...]
    held: tuple[int, ...]
    texts: int
    read: int
    length: int
    typical: str

    dtype: ClassVar[str] = "int32"
    tabular: ClassVar[bool] = False
    categorical: ClassVar[bool] = True
    largest_batch: ClassVar[int] = 256

    @classmethod
    def fit(cls, name: str, values: pd.Series[Any], reading: Any = None) -> Self:
        """Learns the vocabulary from training rows only. `reading` is Tokens."""
        tokens: Tokens = reading or NGrams().reading
        there = values.dropna().astype(str)
        taught = there.sample(min(len(there), MOST_TEXTS), random_state=0)
        parts = _parts(taught, tokens) if tokens.pieces == "subwords" else ()
        cut = subwords.cutter(parts) if tokens.pieces == "subwords" else words
        numbers, texts, flat = _numbered(taught, cut, tokens.length)
        counts = _counts(numbers, flat)
        known = _most_held(parts or _teaching(counts), counts, tokens.known)
        code = {piece: i for i, piece in enumerate(known, FIRST)}
        coded = np.array([0, *(code.get(piece, 0) for piece in numbers)], dtype=np.int64)
        flat = ngrams.Flat(coded[flat.codes], flat.rows)
        longest = _neighbours(tokens, counts)
        runs: tuple[ngrams.Run, ...] = ()
        if longest > 1:
            first, most = len(known) + FIRST, tokens.known
            runs = ngrams.learn(flat, first, longest, most=most, seen_at_least=SEEN_AT_LEAST)
        empty = cls(
            name=name, pieces=tokens.pieces, known=known, neighbours=longest, runs=runs, held=(), texts=texts,
            read=tokens.length, length=1, typical=_typical(there),
        )  # fmt: skip
        return empty._measured(flat)

    def _measured(self, flat: ngrams.Flat) -> Self:
        """With the counts and the usual length of the texts that taught it."""
        rows, codes = self._in_bags(flat)
        held = np.bincount(codes, minlength=self.codes)[FIRST:]
        lengths = np.bincount(rows if self.neighbours else flat.rows, minlength=1)
        length = max(4, int(np.percentile(lengths, 99)))
        return self.model_copy(update={"held": tuple(held.tolist()), "length": length})

    @property
    def codes(self) -> int:
        """How many codes there are."""
        return FIRST + len(self.known) + len(self.runs)

    @property
    def rarity(self) -> np.ndarray:
        """(codes,) float32: how much a code tells, the rarer the more (inverse document frequency, Spärck Jones 1972).

        0 for what fills up and for what was never seen.
        """
        rarity = np.zeros(self.codes, "float32")
        rarity[FIRST:] = 1 + np.log((1 + self.texts) / (1 + np.array(self.held)))
        return rarity

    def encode(self, values: Values) -> np.ndarray:
        """(rows, length) int32. Without a piece, or missing, a bag is 0 everywhere; in order, one piece is unknown."""
        found = [self._read(text) if isinstance(text, str) else [] for text in np.asarray(values, dtype=object)]
        encoded = np.zeros((len(found), self.length), dtype="int32")
        if not self.neighbours:
            for row, read_codes in enumerate(found):
                # Never nothing at all: cuDNN's LSTM fails on a sequence without a place.
                in_order = [each or UNKNOWN for each in read_codes[: self.length]] or [UNKNOWN]
                encoded[row, : len(in_order)] = in_order
            return encoded
        rows, codes = self._in_bags(ngrams.flat(found))
        starts = np.searchsorted(rows, np.arange(len(found)))
        places = np.arange(len(rows)) - starts[rows]
        fits = places < self.length
        encoded[rows[fits], places[fits]] = codes[fits]
        return encoded

    def _read(self, text: str) -> list[int]:
        """Codes of the pieces in their order, 0 where one is not known."""
        code = self._code
        return [code.get(piece, 0) for piece in self._cut(text[: LETTERS_A_PIECE * self.read])[: self.read]]

    def _in_bags(self, flat: ngrams.Flat) -> tuple[np.ndarray, np.ndarray]:
        everything = self._runs.codes(flat, self.neighbours)
        return ngrams.holdings(everything.rows, everything.codes)

    @cached_property
    def _runs(self) -> ngrams.Runs:
        return ngrams.Runs(self.runs, FIRST + len(self.known))

    @cached_property
    def _code(self) -> dict[str, int]:
        return {piece: i for i, piece in enumerate(self.known, FIRST)}

    @cached_property
    def _cut(self) -> Cut:
        return words if self.pieces == "words" else subwords.cutter(self.known)

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


def _numbered(texts: Iterable[str], cut: Cut, length: int) -> tuple[dict[str, int], int, ngrams.Flat]:
    """The pieces, numbered from 1 as they are met; how many texts were read; and these texts in numbers.

    Only numbers are held of each: the strings of long texts would fill the memory.
    """
    numbers: dict[str, int] = {}
    found, lengths = array("i"), array("i")
    for text in texts:
        if len(found) >= MOST_PIECES:
            break
        pieces = cut(text[: LETTERS_A_PIECE * length])[:length]
        found.extend([numbers.setdefault(piece, len(numbers) + 1) for piece in pieces])
        lengths.append(len(pieces))
    rows = np.repeat(np.arange(len(lengths)), np.array(lengths, dtype=np.int64))
    return numbers, len(lengths), ngrams.Flat(np.array(found, dtype=np.int64), rows)


def _parts(texts: pd.Series[Any], tokens: Tokens) -> tuple[str, ...]:
    """The subwords that teach something. The others are no parts: where they stood, texts are cut otherwise."""
    learned = subwords.learn(texts, min(tokens.known, subwords.SUBWORDS))
    numbers, _texts, flat = _numbered(texts, subwords.cutter(learned), tokens.length)
    counts = _counts(numbers, flat)
    return _most_held(_teaching(counts), counts, tokens.known)


def _counts(numbers: dict[str, int], flat: ngrams.Flat) -> Counter[str]:
    """How many texts hold each piece."""
    held = np.bincount(ngrams.holdings(flat.rows, flat.codes)[1], minlength=len(numbers) + 1).tolist()
    return Counter({piece: held[number] for piece, number in numbers.items()})


def _teaching(counts: Counter[str]) -> list[str]:
    return [piece for piece, texts in counts.items() if texts >= SEEN_AT_LEAST]


def _most_held(pieces: Iterable[str], counts: Counter[str], most: int) -> tuple[str, ...]:
    """Most frequent first; ties are settled by the alphabet."""
    return tuple(sorted(pieces, key=lambda piece: (-counts[piece], piece))[:most])


def _neighbours(tokens: Tokens, counts: Counter[str]) -> int:
    """How long runs may be: as the reading says, or by what the texts are written in."""
    if tokens.in_order:
        return 0
    if tokens.neighbours is not None:
        return tokens.neighbours
    characters = sum(times for piece, times in counts.items() if is_character(piece))
    return RUNS_OF_CHARACTERS if 2 * characters > counts.total() else RUNS_OF_WORDS


def _typical(texts: pd.Series[Any]) -> str:
    """A text of middle length, cut short."""
    if not len(texts):
        return ""
    lengths = texts.str.len()
    return str(texts.iloc[int((lengths - lengths.median()).abs().to_numpy().argmin())])[:TYPICAL_LETTERS]
