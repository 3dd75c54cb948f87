"""Moments: dates and times of day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

from engine.inputs._base import FormField, InputColumn, Values
from engine.inputs.number import WHAT_IF_VALUES, robust_scale

Cycle = Literal["year", "week", "day"]
DAY = np.timedelta64(1, "D") / np.timedelta64(1, "us")


def days(values: Values) -> np.ndarray:
    """Days since 1970 as float64; missing is NaN."""
    moments = np.asarray(values, dtype="datetime64[us]")
    return np.where(np.isnat(moments), np.nan, moments.astype("int64") / DAY)


def phase(cycle: Cycle, since: np.ndarray) -> np.ndarray:
    """Where in the year, week (Monday first) or day each moment stands, in 0…1."""
    length = {"year": 365.2425, "week": 7.0, "day": 1.0}[cycle]
    return np.mod((since - 4 if cycle == "week" else since) / length, 1.0)  # 5 January 1970 was a Monday


class DateTime(InputColumn):
    """Time passed, and the place in the year, the week and the day, as far as training rows vary in them.

    A cycle gives three numbers: its phase in −1…1 (for trees), its sine and its cosine (December is near January).
    """

    kind: Literal["datetime"] = "datetime"
    centre: float  # days since 1970
    spread: float  # days
    low: float  # days since 1970
    high: float
    cycles: tuple[Cycle, ...]
    dates_only: bool
    has_missing: bool

    @classmethod
    def fit(cls, name: str, values: pd.Series[Any], reading: Any = None) -> Self:
        """Learns from training rows only."""
        since = days(values)
        known = since[~np.isnan(since)]
        centre, spread = robust_scale(known)
        span = float(np.ptp(known)) if len(known) else 0.0
        dates_only = bool((known % 1 == 0).all())
        cycles: list[Cycle] = ["year"] if span > 60 else []
        cycles += ["week"] if span > 3 else []
        cycles += [] if dates_only else ["day"]
        return cls(
            name=name,
            centre=centre,
            spread=spread,
            low=float(known.min()) if len(known) else 0.0,
            high=float(known.max()) if len(known) else 0.0,
            cycles=tuple(cycles),
            dates_only=dates_only,
            has_missing=len(known) < len(since),
        )

    def encode(self, values: Values) -> np.ndarray:
        """(rows, 1 + 3 × cycles) float32; missing is NaN."""
        since = days(values)
        scaled = (since - self.centre) / self.spread
        parts = [scaled / np.hypot(1, scaled / 3)]
        for cycle in self.cycles:
            at = phase(cycle, since)
            parts += [2 * at - 1, np.sin(2 * np.pi * at), np.cos(2 * np.pi * at)]
        return np.stack(parts, axis=1).astype("float32")

    @property
    def width(self) -> int:
        """Columns of the encoded array."""
        return 1 + 3 * len(self.cycles)

    @property
    def field(self) -> FormField:
        """Begins in the middle of the training rows; moments are ISO text."""
        values = np.linspace(self.low, self.high, WHAT_IF_VALUES)
        return FormField(
            name=self.name,
            kind=self.kind,
            typical=self._text(self.centre),
            low=self._text(self.low),
            high=self._text(self.high),
            whole=self.dates_only,
            values=tuple(dict.fromkeys(self._text(v) for v in values.tolist())),
        )

    def _text(self, since: float) -> str:
        moment = pd.Timestamp("1970-01-01") + pd.Timedelta(seconds=round(since * 86_400))
        return moment.strftime("%Y-%m-%d" if self.dates_only else "%Y-%m-%d %H:%M:%S")

    @classmethod
    def layers(cls, columns: Sequence[Self], options: Any) -> Any:
        """See the contract."""
        from engine.layers.numbers import NumberEncoder

        starts = np.cumsum([0] + [c.width for c in columns])
        return NumberEncoder(
            missing=[int(starts[i]) for i, c in enumerate(columns) if c.has_missing], name="datetime_encoder"
        )
