"""How often a caller may come."""

from __future__ import annotations

import pytest

from api.limits import Meter, TooOften


def test_meter_lets_through_at_once_and_then_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("api.limits.time.monotonic", lambda: now[0])
    meter = Meter()

    def taken() -> int:
        n = 0
        while True:
            try:
                meter.take("key 1", 60)
            except TooOften:
                return n
            n += 1

    assert taken() == 60
    meter.take("key 2", 60)  # others are counted for themselves
    now[0] += 10
    assert taken() == 10
    now[0] += 10_000
    assert taken() == 60
