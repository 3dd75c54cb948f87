"""Figures with the digits that the rows can tell, and sentences that say no more than is known."""

from __future__ import annotations

import numpy as np
import pytest

from engine.evaluation.figures import amount, decimals_for, in_unit, per_hundred


@pytest.mark.parametrize(
    ("shares", "width", "apart", "expected"),
    [
        ([0.87, 0.76], 0.02, [0.76], ["87", "76"]),
        ([0.871, 0.874], 0.02, [0.874], ["87.1", "87.4"]),  # one is better, so it must look so
        ([0.871, 0.874], 0.02, [], ["87", "87"]),
        ([0.90, 0.871, 0.874], 0.02, [0.871, 0.874], ["90", "87", "87"]),
        ([0.871, 0.76], 0.004, [0.76], ["87.1", "76.0"]),
        ([0.997, 0.9], 0.02, [], ["99.7", "90.0"]),  # not 100
        ([1.0, 0.9], 0.02, [], ["100", "90"]),
    ],
)
def test_times_in_a_hundred(shares: list[float], width: float, apart: list[float], expected: list[str]) -> None:
    decimals = decimals_for(shares, width, apart)
    assert [per_hundred(share, decimals) for share in shares] == expected


@pytest.mark.parametrize(
    ("values", "width", "expected"),
    [
        ([11_213.4, 29_040.1], 530.0, ["11,200", "29,000"]),
        ([11_213.4], 0.0, ["11,200"]),
        ([0.012345], 0.0004, ["0.0123"]),
        ([3.0, 2.0], 40.0, ["3.0", "2.0"]),
        ([12.0], 40.0, ["12"]),
        ([0.0, 0.0], 1.0, ["0", "0"]),
        ([1.5e18], 1e16, ["1.5e+18"]),
        ([1.5e-14], 0.0, ["1.5e-14"]),
    ],
)
def test_amounts(values: list[float], width: float, expected: list[str]) -> None:
    assert in_unit(values, width) == expected


def test_amount_never_shows_a_negative_zero() -> None:
    assert amount(-0.0001, 0) == "0"
    assert amount(np.float64(1234.5), 0) == "1,234"
