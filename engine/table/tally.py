"""What is known of a column after reading through it, batch by batch. Judged in `kinds`."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from engine.table.columns import DateOrder
from engine.table.dates import LOOKS_DATED, ORDERS, read_dates, zoned
from engine.table.numbers import find_unit, has_leading_zeros, has_long_codes, read_numbers
from engine.table.options import ReadOptions
from engine.table.values import clean

TRACKED = 50_000  # different values that are told apart


@dataclass
class Tally:
    """What is known of a column after some batches. `typed` is the Arrow type of a file that has types.

    `words` are the different values among the first `words_of` present ones; they are counted no further than TRACKED.
    `watched` columns have their words kept even if they are all numbers.
    """

    watched: bool = False
    typed: pa.DataType | None = None
    present: int = 0
    numbers: int = 0
    infinite: int = 0
    lowest: float = float("inf")
    highest: float = float("-inf")
    whole: bool = True
    codes: bool = False
    unit: str | None = None
    zoned: bool = False
    dates: dict[DateOrder, int] = field(default_factory=dict)
    try_numbers: bool = True
    try_dates: bool = True
    words: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    words_of: int = 0
    letters: int = 0
    bytes: int = 0
    spaces: int = 0

    def add(self, cells: pa.Array, options: ReadOptions) -> None:
        """Takes one batch into account: text as written, or typed values."""
        if self.typed is not None and not is_text(self.typed):
            self._add_typed(cells)
            return
        text = clean(cells).drop_null()
        if not len(text):
            return
        self.present += len(text)
        if self.typed is None and self.try_numbers and self._add_numbers(text, options):
            return
        counted = pc.value_counts(text)
        words, counts = counted.field(0), counted.field(1)
        self._add_words(words)
        self._add_lengths(words, counts)
        if self.typed is None and self.try_dates:
            self._add_dates(words, counts)

    def _add_typed(self, cells: pa.Array) -> None:
        self.present += len(cells) - cells.null_count
        if pa.types.is_integer(cells.type) and self.present:
            limits = pc.min_max(cells)
            if limits["min"].is_valid:
                self.lowest = min(self.lowest, limits["min"].as_py())
                self.highest = max(self.highest, limits["max"].as_py())

    def _add_numbers(self, text: pa.Array, options: ReadOptions) -> bool:
        """True when every value is a number, so that nothing else has to be tried."""
        read = read_numbers(text, options.decimal or ".", options.thousands or "", self.unit or "")
        if self.unit is None and read.null_count > len(text) / 2:
            self.unit = find_unit(text.filter(pc.is_null(read)))
            if self.unit:
                read = read_numbers(text, options.decimal or ".", options.thousands or "", self.unit)
        known = len(text) - read.null_count
        self.numbers += known
        self.try_numbers = known > len(text) / 2
        if not known:
            return False
        infinite = pc.is_inf(read)
        self.infinite += pc.sum(infinite).as_py() or 0
        limits = pc.min_max(pc.if_else(infinite, pa.scalar(None, pa.float64()), read))
        if limits["min"].is_valid:
            self.lowest = min(self.lowest, limits["min"].as_py())
            self.highest = max(self.highest, limits["max"].as_py())
        self.whole = self.whole and bool(pc.all(pc.equal(pc.floor(read), read)).as_py())
        self.codes = self.codes or has_leading_zeros(text) or has_long_codes(text, read)
        needs_words = self.codes or (self.whole and self.watched)
        self.try_dates = self.try_dates and known < len(text)
        return read.null_count == 0 and not needs_words

    def _add_words(self, words: pa.Array) -> None:
        if len(self.words) <= TRACKED:
            self.words = pc.unique(pa.concat_arrays([self.words, words]))
            self.words_of = self.present

    def _add_lengths(self, words: pa.Array, counts: pa.Array) -> None:
        self.letters += _total(pc.utf8_length(words), counts)
        self.bytes += _total(pc.binary_length(words), counts)
        self.spaces += _total(pc.count_substring(words, " "), counts)

    def _add_dates(self, words: pa.Array, counts: pa.Array) -> None:
        looks = pc.mean(pc.match_substring_regex(words[:2000], LOOKS_DATED)).as_py()
        if looks < 0.5:
            self.try_dates = False
            return
        total = pc.sum(counts).as_py()
        for order in ORDERS if not self.dates else tuple(self.dates):
            read = read_dates(words, order)
            fits = pc.sum(counts.filter(pc.is_valid(read))).as_py() or 0
            if fits > total / 2 or (self.dates and fits):
                self.dates[order] = self.dates.get(order, 0) + fits
        self.zoned = self.zoned or zoned(words[:2000])
        self.try_dates = bool(self.dates)


def _total(amounts: pa.Array, counts: pa.Array) -> int:
    return pc.sum(pc.multiply(pc.cast(amounts, pa.int64()), counts)).as_py() or 0


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this Arrow type holds text."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner))
