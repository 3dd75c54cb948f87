"""Figures as a reader wants them: with the digits that the test rows can tell apart, and no more."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

MOST_DECIMALS = 12


def decimals_for(shares: Sequence[float], width: float, apart: Collection[float]) -> int:
    """Decimals of shares said as “87 times in 100”: none, or one. The first share is the model's.

    One when the interval is narrower than a point, when only that keeps 99.6 from being called 100, or when the model
    would look the same as one of the shares that it is said to be `apart` from.
    """
    alike = per_hundred(shares[0], 0) in {per_hundred(share, 0) for share in apart}
    return int(width < 0.01 or alike or any(_overstated(share) for share in shares))


def per_hundred(share: float, decimals: int) -> str:
    """“87” for 0.87."""
    return f"{share * 100:.{decimals}f}"


def _overstated(share: float) -> bool:
    return per_hundred(share, 0) in {"0", "100"} and share not in {0.0, 1.0}


def in_unit(values: Sequence[float], width: float) -> list[str]:
    """Amounts such as “11,200”, rounded to the leading digit of the interval's `width`; at least two digits remain."""
    largest = max((abs(value) for value in values), default=0.0)
    if largest == 0:
        return ["0" for _ in values]
    size = math.floor(math.log10(largest))
    step = math.floor(math.log10(width)) if width > 0 else size - 2
    return [amount(value, min(step, size - 1)) for value in values]


def amount(value: float, step: int) -> str:
    """`value` rounded to a multiple of 10 ** step, with thousands separated."""
    if step < -MOST_DECIMALS or abs(value) >= 1e15:
        return f"{value:.3g}"
    rounded = round(value, -step)
    return f"{rounded + 0.0:,.{max(0, -step)}f}"
